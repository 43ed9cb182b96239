#include "cli/tensors.hpp"

#include "base/error.hpp"
#include "cli/operand_file.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace convforge::cli {
namespace {

/// The longest epilogue has an operation no more often than this.
constexpr int most_of_an_operation{Epilogue::most_operations};

} // namespace

void OperandFlags::add_to(CLI::App &app, const std::string &operand, const std::string &use) {
  app_ = &app;
  app.add_option("--" + operand, paths_[operand], fmt::format("{}: {}", operand, use));
}

void OperandFlags::add_packed_to(CLI::App &app, const std::string &use) {
  add_to(app, "weights", use);
  add_to(app, "multipliers",
         "of 8-bit integers, " + use +
             ": source scale * weights scale / destination scale, float64, for each "
             "output channel or one for all");
}

void OperandFlags::add_epilogue_to(CLI::App &app, const std::string &use) {
  for (const std::string_view operation : operations_with_tensor())
    for (int n = 1; n <= most_of_an_operation; ++n) {
      const std::string name = operand_name(operation, n);
      CLI::Option *option = app.add_option(
          "--" + name, paths_[name],
          fmt::format("{0}: {1}, if the epilogue has one (--{0}2 for a second, ...)", name, use));
      if (n > 1)
        option->group("");
    }
}

std::string OperandFlags::path(const std::string &operand) const {
  const auto found = paths_.find(operand);
  return found == paths_.end() ? "" : found->second;
}

std::string OperandFlags::first_given() const {
  for (const auto &[name, file] : paths_)
    if (!file.empty())
      return name;
  return "";
}

void OperandFlags::refuse_others(const Problem &problem) const {
  const std::vector<Operand> taken = operands(problem);
  for (const auto &[name, file] : paths_)
    if (!file.empty() && std::ranges::find(taken, name, &Operand::name) == taken.end())
      fail("--" + name, file,
           name == "multipliers"
               ? fmt::format("none: with --dtype {} there are no multipliers", name_of(problem.types))
               : fmt::format("none: the epilogue '{}' has no {}; add it to --epilogue",
                             problem.epilogue.text(), name));
}

Elements OperandFlags::read(const Problem &problem, const Operand &operand) const {
  const CLI::Option *layout = app_->get_option_no_throw("--weights-layout");
  return read_operand(path(operand.name), problem, operand, layout != nullptr && layout->count() > 0);
}

} // namespace convforge::cli
