// Every activation over the sweep, on every x86 level that this machine runs, against extended precision.
#include "activation_reference.hpp"
#include "algorithms/activation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>

namespace convforge::test {
namespace {

struct Level {
  std::string name;
  Halide::Target target;
  int width; ///< of the vectors that the test asks for; 1 is scalar code
};

std::vector<Level> levels_of_this_machine() {
  const std::string base = "x86-64-linux-sse41", avx2 = base + "-avx-f16c-fma-avx2",
                    avx512 = avx2 + "-avx512-avx512_skylake";
  const Halide::Target host = Halide::get_host_target();
  std::vector<Level> levels = {{"sse41", Halide::Target(base), 4}, {"scalar", Halide::Target(base), 1}};
  if (host.has_feature(Halide::Target::AVX2) && host.has_feature(Halide::Target::FMA))
    levels.push_back({"avx2", Halide::Target(avx2), 8});
  if (host.has_feature(Halide::Target::AVX512_Skylake))
    levels.push_back({"avx512", Halide::Target(avx512), 16});
  return levels;
}

std::vector<float> run(const Activation &activation, std::vector<float> x, const Level &level) {
  Halide::Buffer<float> input(x.data(), static_cast<int>(x.size())), output(static_cast<int>(x.size()));
  Halide::Var i;
  Halide::Func f;
  f(i) = activate(activation, input(i));
  if (level.width > 1)
    f.vectorize(i, level.width);
  f.realize(output, level.target);
  return {output.begin(), output.end()};
}

/// docs/numerics.md: 4 ulp; gelu_tanh, whose exponent takes a cubic in float32, is bounded absolutely left of
/// -1.
bool within_bound(const Activation &activation, double x, double ulp, double absolute) {
  if (activation.kind == ActivationKind::gelu_tanh && x < -1)
    return ulp <= 256 && absolute <= 0x1p-24;
  return ulp <= 4;
}

struct Worst {
  double ulp = 0, x = 0, absolute = 0; ///< absolute: among those above 4 ulp
};

Worst measure(const Activation &activation, const Level &level, const std::vector<float> &x,
              const std::vector<long double> &exact) {
  const std::vector<float> y = run(activation, x, level);
  Worst worst;
  int failures = 0;
  for (std::size_t i = 0; i < x.size() && failures < 5; ++i) {
    if (std::isnan(exact[i])) {
      failures += !std::isnan(y[i]);
      EXPECT_TRUE(std::isnan(y[i])) << label(activation) << " of NaN on " << level.name << " is " << y[i];
      continue;
    }
    const double ulp = error_in_ulp(y[i], exact[i]),
                 absolute = static_cast<double>(std::abs(y[i] - exact[i]));
    const bool good = within_bound(activation, x[i], ulp, absolute);
    failures += !good;
    EXPECT_TRUE(good) << label(activation) << "(" << x[i] << ") on " << level.name << ": " << y[i]
                      << ", exact " << static_cast<double>(exact[i]) << ", " << ulp << " ulp";
    if (ulp > worst.ulp)
      worst.ulp = ulp, worst.x = x[i];
    if (ulp > 4)
      worst.absolute = std::max(worst.absolute, absolute);
  }
  return worst;
}

TEST(Activation, IsWithinItsBoundOverAllFloats) {
  const std::vector<float> x = sweep();
  for (const Activation &activation : every_activation()) {
    std::vector<long double> exact(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
      exact[i] = exact_activation(activation, x[i]);
    std::printf("%-30s", label(activation).c_str());
    for (const Level &level : levels_of_this_machine()) {
      const Worst worst = measure(activation, level, x, exact);
      std::printf("  %s %.2f ulp at %.9g (%.2g)", level.name.c_str(), worst.ulp, worst.x, worst.absolute);
    }
    std::printf("\n");
  }
}

} // namespace
} // namespace convforge::test
