#include "cli/tensors.hpp"

#include "base/error.hpp"
#include "convforge/convforge.h"
#include "verify/npy.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

namespace convforge::cli {
namespace {

using Shape = std::vector<std::int64_t>;

/// Whether a problem may take several operands of this role.
bool is_numbered(Role role) {
  return role != Role::input && role != Role::weights && role != Role::output;
}

/// What is expected, and the shape the same tensor has in the other layout with the flag that says so.
struct Expectation {
  Shape shape;
  std::string axes;
  Shape other_shape;
  std::string other_flag;
};

std::vector<float> read_tensor(const std::string &flag, const std::string &path,
                               const Expectation &expected) {
  if (path.empty())
    fail(flag, "missing", "a .npy file of shape " + shape_text(expected.shape));
  NpyArray array = read_npy(path);
  if (array.from_float64)
    fmt::print(stderr, "convforge: {} {}: float64, converted to float32 (no number changes)\n", flag, path);
  if (array.shape == expected.shape)
    return std::move(array.values);
  const bool other = array.shape == expected.other_shape;
  throw Error(fmt::format("{} {}: shape {} (expected {}: {}{})", flag, path, shape_text(array.shape),
                          shape_text(expected.shape), expected.axes,
                          other ? "; for this file add " + expected.other_flag : ""));
}

/// The same operand of the problem in its other layout.
Shape other_shape(const Problem &problem, const Operand &operand, std::string &flag) {
  Problem other = problem;
  if (operand.role == Role::weights) {
    other.weights_layout =
        problem.weights_layout == WeightsLayout::hwio ? WeightsLayout::oihw : WeightsLayout::hwio;
    flag = fmt::format("--weights-layout {}", name_of(other.weights_layout));
  } else {
    other.layout = problem.layout == Layout::nhwc ? Layout::nchw : Layout::nhwc;
    flag = fmt::format("--layout {}", name_of(other.layout));
  }
  for (const Operand &candidate : operands(other))
    if (candidate.name == operand.name)
      return candidate.shape;
  return {};
}

std::string axes_of(const Problem &problem, const Operand &operand) {
  if (operand.by_channel())
    return "output channels";
  if (operand.role == Role::weights)
    return problem.weights_layout == WeightsLayout::hwio
               ? "kernel height, kernel width, input channels per group, output channels"
               : "output channels, input channels per group, kernel height, kernel width";
  const char *channels = operand.role == Role::input ? "input channels" : "output channels";
  return problem.layout == Layout::nhwc ? fmt::format("batch, height, width, {}", channels)
                                        : fmt::format("batch, {}, height, width", channels);
}

Expectation expectation(const Problem &problem, const Operand &operand) {
  Expectation expected{operand.shape, axes_of(problem, operand), {}, ""};
  if (!operand.by_channel())
    expected.other_shape = other_shape(problem, operand, expected.other_flag);
  return expected;
}

/// The longest epilogue has no more operands of a role than this.
constexpr int most_of_a_role = CONVFORGE_MAX_OPERANDS;

} // namespace

void OperandFlags::add_to(CLI::App &app, const std::vector<Role> &roles, const std::string &use) {
  for (const Role role : roles)
    for (int n = 1; n <= (is_numbered(role) ? most_of_a_role : 1); ++n) {
      const std::string name = operand_name(role, n);
      CLI::Option *option = app.add_option(
          "--" + name, paths_[name],
          is_numbered(role)
              ? fmt::format("{0}: {1}, if the epilogue has one (--{0}2 for a second, ...)", name, use)
              : fmt::format("{}: {}", name, use));
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
           fmt::format("none: the epilogue '{}' has no {}; add it to --epilogue", problem.epilogue.text(),
                       name));
}

std::vector<float> OperandFlags::read(const Problem &problem, const Operand &operand) const {
  return read_tensor("--" + operand.name, path(operand.name), expectation(problem, operand));
}

} // namespace convforge::cli
