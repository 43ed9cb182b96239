// Elementwise operations and fills against their definitions, over random tensors.
#include "float_exponential.h"
#include "operations_tensor.hpp"

namespace {

using namespace convforge::test;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

double defined(int arithmetic, double a, double b) {
  switch (arithmetic) {
  case CONVFORGE_ADD:
    return a + b;
  case CONVFORGE_SUBTRACT:
    return a - b;
  case CONVFORGE_MULTIPLY:
    return a * b;
  case CONVFORGE_DIVIDE:
    return a / b;
  case CONVFORGE_MAXIMUM:
    return std::isnan(a) || std::isnan(b) ? nan : std::max(a, b);
  case CONVFORGE_MINIMUM:
    return std::isnan(a) || std::isnan(b) ? nan : std::min(a, b);
  case CONVFORGE_PRELU:
    return a < 0 ? a * b : a;
  case CONVFORGE_POWER:
    return std::pow(a, b);
  case CONVFORGE_EQUAL:
    return a == b;
  case CONVFORGE_LESS:
    return a < b;
  case CONVFORGE_AT_MOST:
    return a <= b;
  case CONVFORGE_WHERE:
    return b != 0 ? a : 0;
  case CONVFORGE_UNLESS:
    return b != 0 ? 0 : a;
  case CONVFORGE_ABSOLUTE:
    return std::abs(a);
  case CONVFORGE_EXPONENTIAL:
    return std::exp(a);
  case CONVFORGE_LOGARITHM:
    return std::log(a);
  case CONVFORGE_RECIPROCAL:
    return 1 / a;
  case CONVFORGE_SQUARE_ROOT:
    return std::sqrt(a);
  case CONVFORGE_RECIPROCAL_SQUARE_ROOT:
    return 1 / std::sqrt(a);
  default:
    return a;
  }
}

double defined(const std::vector<convforge_op> &steps, double x) {
  for (const convforge_op &step : steps) {
    x = step.kind == CONVFORGE_OP_AFFINE ? x * step.a + step.b
                                         : convforge_activate(step.activation, step.a, step.b, x);
    x = static_cast<float>(x);
  }
  return x;
}

std::vector<convforge_op> random_steps(Random &random) {
  std::vector<convforge_op> steps(static_cast<std::size_t>(chance(random, 0.5) ? 0 : pick(random, 1, 3)));
  for (convforge_op &step : steps)
    step = {chance(random, 0.3) ? CONVFORGE_OP_AFFINE : CONVFORGE_OP_ACTIVATION, -1,
            static_cast<std::int32_t>(pick(random, 0, CONVFORGE_ACTIVATION_COUNT - 1)), 0.25F, 1.5F};
  return steps;
}

struct Case {
  convforge_elementwise operation{};
  std::vector<convforge_op> steps;
  Tensor a, b, output;
};

Case random_case(Random &random) {
  Case c;
  const int rank = static_cast<int>(pick(random, 0, CONVFORGE_MAX_RANK));
  const Index size = random_size(random, rank, random_elements(random));
  c.output = Tensor(random, size);
  c.a = Tensor(random, size, chance(random, 0.3) ? Strides::broadcast : Strides::slice);
  c.b = Tensor(random, size, chance(random, 0.5) ? Strides::broadcast : Strides::slice);
  c.a.randomise(random);
  c.b.randomise(random);
  c.steps = random_steps(random);
  c.operation.arithmetic =
      static_cast<std::int32_t>(pick(random, CONVFORGE_COPY, CONVFORGE_RECIPROCAL_SQUARE_ROOT));
  c.operation.rank = rank;
  set(c.operation.size, size);
  c.operation.step_count = static_cast<std::int32_t>(c.steps.size());
  return c;
}

/// After the tensors are final: their addresses and strides.
void expect_right(Case &c, const Tensor &a, const Tensor &b, const Tensor &result) {
  for_each(a.size, [&](const Index &i) {
    const auto first = static_cast<float>(defined(c.operation.arithmetic, a.at(i), b.at(i)));
    const double expected = defined(c.steps, first);
    const double tolerance = !c.steps.empty() ? 1e-5 * (1 + std::abs(expected))
                             : c.operation.arithmetic == CONVFORGE_EXPONENTIAL ? 1e-7 * std::abs(expected)
                                                                               : 0;
    ASSERT_TRUE(same(expected, result.at(i), tolerance))
        << "arithmetic " << c.operation.arithmetic << " of " << a.at(i) << " and " << b.at(i) << ": "
        << result.at(i) << ", expected " << expected;
  });
}

void complete(Case &c) {
  c.operation.output = c.output.strides;
  c.operation.a = c.a.strides;
  c.operation.b = c.b.strides;
  c.operation.steps = c.steps.data();
}

TEST(Elementwise, AnyTensors) {
  Random random(1);
  for (int n = 0; n < 400 && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    Case c = random_case(random);
    complete(c);
    const bool reads_b =
        c.operation.arithmetic != CONVFORGE_COPY && c.operation.arithmetic < CONVFORGE_ABSOLUTE;
    const Tensor result = run_on_threads(c.output, [&](Tensor &output, const convforge_threads *threads) {
      convforge_run_elementwise(&c.operation, c.a.data(), reads_b ? c.b.data() : nullptr, output.data(),
                                threads);
    });
    expect_right(c, c.a, c.b, result);
  }
}

TEST(Elementwise, InPlace) {
  Random random(2);
  for (int n = 0; n < 200 && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    Case c = random_case(random);
    c.output.randomise(random);
    const int which = static_cast<int>(pick(random, 0, 2)); // a, b or both are the output
    if (which != 1)
      c.a = c.output;
    if (which != 0)
      c.b = c.output;
    complete(c);
    const Tensor result = run_on_threads(c.output, [&](Tensor &output, const convforge_threads *threads) {
      convforge_run_elementwise(&c.operation, which != 1 ? output.data() : c.a.data(),
                                which != 0 ? output.data() : c.b.data(), output.data(), threads);
    });
    expect_right(c, c.a, c.b, result);
  }
}

TEST(Elementwise, TransposesLargeImages) {
  Random random(3);
  for (const bool to_channels_last : {false, true}) {
    const Index size = {2, 37, 61, 53}; // N C H W
    Tensor nchw(random, size, Strides::dense), nhwc(random, size, Strides::dense);
    nhwc.strides = {{std::int64_t{37} * 61 * 53, 1, std::int64_t{53} * 37, 37}};
    Case c;
    c.a = to_channels_last ? nchw : nhwc;
    c.output = to_channels_last ? nhwc : nchw;
    c.a.randomise(random);
    c.operation.rank = 4;
    set(c.operation.size, size);
    complete(c);
    const Tensor result = run_on_threads(c.output, [&](Tensor &output, const convforge_threads *threads) {
      convforge_run_elementwise(&c.operation, c.a.data(), nullptr, output.data(), threads);
    });
    expect_right(c, c.a, c.a, result);
  }
}

TEST(Elementwise, OfNothingDoesNothing) {
  convforge_elementwise operation{};
  operation.rank = 3;
  set(operation.size, {2, 0, 4});
  operation.output = {{4, 4, 1}};
  float output = canary;
  convforge_run_elementwise(&operation, nullptr, nullptr, &output, nullptr);
  EXPECT_EQ(output, canary);
}

TEST(Elementwise, ThreadsOfOneWorkerNeedNoCallback) {
  const convforge_threads threads = {nullptr, nullptr, 1};
  convforge_fill fill{};
  fill.rank = 1;
  fill.size[0] = 100'000;
  fill.output.along[0] = 1;
  fill.value = 3;
  std::vector<float> output(100'000);
  convforge_run_fill(&fill, output.data(), &threads);
  EXPECT_EQ(output.back(), 3);
}

TEST(Fill, AnyTensors) {
  Random random(4);
  for (int n = 0; n < 100 && !HasFailure(); ++n) {
    SCOPED_TRACE(n);
    convforge_fill operation{};
    operation.rank = static_cast<std::int32_t>(pick(random, 0, CONVFORGE_MAX_RANK));
    const Tensor start(random, random_size(random, operation.rank, random_elements(random)));
    set(operation.size, start.size);
    operation.output = start.strides;
    operation.value = chance(random, 0.1) ? nan : 2.5F;
    const Tensor result = run_on_threads(start, [&](Tensor &output, const convforge_threads *threads) {
      convforge_run_fill(&operation, output.data(), threads);
    });
    for_each(result.size, [&](const Index &i) { ASSERT_TRUE(same(operation.value, result.at(i), 0)); });
  }
}

/// Floats of all magnitudes and both signs, those around 0 and where activations bend, and what is not
/// finite.
std::vector<float> all_magnitudes() {
  std::vector<float> list = {0.0F, -0.0F, nan, HUGE_VALF, -HUGE_VALF, std::numeric_limits<float>::max()};
  Random random(5);
  for (int exponent = -149; exponent < 128; ++exponent)
    for (int n = 0; n < 60; ++n) {
      const float x =
          std::ldexp(static_cast<float>(std::uniform_real_distribution<>(1, 2)(random)), exponent);
      list.insert(list.end(), {x, -x});
    }
  for (int n = -8000; n < 8000; ++n)
    list.push_back(static_cast<float>(0.0137 * n));
  return list;
}

TEST(Steps, ExponentialIsWithinItsBound) {
  for (int n = -957'000; n < 957'000; ++n)
    ASSERT_LE(std::abs(convforge_exponential(0.000731 * n) / std::exp(0.000731 * n) - 1), 8e-9) << n;
  for (int n = 100; n < 20'000; ++n)
    for (const double argument : {1e-6 * n, -1e-6 * n})
      ASSERT_LE(std::abs((convforge_exponential(argument) - 1) / std::expm1(argument) - 1), 3e-12)
          << argument;
  EXPECT_EQ(static_cast<float>(convforge_exponential(HUGE_VAL)), HUGE_VALF);
  EXPECT_EQ(static_cast<float>(convforge_exponential(-HUGE_VAL)), 0);
  EXPECT_TRUE(std::isnan(convforge_exponential(nan)));
}

TEST(Steps, AreWithinAMillionthOfTheDefinition) {
  const std::vector<float> inputs = all_magnitudes();
  for (int activation = 0; activation < CONVFORGE_ACTIVATION_COUNT; ++activation)
    for (const float a : {0.0F, 0.3F, -1.5F}) {
      const convforge_op step = {CONVFORGE_OP_ACTIVATION, -1, activation, a, 2};
      convforge_elementwise operation{};
      operation.rank = 1;
      operation.size[0] = static_cast<std::int64_t>(inputs.size());
      operation.output.along[0] = operation.a.along[0] = 1;
      operation.step_count = 1;
      operation.steps = &step;
      std::vector<float> outputs(inputs.size());
      convforge_run_elementwise(&operation, inputs.data(), nullptr, outputs.data(), nullptr);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto expected = static_cast<float>(convforge_activate(activation, a, 2, inputs[i]));
        // A subnormal result has fewer digits: half a step of it either way.
        ASSERT_TRUE(same(expected, outputs[i], 1e-6 * std::abs(expected) + 1.5e-45))
            << "activation " << activation << " (a = " << a << ") of " << inputs[i] << ": " << outputs[i]
            << ", expected " << expected;
        if (outputs[i] == 0)
          ASSERT_EQ(std::signbit(expected), std::signbit(outputs[i]))
              << "activation " << activation << " (a = " << a << ") of " << inputs[i];
      }
    }
}

TEST(Elementwise, MaximumAndMinimumOfNaNAreNaN) {
  for (const int arithmetic : {CONVFORGE_MAXIMUM, CONVFORGE_MINIMUM}) {
    convforge_elementwise operation{};
    operation.arithmetic = arithmetic;
    operation.rank = 1;
    operation.size[0] = 19;
    operation.output.along[0] = operation.a.along[0] = operation.b.along[0] = 1;
    std::vector<float> a(19, 1), b(19, 2), output(19);
    a[3] = b[5] = a[18] = b[17] = nan;
    convforge_run_elementwise(&operation, a.data(), b.data(), output.data(), nullptr);
    for (int i = 0; i < 19; ++i)
      EXPECT_EQ(std::isnan(output[i]), i == 3 || i == 5 || i == 17 || i == 18) << i;
  }
}

} // namespace
