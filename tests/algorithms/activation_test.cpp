// Every activation over the sweep, on every x86 target that this machine runs, against the definition in
// float64.
#include "algorithms/activation.hpp"
#include "sweep.hpp"
#include "target/target.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

namespace convforge::test {
namespace {

std::vector<float> run(const Activation &activation, std::vector<float> x, const Target &target, int width) {
  Halide::Buffer<float> input(x.data(), static_cast<int>(x.size())), output(static_cast<int>(x.size()));
  Halide::Var i;
  Halide::Func f;
  f(i) = activate(activation, input(i));
  if (width > 1)
    f.vectorize(i, width);
  f.realize(output, Halide::Target(std::string(target.halide)));
  return {output.begin(), output.end()};
}

/// |y - exact| in units of the last place of a float32 of exact's size.
double error_in_ulp(double y, double exact) {
  if (std::isinf(y) && y == static_cast<float>(exact))
    return 0;
  const int exponent = exact == 0 ? -126 : std::max(std::ilogb(exact), -126);
  return std::abs(y - exact) / std::ldexp(1.0, exponent - 23);
}

/// The bounds of docs/numerics.md: 4 ulp, but left of 0 for the two gelu, where 1 + erf and 1 + tanh
/// cancel.
bool within_bound(const Activation &activation, double x, double y, double exact) {
  if (std::isnan(exact))
    return std::isnan(y);
  const double ulp = error_in_ulp(y, exact);
  const bool gelu = activation.kind == ActivationKind::gelu,
             gelu_tanh = activation.kind == ActivationKind::gelu_tanh;
  if ((gelu || gelu_tanh) && x < 0)
    return ulp <= (gelu ? 8 : 256) && std::abs(y - exact) <= 0x1p-24;
  return ulp <= 4;
}

/// Reports the first few that miss their bound; prints the largest error.
void check(const Activation &activation, const Target &target, int width, const std::vector<float> &x,
           const std::vector<double> &exact) {
  const std::vector<float> y = run(activation, x, target, width);
  double worst = 0, where = 0, absolute_beyond = 0;
  int failures = 0;
  for (std::size_t i = 0; i < x.size() && failures < 5; ++i) {
    const double ulp = std::isnan(exact[i]) ? 0 : error_in_ulp(y[i], exact[i]);
    if (!within_bound(activation, x[i], y[i], exact[i])) {
      ++failures;
      ADD_FAILURE() << label(activation) << "(" << x[i] << ") = " << y[i] << ", exact " << exact[i] << ": "
                    << ulp << " ulp";
    }
    if (ulp > worst) {
      worst = ulp;
      where = x[i];
    }
    if (ulp > 4)
      absolute_beyond = std::max(absolute_beyond, std::abs(y[i] - exact[i]));
  }
  std::printf("%-16s width %-2d %6.2f ulp at %-15.9g", label(activation).c_str(), width, worst, where);
  std::printf(absolute_beyond > 0 ? " (where beyond 4 ulp: %.2g)\n" : "\n", absolute_beyond);
}

class ActivationOn : public testing::TestWithParam<std::pair<std::string, int>> {};

TEST_P(ActivationOn, IsWithinItsBoundOverAllFloats) {
  const auto &[name, width] = GetParam();
  const Target &target = find_target(name);
  if (!runs_here(target))
    GTEST_SKIP() << "this CPU does not run " << name;
  const std::vector<float> x = sweep();
  for (const Activation &activation : every_activation()) {
    std::vector<double> exact;
    for (float value : x)
      exact.push_back(evaluate(activation, value));
    check(activation, target, width, x, exact);
  }
}

// Scalar code differs: LLVM turns some of its selects into branches.
INSTANTIATE_TEST_SUITE_P(EveryTarget, ActivationOn,
                         testing::Values(std::pair("x86-64-sse41", 1), std::pair("x86-64-sse41", 4),
                                         std::pair("x86-64-avx2", 8), std::pair("x86-64-avx512", 16)));

} // namespace
} // namespace convforge::test
