#include "analysis/pieces_in_words.hpp"

#include "plan/channels_last.hpp"
#include "planner/family.hpp"
#include "planner/piece_plans.hpp"
#include "problem/axis.hpp"

#include <fmt/format.h>

#include <span>

namespace convforge {

namespace {

/// "height 1 to 109 by 2"
std::string outputs_in_words(std::string_view name, const Axis &axis, const Progression &output) {
  const int last = output.first + (axis.output - 1) * output.step;
  const std::string by = output.step > 1 && axis.output > 1 ? fmt::format(" by {}", output.step) : "";
  return axis.output == 1 ? fmt::format("{} {}", name, output.first)
                          : fmt::format("{} {} to {}{}", name, output.first, last, by);
}

/// "2x2 taps"
std::string taps_in_words(const Piece &piece, std::size_t first_axis) {
  if (piece.without_taps())
    return "no tap meets the input: the epilogue of 0";
  std::string text;
  for (std::size_t i = first_axis; i < piece.problem.axes.size(); ++i)
    text += fmt::format("{}{}", text.empty() ? "" : "x", piece.problem.axes[i].kernel);
  return text + " taps";
}

std::string how_in_words(const Piece &piece, const Plan &plan) {
  if (piece.without_taps())
    return {};
  const Problem problem = planned_problem(planned_piece(piece), plan);
  return fmt::format(", {}, {}", name_of(plan.algorithm),
                     family_of(plan, problem).tile_in_words(plan, plan.regions.front()));
}

} // namespace

std::vector<std::string> pieces_in_words(const Problem &problem, const Plan &plan) {
  std::vector<std::string> lines;
  const std::vector<Piece> pieces = plan.pieces.empty() ? std::vector<Piece>{} : pieces_of(problem);
  const std::size_t first_axis = problem.axes.size() - problem.spatial().size();
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string outputs;
    for (std::size_t axis = first_axis; axis < problem.axes.size(); ++axis)
      outputs +=
          outputs_in_words(problem_fields[axis].name, pieces[i].problem.axes[axis], pieces[i].output[axis]) +
          (axis + 1 < problem.axes.size() ? ", " : ": ");
    lines.push_back(outputs + taps_in_words(pieces[i], first_axis) + how_in_words(pieces[i], plan.pieces[i]));
  }
  return lines;
}

} // namespace convforge
