#include "algorithms/activation.hpp"
#include "algorithms/exponential.hpp"
#include "algorithms/strict.hpp"
#include "base/error.hpp"

// The smooth activations work on e = e^-|x|, which cannot overflow, and nothing in them cancels. e is held
// 2^64 times too large ("lifted") and lowered last: its own subnormals would lose bits. NaN and infinities
// never enter that arithmetic, for the bound on -|x| replaces them: most activations are max(x, 0), which
// carries them, plus something finite. Derivations, error bounds and operation counts: docs/numerics.md.
namespace convforge {
namespace {

using Halide::Expr;
using Halide::select;

constexpr int lift = 64;
constexpr float lowest = -109.0f; // x e^x rounds to 0 in float32 from -108.7 down

/// x / 2^64, strict: reassociated into x's factors it would make those subnormal.
Expr lowered(const Expr &x) {
  return strict::mul(x, 0x1p-64f);
}

Expr negative(const Expr &x) {
  return strict::less(x, 0.0f);
}

Expr relu(const Expr &x) {
  return strict::at_least(x, 0.0f);
}

Expr leaky_relu(const Expr &x, float a) {
  if (a == 0) // not a * x: 0 * -Inf would be NaN
    return relu(x);
  const Expr ax = strict::mul(x, a);
  if (a > 0 && a <= 1) // a * x > x just where x < 0: one maxps, and one minps below
    return select(strict::less(x, ax), ax, x);
  if (a > 1)
    return select(strict::less(ax, x), ax, x);
  return select(negative(x), ax, x);
}

// (x + 3) / 6, not x / 6 + 1/2: the sum is exact near -3, where the other cancels. 6 * float(1/6) rounds
// to 1.
Expr hard_sigmoid(const Expr &x) {
  return strict::mul(strict::at_most(strict::at_least(strict::add(x, 3.0f), 0.0f), 6.0f), 1.0f / 6.0f);
}

// x bounded from below first, so that -Inf meets no product with 0.
Expr hard_swish(const Expr &x) {
  const Expr y = strict::at_least(x, -3.0f);
  return strict::mul(y, strict::mul(strict::at_most(strict::add(y, 3.0f), 6.0f), 1.0f / 6.0f));
}

/// -|x|, bounded so that it is finite and x e^-|x| rounds to 0 at the bound.
Expr minus_distance(const Expr &x) {
  return strict::finite_at_least(strict::negative_magnitude(x), lowest);
}

// NaN goes through the exponential: a test for it would be folded away where the sum of the convolution, an
// ordinary expression, comes in, since LLVM then holds x for a number.
Expr sigmoid(const Expr &x) {
  const Expr t = strict::at_least(strict::negative_magnitude(x), lowest);
  const Expr e = lowered(exponential(t, lift).scaled());
  return select(negative(x), e, 1.0f) / (e + 1.0f);
}

/// max(x, 0) + y e^t / (1 + e^t) for finite y = -|x| and t: x sigmoid(-t) if x >= 0, else x sigmoid(t).
Expr times_sigmoid(const Expr &x, const Expr &y, const Expr &t) {
  const Expr lifted = exponential(t, lift).scaled();
  return strict::add(relu(x), lowered(y * lifted / (lowered(lifted) + 1.0f)));
}

Expr silu(const Expr &x) {
  const Expr t = minus_distance(x);
  return times_sigmoid(x, t, t);
}

// m = e^-2|x| - 1: |tanh x| = -m / (2 + m). From |x| = 9.02 on it rounds to 1.
Expr hyperbolic_tangent(const Expr &x) {
  const Expr t = strict::at_least(strict::negative_magnitude(x), -10.0f) * 2.0f;
  const Expr m = exponential(t, 0).minus_one();
  return select(negative(x), m, 0.0f - m) / (m + 2.0f);
}

// x Phi(x) = max(x, 0) - |x| Phi(-|x|), and Phi(-a) = e^(-a^2/2) R(a): R is half the scaled complementary
// error function of a / sqrt(2).
Expr gelu(const Expr &x) {
  const Expr a = strict::finite_at_most(strict::magnitude(x), 14.5f); // 14.5 Phi(-14.5) rounds to 0
  // a^2 needs 48 bits: the square of a's first 12 bits is exact, the rest of it is the tail.
  const Expr head = strict::from_bits(strict::bits(a) & Expr(0xfffff000u));
  const Expr tail = strict::sub(a, head) * (a + head) * -0.5f;
  const Expr lifted = exponential(head * head * -0.5f, lift, tail).scaled();
  // R on [0, 14.5], minimax of degrees 4 and 5: relative error 1.0e-8, all terms positive. Even and odd
  // powers apart: Horner's rule in a takes as many multiply-adds (nine), but rounds more often.
  const Expr aa = a * a;
  const Expr p = a * (a * polynomial(aa, {0.182681754f, 0.00408439385f}) +
                      polynomial(aa, {0.437595248f, 0.0404369123f}));
  const Expr q = a * (a * polynomial(aa, {1.20028067f, 0.101366818f}) +
                      polynomial(aa, {1.67307532f, 0.468001693f, 0.0102379369f}));
  return strict::sub(relu(x), lowered(a * lifted * ((p + 0.5f) / (q + 1.0f))));
}

// (1 + tanh(u)) / 2 = sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3).
Expr gelu_tanh(const Expr &x) {
  const Expr y = strict::finite_at_least(strict::negative_magnitude(x), -10.8f); // its gelu_tanh rounds to 0
  return times_sigmoid(x, y, y * (y * y * 0.0713548163f + 1.59576912f));
}

// max(x, 0) + a expm1(min(x, 0)).
Expr elu(const Expr &x, float a) {
  const Expr t = strict::at_most(strict::finite_at_least(x, -18.0f), 0.0f); // e^-18 - 1 rounds to -1
  return strict::add(relu(x), strict::mul(exponential(t, 0).minus_one(), a));
}

// max(x, 0) + log1p(e). log1p(e) / e on [0, 1], minimax with P(0) = 1: relative error 6.0e-9. Nine
// multiply-adds.
Expr softplus(const Expr &x) {
  const Expr lifted = exponential(minus_distance(x), lift).scaled();
  const Expr p = polynomial(lowered(lifted),
                            {1.0f, -0.499999613f, 0.333312154f, -0.249650806f, 0.197258264f, -0.154367551f,
                             0.108100191f, -0.0588774383f, 0.0208224095f, -0.00345043326f});
  return strict::add(relu(x), lowered(lifted * p));
}

// tanh(softplus(x)) = (w^2 - 1) / (w^2 + 1), w = 1 + e^x, which is e(e + 2) / (e^2 + 2e + 2) for x < 0, and
// 1 - 2e^2 / (2e^2 + 2e + 1) else. The strict sums keep away the two roundings that t (e + 2) and 1 +
// fraction would add.
Expr mish(const Expr &x) {
  const Expr t = minus_distance(x);
  const Exponential exp = exponential(t, lift);
  const Expr e = lowered(exp.scaled()), te = t * e;
  const Expr dividend = strict::add(te, select(negative(x), t * 2.0f, te));
  const Expr divisor = e * e + e * 2.0f + select(negative(x), 2.0f, e * e + 1.0f);
  const Expr quotient = dividend / divisor;
  return strict::add(relu(x), lowered(strict::add(quotient, quotient * exp.fraction) * exp.scale));
}

} // namespace

Expr activate(const Activation &activation, const Expr &x) {
  switch (activation.kind) {
  case ActivationKind::relu:
    return relu(x);
  case ActivationKind::relu6:
    return strict::at_most(relu(x), 6.0f);
  case ActivationKind::leaky_relu:
    return leaky_relu(x, activation.a);
  case ActivationKind::clip:
    return strict::at_most(strict::at_least(x, activation.a), activation.b);
  case ActivationKind::sigmoid:
    return sigmoid(x);
  case ActivationKind::tanh:
    return hyperbolic_tangent(x);
  case ActivationKind::silu:
    return silu(x);
  case ActivationKind::hard_sigmoid:
    return hard_sigmoid(x);
  case ActivationKind::hard_swish:
    return hard_swish(x);
  case ActivationKind::gelu:
    return gelu(x);
  case ActivationKind::gelu_tanh:
    return gelu_tanh(x);
  case ActivationKind::elu:
    return elu(x, activation.a);
  case ActivationKind::softplus:
    return softplus(x);
  case ActivationKind::mish:
    return mish(x);
  }
  fail("activation", std::to_string(static_cast<int>(activation.kind)), "one of ActivationKind");
}

} // namespace convforge
