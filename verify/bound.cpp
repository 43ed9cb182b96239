#include "verify/bound.hpp"

#include "problem/epilogue.hpp"
#include "verify/element.hpp"
#include "verify/fill.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace convforge {
namespace {

constexpr double unit = 0x1p-24;

/// The values of an element's operands, one after another.
class Operands {
public:
  explicit Operands(const Element &element) : next_(element.operands.begin()) {}
  /// What an operation takes; 0: nothing.
  double of(const EpilogueOp &op) { return tensor_of(op.kind) ? *next_++ : 0; }

private:
  std::vector<double>::const_iterator next_;
};

/// NaN and Inf come from the input only, so float32 reaches exactly what float64 does.
double finite_or_zero(double tolerance, double value) {
  return std::isfinite(value) ? tolerance : 0;
}

/// How far an activation may be from the exact one of the same number: docs/numerics.md.
double own_error(const Activation &activation, double value) {
  const double four_ulp = 4 * ulp(ElementType::f32, value);
  const bool cancels =
      activation.kind == ActivationKind::gelu || activation.kind == ActivationKind::gelu_tanh;
  return cancels ? std::max(four_ulp, 0x1p-24) : four_ulp;
}

/// The least float above 0: what the rounding of a product that is smaller than normal numbers may be off by.
constexpr double least = 0x1p-149;

/// The exact value so far, and how far a kernel's may be from it: a sum of terms of which each meets some
/// roundings, beside what the value that the sum began with carried. Additions in a row are one sum;
/// everything else begins a new one.
class Running {
public:
  Running(double value, double magnitude, std::int64_t roundings)
      : value_(value), size_(magnitude), roundings_(roundings) {}

  Expected expected() const {
    return {value_, finite_or_zero(carried_ + error_gamma(roundings_) * size_, value_)};
  }
  void add(double summand) {
    value_ += summand;
    size_ += std::abs(summand);
    ++roundings_;
  }
  /// The value times a factor, rounded once. An error before is widened `slope` times.
  void multiply(double factor, double slope) {
    const double before = expected().tolerance;
    begin(value_ * factor, before * slope + least, 1);
  }
  void prelu(double slope) { multiply(value_ < 0 ? slope : 1, std::max(1.0, std::abs(slope))); }
  void activate(const Activation &activation) {
    const double before = expected().tolerance * lipschitz(activation);
    const double value = evaluate(activation, value_);
    begin(value, before + own_error(activation, std::abs(value) + before), 0);
  }

private:
  void begin(double value, double carried, std::int64_t roundings) {
    value_ = value, carried_ = carried, size_ = std::abs(value) + carried, roundings_ = roundings;
  }

  double value_, size_, carried_ = 0;
  std::int64_t roundings_;
};

void apply(Running &running, const EpilogueOp &op, double operand) {
  switch (arithmetic_of(op.kind)) {
  case EpilogueOp::Arithmetic::add:
    return running.add(operand);
  case EpilogueOp::Arithmetic::multiply:
    return running.multiply(operand, std::abs(operand));
  case EpilogueOp::Arithmetic::prelu:
    return running.prelu(operand);
  case EpilogueOp::Arithmetic::affine:
    running.multiply(op.factor, std::abs(op.factor));
    return running.add(op.summand);
  case EpilogueOp::Arithmetic::clamp: // of 8-bit destinations, which have no bound
  case EpilogueOp::Arithmetic::activate:
    return running.activate(op.activation);
  }
}

/// The sum or product of two floats, rounded once: float64 holds the product, and a sum of floats is rounded
/// twice without a trace (53 >= 2 * 24 + 2 bits). Written so, no compiler makes a multiply-add of the two.
float sum(float a, double b) {
  return static_cast<float>(a + b);
}
float product(float a, double b) {
  return static_cast<float>(a * b);
}

float apply_exact(const EpilogueOp &op, float value, double operand) {
  switch (arithmetic_of(op.kind)) {
  case EpilogueOp::Arithmetic::add:
    return sum(value, operand);
  case EpilogueOp::Arithmetic::multiply:
    return product(value, operand);
  case EpilogueOp::Arithmetic::prelu:
    return value < 0 ? product(value, operand) : value;
  case EpilogueOp::Arithmetic::affine:
    return sum(product(value, op.factor), op.summand);
  case EpilogueOp::Arithmetic::clamp: // of 8-bit destinations, which have no bound
  case EpilogueOp::Arithmetic::activate:
    break;
  }
  return static_cast<float>(evaluate(op.activation, value));
}

bool is_whole(float number) {
  return number == std::rint(number);
}

/// What is known of a value that began as a whole number, for whole numbers as operands (Fill::integer).
struct Exactness {
  double most = 0x1p23; ///< its magnitude
  bool whole = true;    ///< then no operation on it rounds while most <= 2^24
  int roundings = 0;    ///< that it has met
  bool inexact = false; ///< by an activation that is no single rounding

  void add(double summand) {
    if (summand == 0)
      return;
    most += std::abs(summand);
    roundings += whole && is_whole(static_cast<float>(summand)) ? 0 : 1;
    whole = whole && is_whole(static_cast<float>(summand));
  }
  void multiply(float factor) {
    most *= std::abs(factor);
    roundings += whole && is_whole(factor) ? 0 : 1;
    whole = whole && is_whole(factor);
  }
  void activate(const Activation &activation);
  void apply(const EpilogueOp &op);
};

void Exactness::activate(const Activation &activation) {
  switch (activation.kind) {
  case ActivationKind::relu:
  case ActivationKind::relu6:
    return;
  case ActivationKind::clip:
    whole = whole && is_whole(activation.a) && is_whole(activation.b);
    most = std::max({most, std::abs(double{activation.a}), std::abs(double{activation.b})});
    return;
  case ActivationKind::leaky_relu: {
    const double before = most;
    multiply(activation.a);
    most = std::max(most, before); // above zero it is left as it is
    return;
  }
  default:
    inexact = true;
  }
}

void Exactness::apply(const EpilogueOp &op) {
  if (const std::optional<OpTensor> tensor = tensor_of(op.kind)) {
    if (tensor->use == OpTensor::Use::summand)
      add(most_summand);
    return; // a factor is -1, 0 or 1: exact, whatever the value
  }
  if (arithmetic_of(op.kind) == EpilogueOp::Arithmetic::activate)
    return activate(op.activation);
  multiply(op.factor);
  add(op.summand);
}

} // namespace

double error_gamma(std::int64_t m) {
  const double mu = static_cast<double>(m) * unit;
  return mu / (1 - mu);
}

Expected expect(const Epilogue &epilogue, std::int64_t n, const Element &element) {
  Running running(element.sum, element.magnitude, n);
  Operands operands(element);
  for (const EpilogueOp &op : epilogue.ops())
    apply(running, op, operands.of(op));
  return running.expected();
}

Expected expect_exact(const Epilogue &epilogue, const Element &element) {
  auto value = static_cast<float>(element.sum);
  Operands operands(element);
  for (const EpilogueOp &op : epilogue.ops())
    value = apply_exact(op, value, operands.of(op));
  return {value, 0};
}

void store(Expected &e, ElementType destination) {
  if (destination == ElementType::f32 || std::isnan(e.value))
    return; // what is summed in: nothing is rounded again
  if (e.tolerance == 0) {
    e.value = rounded(destination, static_cast<float>(e.value));
    return;
  }
  const double largest = std::abs(e.value) + e.tolerance;
  e.overflows = largest >= overflow(destination);
  e.tolerance += ulp(destination, std::min(largest, overflow(destination))) / 2;
}

bool is_exact(const Epilogue &epilogue) {
  Exactness exactness;
  for (const EpilogueOp &op : epilogue.ops())
    exactness.apply(op);
  return !exactness.inexact && exactness.roundings <= 1 && exactness.most <= 0x1p24;
}

double lipschitz(const Activation &activation) {
  switch (activation.kind) {
  case ActivationKind::relu:
  case ActivationKind::relu6:
  case ActivationKind::clip:
  case ActivationKind::tanh:
  case ActivationKind::softplus:
    return 1;
  case ActivationKind::leaky_relu:
  case ActivationKind::elu:
    return std::max(1.0, std::abs(static_cast<double>(activation.a)));
  case ActivationKind::sigmoid:
    return 0.25;
  case ActivationKind::hard_sigmoid:
    return 1.0 / 6;
  case ActivationKind::hard_swish:
    return 1.5; // at x = 3
  case ActivationKind::silu:
    return 1.1; // 1.09984 near x = 2.40
  case ActivationKind::mish:
    return 1.09; // 1.08850 near x = 1.49
  case ActivationKind::gelu:
  case ActivationKind::gelu_tanh:
    return 1.13; // 1.12890 at x = sqrt 2; 1.12905 with tanh
  }
  return 1;
}

} // namespace convforge
