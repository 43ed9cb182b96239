// The portable kernel computes what every other kernel does, and says that it is none of them.
#include "generic_kernel.hpp"

#include "convforge/jit.hpp"
#include "verify/check.hpp"
#include "verify/problem_list.hpp"
#include "verify/random_problem.hpp"
#include "verify/random_strides.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace convforge {
namespace {

void expect_right(const Problem &problem) {
  const auto kernel = generic_kernel(problem, host_target(), "a test");
  const CheckResult checked = check_kernel(problem, *kernel, 1);
  EXPECT_TRUE(checked.passed) << problem_line(problem) << ": " << checked.failure;
}

TEST(Generic, IsRightForRandomProblems) {
  for (std::uint64_t seed = 0; seed < 60; seed++)
    expect_right(random_problem(seed, {}, seed % 3 == 0 ? 3 : 2));
}

TEST(Generic, IsRightForEveryPaddingMode) {
  for (const char *mode : {"reflect", "replicate", "circular"})
    for (const char *layout : {"nhwc", "nchw"})
      for (const char *types : {"f32", "u8:s8:s32"})
        for (const char *shape : {"ic3ih6iw4oc4oh6ow3kh5kw6ph2pw3", "mb2ic4ih9oc6kh3sh2ph1",
                                  "g4ic4ih8oc8kh3ph2dh1", "ic2id4ih5iw6oc3kd3kh3kw3pd1ph1pw1"})
          expect_right(Problem::parse(shape, {.layout = layout,
                                              .dtype = types,
                                              .zero_points = *types == 'u' ? "3:0" : "",
                                              .padding_mode = mode}));
}

TEST(Generic, IsRightForEveryPooling) {
  for (const char *pooling : {"max:kh3sh2ph1", "avg_np:kh3sh1ph1", "avg_p:kh2kw3sh2sw1pw1", "max:kh2sh3"})
    for (const char *layout : {"nhwc", "nchw"})
      for (const char *types : {"f32", "f16"})
        for (const char *epilogue : {"bias,relu", "residual,silu"})
          expect_right(
              Problem::parse("mb2ic4ih9iw10oc6kh3kw3ph1pw1",
                             {.epilogue = epilogue, .layout = layout, .dtype = types, .pooling = pooling}));
}

TEST(Generic, IsRightForSlices) {
  for (std::uint64_t seed = 0; seed < 40; seed++)
    expect_right(with_random_strides(random_problem(seed), seed));
}

TEST(Generic, IsRightForHalves) {
  for (const char *types : {"f16", "f32:f16:f32"})
    for (std::uint64_t seed = 0; seed < 20; seed++) {
      const Problem problem = random_problem(seed, parse_element_types(types));
      expect_right(problem);
      expect_right(with_random_strides(problem, seed));
    }
}

TEST(Generic, IsRightForEveryActivation) {
  for (const std::string activation :
       {"relu", "relu6", "leaky_relu:0.1", "clip:-1:2", "sigmoid", "tanh", "silu", "hard_sigmoid",
        "hard_swish", "gelu", "gelu_tanh", "elu:0.5", "softplus", "mish"})
    expect_right(Problem::parse("ic3ih6oc4kh3ph1", {.epilogue = "bias,residual," + activation}));
}

TEST(Generic, IsRightForEveryOperationThatTakesATensor) {
  for (const std::string_view operation : operations_with_tensor())
    expect_right(Problem::parse("ic3ih6oc4kh3ph1", {.epilogue = operation}));
}

TEST(Generic, IsRightForAnyList) {
  for (const char *layout : {"nhwc", "nchw"})
    for (const char *epilogue :
         {"scale", "prelu", "affine:1.5:-0.25", "bias,scale,bias,prelu,affine:2:1,residual",
          "residual,residual,relu,scale,tanh,prelu,bias,bias"})
      expect_right(Problem::parse("mb2ic3ih6oc4kh3ph1", {.epilogue = epilogue, .layout = layout}));
}

TEST(Generic, StandsInWhereTheCallerAskedForIt) {
  const Problem problem = Problem::parse("ic2ih4oc3kh3", {.epilogue = "bias,relu"});
  Jit jit({.disk_cache = false, .program = "/bin/false", .generic_fallback = true});
  const auto kernel = jit.compile(problem);
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel->origin(), JitKernel::Origin::generic);
  EXPECT_STREQ(kernel->descriptor().algorithm, "generic");
  EXPECT_NE(std::string(kernel->descriptor().why).find("/bin/false failed"), std::string::npos);
  EXPECT_TRUE(check_kernel(problem, kernel->descriptor(), 1).passed);
  EXPECT_NE(&jit.compile(problem)->descriptor(), &kernel->descriptor()); // the next request tried again
  Problem wrong;
  wrong.groups = 2;
  EXPECT_EQ(jit.compile(wrong).error().code, JitError::Code::problem);
}

} // namespace
} // namespace convforge
