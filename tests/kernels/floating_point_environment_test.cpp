// What calls do to the caller's floating-point environment: traps, rounding and subnormals stay as they were.
// Status flags may be raised: Winograd's last vector of 40 channels has lanes without a channel, where an
// activation divides zero by zero.
#include "convforge/jit.hpp"
#include "verify/kernel_run.hpp"

#include <gtest/gtest.h>

#include <cfenv>
#include <cmath>
#include <limits>

namespace convforge {
namespace {

struct Environment {
  int rounding, trapped;
  bool has_subnormals;
  bool operator==(const Environment &) const = default;
};

Environment environment() {
  volatile float smallest = std::numeric_limits<float>::min();
  smallest = smallest / 2;
  return {std::fegetround(), fegetexcept(), smallest != 0};
}

std::vector<float> some_values(std::size_t count, float scale) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<float>(static_cast<int>(i % 7) - 3) * scale;
  return values;
}

/// Kernels whose last vectors are not full, with activations that divide.
void run_kernels() {
  Jit jit({.disk_cache = false});
  for (const char *descriptor :
       {"ic24ih19oc40kh5sh2ph2", "ic24ih19oc40kh3ph1", "g40ic40ih19oc40kh3ph1", "ic24ih9oc41kh1"}) {
    for (const char *epilogue : {"silu", "tanh", "gelu"}) {
      const Problem problem = Problem::parse(descriptor, {.epilogue = epilogue});
      const Result<JitKernel> kernel = jit.compile(problem);
      const convforge_kernel &made = kernel.value().descriptor();
      const Tensors tensors = {some_values(convforge_input(&made)->bytes / sizeof(float), 0.25f),
                               some_values(convforge_weights(&made)->bytes / sizeof(float), 0.125f),
                               {}};
      for (const float y : run_guarded(made, tensors, {}))
        ASSERT_TRUE(std::isfinite(y)) << descriptor << " " << epilogue;
    }
  }
}

TEST(FloatingPointEnvironment, NothingTrapsByDefaultAndModesStay) {
  const Environment before = environment();
  EXPECT_EQ(before, (Environment{FE_TONEAREST, 0, true}));
  run_kernels();
  EXPECT_EQ(environment(), before);
}

TEST(FloatingPointEnvironment, ARoundingOfTheCallersStays) {
  std::fesetround(FE_UPWARD);
  const Environment before = environment();
  run_kernels();
  EXPECT_EQ(environment(), before);
  std::fesetround(FE_TONEAREST);
}

// What convforge.h says of those who enable traps.
TEST(FloatingPointEnvironment, TrapsMayBeHeldAroundACall) {
  if (feenableexcept(FE_INVALID | FE_DIVBYZERO) == -1)
    GTEST_SKIP() << "this processor traps nothing";
  std::fenv_t held;
  std::feholdexcept(&held);
  run_kernels();
  std::fesetenv(&held);
  EXPECT_EQ(fegetexcept(), FE_INVALID | FE_DIVBYZERO);
  fedisableexcept(FE_ALL_EXCEPT);
}

} // namespace
} // namespace convforge
