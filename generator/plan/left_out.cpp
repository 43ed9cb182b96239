#include "plan/left_out.hpp"

#include "plan/used_channels.hpp"
#include "problem/pieces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace convforge {

namespace {

/// Taps of an ordinary convolution whose products are not computed: Winograd transforms all.
int taps_left_out(const Problem &problem, const Plan &plan) {
  return plan.algorithm == Algorithm::winograd ? 0 : static_cast<int>(problem.zeros.taps.size());
}

std::int64_t remaining(const Problem &problem, const Plan &plan) {
  const std::int64_t taps = problem.volume(&Axis::kernel);
  return used_problem(problem, plan).multiply_adds() / taps * (taps - taps_left_out(problem, plan));
}

/// Those that are no piece's, and those that its pieces leave out.
int taps_left_out_of_pieces(const Problem &problem, const Plan &plan, const std::vector<Piece> &pieces) {
  auto taps = static_cast<int>(problem.volume(&Axis::kernel));
  for (std::size_t i = 0; i < pieces.size(); i++)
    if (!pieces[i].without_taps())
      taps -= static_cast<int>(pieces[i].problem.volume(&Axis::kernel)) -
              taps_left_out(pieces[i].problem, plan.pieces[i]);
  return std::max(0, taps);
}

std::string count_in_words(int left_out, int zero, int all, const char *what) {
  if (zero == 0)
    return {};
  const std::string kept = left_out == zero ? "" : fmt::format(" ({} are zero)", zero);
  return fmt::format("{} of {} {}{}, ", left_out, all, what, kept);
}

} // namespace

LeftOut left_out(const Problem &problem, const Plan &plan) {
  const Plan &leaving = leaving_out(plan);
  const Problem used = used_problem(problem, leaving);
  LeftOut out{problem.in_channels - used.in_channels, problem.out_channels - used.out_channels};
  if (plan.pieces.empty()) {
    out.taps = taps_left_out(problem, plan);
    out.multiply_adds = remaining(problem, plan);
    return out;
  }
  const std::vector<Piece> pieces = pieces_of(problem);
  out.taps = problem.zeros.taps.empty() ? 0 : taps_left_out_of_pieces(problem, plan, pieces);
  for (std::size_t i = 0; i < pieces.size(); i++)
    if (!pieces[i].without_taps())
      out.multiply_adds += remaining(pieces[i].problem, plan.pieces[i]);
  return out;
}

std::string left_out_in_words(const Problem &problem, const Plan &plan) {
  const ZeroWeights &zeros = problem.zeros;
  if (zeros.none())
    return {};
  const LeftOut out = left_out(problem, plan);
  const auto size = [](const std::vector<int> &numbers) { return static_cast<int>(numbers.size()); };
  std::string words =
      count_in_words(out.in_channels, size(zeros.in_channels), problem.in_channels, "input channels") +
      count_in_words(out.out_channels, size(zeros.out_channels), problem.out_channels, "output channels") +
      count_in_words(out.taps, size(zeros.taps), static_cast<int>(problem.volume(&Axis::kernel)), "taps");
  words.resize(words.size() - 2); // the last comma
  return fmt::format("{}; {} of {} multiply-adds remain", words, out.multiply_adds, problem.multiply_adds());
}

} // namespace convforge
