// The tensors that a problem takes, as one list: what calls, generated code, checks and files loop over.
#pragma once

#include "problem/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// What a tensor is for. The order is that of convforge_role (runtime/include/convforge/convforge.h).
enum class Role { input, weights, epilogue, output };

struct Operand {
  std::string name; ///< its role's, or of the epilogue its operation's: "bias"; a further one is "bias2", ...
  Role role = Role::input;
  ElementType type = ElementType::f32;
  std::vector<std::int64_t> shape, strides; ///< strides in elements

  std::int64_t elements() const;
  std::size_t bytes() const; ///< from the first element to the last
  bool is_dense() const;     ///< its elements lie one after the other, in the order of its axes
  /// A value for each output channel, rather than a tensor like the output.
  bool by_channel() const { return shape.size() == 1; }
};

/// Input, weights, the epilogue's operands in its order, output.
std::vector<Operand> operands(const Problem &problem);
// Where the first ones are; the epilogue's follow, and the output is the last.
inline constexpr std::size_t input_operand = 0, weights_operand = 1, first_epilogue_operand = 2;
/// Those of the epilogue alone.
std::vector<Operand> epilogue_operands(const Problem &problem);

/// The name of an operation's n-th operand, n from 1: "bias", "bias2".
std::string operand_name(std::string_view operation, int n);

} // namespace convforge
