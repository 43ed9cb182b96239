// What calls do to the caller's floating-point environment: traps, rounding and subnormals stay as they were.
// Status flags may be raised: Winograd's last vector of 40 channels has lanes without a channel, where an
// activation divides zero by zero.
#include "convforge/jit.hpp"
#include "verify/kernel_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>
#if defined(__x86_64__)
#include <pmmintrin.h>
#endif

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

/// As docs/numerics.md has it.
class FlushToZero {
#if defined(__x86_64__)
public:
  FlushToZero() {
    _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
    _MM_SET_DENORMALS_ZERO_MODE(_MM_DENORMALS_ZERO_ON);
  }
  ~FlushToZero() { _mm_setcsr(before_); }

private:
  unsigned before_ = _mm_getcsr();
#else
public:
  FlushToZero() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    __asm__ volatile("msr fpcr, %0" : : "r"(before_ | UINT64_C(1) << 24));
  }
  ~FlushToZero() { __asm__ volatile("msr fpcr, %0" : : "r"(before_)); }

private:
  std::uint64_t before_ = 0;
#endif
};

/// Is every output of weights 1 and this input zero?
bool vanishes(const convforge_kernel &kernel, float input) {
  const Tensors tensors = {std::vector<float>(convforge_input(&kernel)->bytes / sizeof(float), input),
                           std::vector<float>(convforge_weights(&kernel)->bytes / sizeof(float), 1.0f),
                           {}};
  return std::ranges::all_of(run_guarded(kernel, tensors, {}), [](float y) { return y == 0; });
}

TEST(FloatingPointEnvironment, FlushingOfTheCallersHoldsInACallAndStays) {
  Jit jit({.disk_cache = false});
  const Result<JitKernel> kernel = jit.compile(Problem::parse("ic24ih9oc41kh1"));
  const float subnormal = std::numeric_limits<float>::min() / 64; // the sum of 24 is one, too
  EXPECT_FALSE(vanishes(kernel.value().descriptor(), subnormal));
  {
    const FlushToZero flush;
    const Environment before = environment();
    EXPECT_FALSE(before.has_subnormals);
    EXPECT_TRUE(vanishes(kernel.value().descriptor(), subnormal));
    EXPECT_EQ(environment(), before);
  }
  EXPECT_FALSE(vanishes(kernel.value().descriptor(), subnormal));
}

} // namespace
} // namespace convforge
