// The tensors that a problem takes, as one list: what calls, generated code, checks and files loop over.
#pragma once

#include "problem/problem.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// What a tensor is for. The order is that of convforge_role (runtime/include/convforge/convforge.h).
/// Packed ones are given with the weights, and become part of what these are packed into.
enum class Role { input, weights, epilogue, output, packed };

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

/// Input, weights, what is packed with them, the epilogue's operands in its order, output.
std::vector<Operand> operands(const Problem &problem);
// Where the first ones are; the output is the last.
inline constexpr std::size_t input_operand = 0, weights_operand = 1;
/// Of a quantised problem: a multiplier an output channel ("multipliers", f64) unless sums are stored, and
/// the epilogue's bias (s32).
std::vector<Operand> packed_operands(const Problem &problem);
/// Where the first of the epilogue's is, or would be.
std::size_t first_epilogue_operand(const Problem &problem);
/// The tensor that calls bring for an operation; none where it is packed.
std::optional<OpTensor> tensor_of_call(const Problem &problem, EpilogueOp::Kind kind);
/// Those of the epilogue alone.
std::vector<Operand> epilogue_operands(const Problem &problem);

/// The name of an operation's n-th operand, n from 1: "bias", "bias2".
std::string operand_name(std::string_view operation, int n);

} // namespace convforge
