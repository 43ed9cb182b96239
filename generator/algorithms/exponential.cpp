#include "algorithms/exponential.hpp"
#include "algorithms/strict.hpp"

namespace convforge {

using Halide::Expr;

Expr polynomial(const Expr &x, std::initializer_list<float> coefficients) {
  Expr sum;
  for (auto c = std::rbegin(coefficients); c != std::rend(coefficients); ++c)
    sum = sum.defined() ? sum * x + *c : Expr(*c);
  return sum;
}

Exponential exponential(const Expr &t, int bias, const Expr &tail) {
  // n = round(t / ln 2) by adding 1.5 * 2^23, where floats are one apart. The low 8 bits of the sum are then
  // n plus what else was added: with 127 + bias, shifting them up by 23 leaves the float 2^(n + bias).
  const float magic = 12582912.0f + static_cast<float>(127 + bias);
  const Expr shifted = t * 1.44269504f + magic;
  const Expr n = strict::sub(shifted, magic);
  const Expr scale = strict::from_bits(strict::bits(shifted) << 23);
  // Cody and Waite's reduction: the first part of ln 2 has 15 bits, so n times it is exact, and so is the
  // difference. Every step is strict: LLVM adds the two parts of ln 2 up if it may reassociate the last one
  // alone.
  const Expr reduced = strict::sub(strict::sub(t, n * 0x1.62e4p-1f), n * 0x1.7f7d1cp-20f);
  const Expr r = tail.defined() ? strict::add(reduced, tail) : reduced;
  // (e^r - 1) / r on [-0.404, 0.347], minimax with P(0) = 1: relative error 2.1e-8. Six multiply-adds.
  const Expr fraction =
      r * polynomial(r, {1.0f, 0.499999881f, 0.166665196f, 0.0416716076f, 0.00836919714f, 0.00135485502f});
  return {scale, fraction};
}

// As scale * (fraction + 1) - 1 it would cancel near zero.
Expr Exponential::minus_one() const {
  return strict::add(scale * fraction, strict::sub(scale, 1.0f));
}

} // namespace convforge
