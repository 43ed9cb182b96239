#include "algorithms/requantise.hpp"

#include "algorithms/epilogue.hpp"
#include "algorithms/halide_type.hpp"
#include "algorithms/strict.hpp"

#include <cstdint>

namespace convforge {

namespace {

using Halide::Expr;

Expr as_float(const Expr &integer) {
  return Halide::cast<float>(integer);
}

/// The epilogue's residual, if there is one: 8-bit destinations take no other tensor.
const EpilogueOp *residual_of(const Problem &problem) {
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (op.kind == EpilogueOp::Kind::residual)
      return &op;
  return nullptr;
}

/// A float between -2^22 and 2^22 to the nearest whole number, ties to even, plus `zero_point`: 1.5 * 2^23
/// leaves no bits for a fraction, and what is then in the fraction's place is the number. (Halide's round()
/// is an instruction of 256 bits, and another converts.)
Expr to_nearest(const Expr &value, int zero_point) {
  constexpr float magic = 0x1.8p23f;
  constexpr int bits_of_magic = 0x4b400000;
  return Halide::reinterpret<std::int32_t>(strict::add(value, magic)) - (bits_of_magic - zero_point);
}

Expr by_onnx(const Problem &problem, const Expr &sum, const Expr &multiplier,
             const std::vector<Halide::ImageParam> &operands, const std::vector<Expr> &output) {
  const int zero_point = problem.quantisation.destination_zero_point;
  const Steps steps = steps_of_output(problem);
  Expr value = strict::mul(as_float(sum), multiplier);
  if (const EpilogueOp *residual = residual_of(problem)) {
    const Expr other =
        Halide::cast<std::int32_t>(operands.front()(output)) - static_cast<int>(residual->summand);
    value = strict::add(value, strict::mul(as_float(other), residual->factor));
  }
  value = strict::finite_at_least(value, static_cast<float>(steps.low - zero_point));
  value = strict::finite_at_most(value, static_cast<float>(steps.high - zero_point));
  return to_nearest(value, zero_point);
}

Expr wide64(const Expr &value) {
  return Halide::cast<std::int64_t>(value);
}

/// As an amount of a shift, which is never negative: of a signed one Halide computes both directions.
Expr amount(const Expr &bits) {
  return Halide::cast<std::uint32_t>(bits);
}
Expr wide_amount(const Expr &bits) {
  return Halide::cast<std::uint64_t>(bits);
}

/// sum * 2^shift for shift > 0, as far as 8-bit results tell: of multipliers from 1 on, sums from 4096 on
/// saturate, as any but 0 does that is shifted by more than 12. So 32 bits hold it without a test.
Expr shifted_left(const Expr &sum, const Expr &shift) {
  constexpr int many = 4096, most_shift = 12;
  const Expr most = select(shift > 0, many, INT32_MAX);
  return clamp(sum, -most, most) << amount(clamp(shift, 0, most_shift));
}

/// The doubling high product, floor((p + 2^30) / 2^31) of p = sum * factor, and the division of that by 2^n,
/// ties away from zero, are one shift: for n > 0 it is floor((p + 2^(n+30) + 2^30) / 2^(n+31)), or of
/// negative sums with 2^30 taken away. (A rounding shift of Halide's, which must not overflow, takes twice as
/// long.)
Expr by_two_roundings(const Expr &sum, const Expr &factor, const Expr &shift) {
  const Expr a = shifted_left(sum, shift), n = max(-shift, 0), one = Halide::cast<std::int64_t>(1);
  const Expr half = one << wide_amount(30),
             more = select(n > 0, one << wide_amount(n + 30), Halide::cast<std::int64_t>(0));
  const Expr positive = more + half, negative = select(n > 0, more - half, half);
  return Halide::cast<std::int32_t>((wide64(a) * wide64(factor) + select(a < 0, negative, positive)) >>
                                    wide_amount(n + 31));
}

/// Ties upwards; within 32 bits.
Expr by_one_rounding(const Expr &sum, const Expr &factor, const Expr &shift) {
  const Expr by = wide_amount(31 - shift), one = Halide::cast<std::int64_t>(1);
  const Expr half = (one << by) >> wide_amount(1);
  return Halide::saturating_cast<std::int32_t>((wide64(sum) * wide64(factor) + half) >> by);
}

/// As TensorFlow Lite has it: the zero point is added to what is then clamped.
Expr by_fixed_point(const Problem &problem, const Expr &sum, const Expr &factor, const Expr &shift) {
  const int zero_point = problem.quantisation.destination_zero_point;
  const Steps steps = steps_of_output(problem);
  const Expr scaled = problem.quantisation.rounding == Rounding::tflite ? by_two_roundings(sum, factor, shift)
                                                                        : by_one_rounding(sum, factor, shift);
  return clamp(scaled, steps.low - zero_point, steps.high - zero_point) + zero_point;
}

} // namespace

Expr result_of(const Problem &problem, const Expr &sum, const ChannelTables &tables,
               const std::vector<Halide::ImageParam> &operands, const std::vector<Expr> &channel,
               const std::vector<Expr> &output) {
  const ElementTypes &types = problem.types;
  if (!types.quantised())
    return apply_epilogue(problem, sum, operands, channel, output);
  if (types.destination == ElementType::s32)
    return sum;
  const auto table = [&](std::size_t i) -> Expr { return tables.parameters[i](tables.at); };
  if (!types.requantises())
    return apply_epilogue(problem, strict::mul(as_float(sum), table(1)), operands, channel, output);
  const Expr step = problem.quantisation.rounding == Rounding::onnx
                        ? by_onnx(problem, sum, table(1), operands, output)
                        : by_fixed_point(problem, sum, table(1), table(2));
  return stored(types, step);
}

} // namespace convforge
