// Single float32 operations that the optimiser takes literally. Halide's ordinary operators are fast-math:
// they may be reassociated, contracted to FMAs, and assumed free of NaN and infinities.
// Halide::strict_float() makes a whole expression strict, the FMAs of a convolution below it included; these
// make exactly one operation strict. Rule of use: strict where NaN, infinity or an exact rounding matters;
// ordinary operators where all values are finite.
#pragma once

#include <Halide.h>

#include <cstdint>

namespace convforge::strict {

inline Halide::Expr operation(Halide::Internal::Call::IntrinsicOp op, Halide::Type type,
                              const Halide::Expr &a, const Halide::Expr &b) {
  using Halide::Internal::Call;
  return Call::make(type, op, {a, b}, Call::PureIntrinsic);
}

inline Halide::Expr add(const Halide::Expr &a, const Halide::Expr &b) {
  return operation(Halide::Internal::Call::strict_add, a.type(), a, b);
}
inline Halide::Expr sub(const Halide::Expr &a, const Halide::Expr &b) {
  return operation(Halide::Internal::Call::strict_sub, a.type(), a, b);
}
inline Halide::Expr mul(const Halide::Expr &a, const Halide::Expr &b) {
  return operation(Halide::Internal::Call::strict_mul, a.type(), a, b);
}
/// a < b; false if either is NaN. (No less_equal: Halide 21 makes strict_le of NaN true.)
inline Halide::Expr less(const Halide::Expr &a, const Halide::Expr &b) {
  return operation(Halide::Internal::Call::strict_lt, Halide::Bool(), a, b);
}

// Bounds that keep a NaN x, and bounds that replace it by the bound: one x86 instruction each, as maxps and
// minps return their second operand when either is NaN.
inline Halide::Expr at_least(const Halide::Expr &x, float low) {
  return select(less(x, low), low, x);
}
inline Halide::Expr at_most(const Halide::Expr &x, float high) {
  return select(less(high, x), high, x);
}
inline Halide::Expr finite_at_least(const Halide::Expr &x, float low) {
  return select(less(low, x), x, low);
}
inline Halide::Expr finite_at_most(const Halide::Expr &x, float high) {
  return select(less(x, high), x, high);
}

inline Halide::Expr bits(const Halide::Expr &x) {
  return Halide::reinterpret<std::uint32_t>(x);
}
inline Halide::Expr from_bits(const Halide::Expr &x) {
  return Halide::reinterpret<float>(x);
}
/// |x| and -|x|, by their sign bit.
inline Halide::Expr magnitude(const Halide::Expr &x) {
  return from_bits(bits(x) & Halide::Expr(0x7fffffffu));
}
inline Halide::Expr negative_magnitude(const Halide::Expr &x) {
  return from_bits(bits(x) | Halide::Expr(0x80000000u));
}

} // namespace convforge::strict
