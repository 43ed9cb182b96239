#include "algorithms/epilogue.hpp"

#include "algorithms/activation.hpp"
#include "algorithms/strict.hpp"

#include <utility>

namespace convforge {

namespace {

using Halide::Expr;

/// Strict: each operation as it is written, apart from the sum's multiply-adds. `operand` is undefined where
/// the operation takes none.
Expr apply(const EpilogueOp &op, const Expr &x, const Expr &operand) {
  switch (arithmetic_of(op.kind)) {
  case EpilogueOp::Arithmetic::add:
    return strict::add(x, operand);
  case EpilogueOp::Arithmetic::multiply:
    return strict::mul(x, operand);
  case EpilogueOp::Arithmetic::prelu: // NaN is not less than 0
    return select(strict::less(x, 0.0f), strict::mul(x, operand), x);
  case EpilogueOp::Arithmetic::affine:
    return strict::add(strict::mul(x, op.factor), op.summand);
  case EpilogueOp::Arithmetic::activate:
  case EpilogueOp::Arithmetic::clamp: // of 8-bit destinations alone (requantise.cpp)
    break;
  }
  return activate(op.activation, x);
}

} // namespace

Expr epilogue_of(const Problem &problem, Expr sum, const std::vector<Halide::ImageParam> &operands,
                 const std::vector<Expr> &channel, const std::vector<Expr> &output) {
  auto next = operands.begin();
  for (const EpilogueOp &op : problem.epilogue.ops()) {
    Expr operand;
    if (tensor_of_call(problem, op.kind)) {
      const std::vector<Expr> &at =
          static_cast<std::size_t>(next->dimensions()) == channel.size() ? channel : output;
      operand = cast<float>((*next++)(at));
    } else if (tensor_of(op.kind)) {
      continue; // packed: part of the sum
    }
    sum = apply(op, sum, operand);
  }
  return sum;
}

Expr apply_epilogue(const Problem &problem, Expr sum, const std::vector<Halide::ImageParam> &operands,
                    const std::vector<Expr> &channel, const std::vector<Expr> &output) {
  return stored(problem.types, epilogue_of(problem, std::move(sum), operands, channel, output));
}

} // namespace convforge
