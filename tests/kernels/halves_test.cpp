// Conversions in compiled kernels, by instructions of the target, against those of the runtime: 1x1 kernels
// of one input channel, each of whose outputs is one product and a bias.
#include "convforge/elements.h"
#include "convforge/jit.hpp"
#include "verify/element.hpp"
#include "verify/kernel_run.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace convforge {
namespace {

constexpr int halves = 0x10000;

std::vector<float> every_half() {
  std::vector<float> values(halves);
  for (int half = 0; half < halves; ++half)
    values[half] = convforge_from_f16(static_cast<convforge_f16>(half));
  return values;
}

class Halves : public testing::Test {
protected:
  void SetUp() override {
    if (!host_converts())
      GTEST_SKIP() << "no kernels with halves for this machine";
  }
  std::vector<float> run(const char *descriptor, const ProblemText &text, const Tensors &tensors) {
    const Problem problem = Problem::parse(descriptor, text);
    const Result<JitKernel> kernel = jit_.compile(problem);
    return run_guarded(kernel.value().descriptor(), tensors, {});
  }

private:
  bool host_converts() {
    const Result<JitKernel> kernel = jit_.compile(Problem::parse("ic1ih1oc1kh1", {.dtype = "f16"}));
    return bool(kernel) || kernel.error().message.find("convert") == std::string::npos;
  }
  Jit jit_{{.disk_cache = false}};
};

void expect_equal(const std::vector<float> &values, const std::vector<float> &expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_TRUE(values[i] == expected[i] || (std::isnan(values[i]) && std::isnan(expected[i])))
        << "number " << i << " is " << values[i] << ", expected " << expected[i];
}

TEST_F(Halves, OfTheInputComeOutAsTheyWere) {
  const std::vector<float> values = every_half();
  for (const char *layout : {"nhwc", "nchw"})
    expect_equal(run("ic1ih256oc1kh1", {.layout = layout, .dtype = "f16"}, {values, {1}, {}}), values);
  // Channels side by side, each of its own: depthwise.
  expect_equal(run("g256ic256ih16oc256kh1", {.dtype = "f16"}, {values, std::vector<float>(256, 1), {}}),
               values);
}

TEST_F(Halves, OfTheWeightsComeOutAsTheyWere) {
  const std::vector<float> values = every_half();
  for (const char *layout : {"nhwc", "nchw"})
    expect_equal(run("ic1ih1oc65536kh1", {.layout = layout, .dtype = "f32:f16:f32"}, {{1}, values, {}}),
                 values);
}

// Between each half and the next: half way, and a float to either side.
TEST_F(Halves, OfTheOutputAreRoundedToNearestEven) {
  for (const float side : {-1.0f, 0.0f, 1.0f}) {
    std::vector<float> bias = every_half(), expected;
    for (int half = 0; half < halves; ++half) {
      const float value = bias[half], next = (half & 0x7fff) == 0x7bff ? std::copysign(65536.0f, value)
                                                                       : bias[(half + 1) % halves];
      if (std::isfinite(value) && std::isfinite(next))
        bias[half] = (value + next) / 2;
      if (side != 0 && std::isfinite(value))
        bias[half] = std::nextafter(bias[half], side * 1e9f);
      expected.push_back(rounded(ElementType::f16, bias[half]));
    }
    expect_equal(run("ic1ih1oc65536kh1", {.epilogue = "bias", .dtype = "f16"},
                     {{0}, std::vector<float>(halves), {bias}}),
                 expected);
  }
}

TEST_F(Halves, OfTheResidualAreAdded) {
  const std::vector<float> values = every_half();
  expect_equal(run("ic1ih256oc1kh1", {.epilogue = "residual", .dtype = "f16"},
                   {std::vector<float>(halves), {1}, {values}}),
               values);
}

} // namespace
} // namespace convforge
