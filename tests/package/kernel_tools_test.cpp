// The programs that convforge_add_conv(... TEST) makes must be able to fail: they are given kernels with a
// mistake each.
#include "convforge_tools/kernel_programs.h"
#include "convforge_tools/measure.h"
#include "problem/epilogue.hpp"
#include "problem/padding_mode.hpp"
#include "verify/bound.hpp"

extern "C" {
#include "npy_floats.h"
#include "reference.h"
}

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

// 4x4x2 -> 4x4x3, 3x3, padding 1, bias and relu: written by hand, as what a generated object does.
enum class Mistake { none, tap, bias, last_row, last_channel, padding, relu };
constexpr int size = 4, in = 2, out = 3;

template <Mistake mistake>
float output_at(const float *x, const float *w, const float *b, int h, int v, int k) {
  double sum = mistake == Mistake::bias ? 0.0 : b[k];
  for (int r = 0; r < 3; r++)
    for (int s = 0; s < 3; s++)
      for (int c = 0; c < in; c++) {
        const int y = h + r - 1, u = v + s - 1;
        const bool wraps = mistake == Mistake::padding && y == -1;
        if ((y < 0 && !wraps) || y >= size || u < 0 || u >= size ||
            (mistake == Mistake::tap && r == 2 && s == 2))
          continue;
        sum += double(x[((wraps ? 0 : y) * size + u) * in + c]) * w[((r * 3 + s) * in + c) * out + k];
      }
  return static_cast<float>(mistake == Mistake::relu || sum > 0 ? sum : 0.0);
}

template <Mistake mistake>
int convolve(void **arguments) {
  const auto *x = static_cast<const float *>(arguments[1]);
  const auto *w = static_cast<const float *>(arguments[2]);
  const auto *b = static_cast<const float *>(arguments[3]);
  auto *y = static_cast<float *>(arguments[4]);
  for (int h = 0; h < size - (mistake == Mistake::last_row); h++)
    for (int v = 0; v < size; v++)
      for (int k = 0; k < out - (mistake == Mistake::last_channel); k++)
        y[(h * size + v) * out + k] = output_at<mistake>(x, w, b, h, v, k);
  return 0;
}

const convforge_pack_region region = {CONVFORGE_PACK_HEADER_BYTES, 0, out, out};
const convforge_view views[] = {{0, 0, 0}, {1, 0, CONVFORGE_PACK_HEADER_BYTES}, {2, 0, 0}, {3, 0, 0}};
constexpr std::int64_t pixels = size * size;
const convforge_operand operands[] = {
    {"input",
     CONVFORGE_INPUT,
     CONVFORGE_F32,
     4,
     0,
     {1, size, size, in},
     {pixels * in, size *in, in, 1},
     pixels *in * 4,
     nullptr},
    {"weights",
     CONVFORGE_WEIGHTS,
     CONVFORGE_F32,
     4,
     0,
     {3, 3, in, out},
     {3 * in * out, in *out, out, 1},
     9 * in *out * 4,
     nullptr},
    {"bias", CONVFORGE_EPILOGUE, CONVFORGE_F32, 1, 0, {out}, {1}, out * 4, nullptr},
    {"output",
     CONVFORGE_OUTPUT,
     CONVFORGE_F32,
     4,
     0,
     {1, size, size, out},
     {pixels * out, size *out, out, 1},
     pixels *out * 4,
     nullptr}};

convforge_kernel describe(convforge_function function) {
  convforge_kernel kernel{};
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  kernel.name = "hand";
  kernel.problem = "g1mb1ic2ih4iw4oc3oh4ow4kh3kw3sh1sw1ph1pw1dh0dw0";
  kernel.epilogue = "bias,relu";
  kernel.layout = "nhwc";
  kernel.weights_layout = "hwio";
  kernel.target = "any";
  kernel.algorithm = "direct";
  kernel.why = "";
  kernel.operand_count = 4;
  kernel.operands = operands;
  kernel.pack = {
      .layout_id = 1,
      .layout = "by hand",
      .kind = CONVFORGE_PACK_BLOCKED,
      .weights_dtype = CONVFORGE_F32,
      .packed_dtype = CONVFORGE_F32,
      .groups = 1,
      .group_in = in,
      .group_out = out,
      .kernel = {1, 3, 3},
      .outputs = {0, 0, 0},
      .stride = {1, 1, 1},
      .source = {.first = 0, .tap = {9 * in * out, 3 * in * out, in * out}, .c = out, .k = 1, .group = out},
      .region_count = 1,
      .regions = &region};
  kernel.packed_bytes = CONVFORGE_PACK_HEADER_BYTES + 256 * 2;
  kernel.multiply_adds = size * size * out * in * 9;
  kernel.view_count = 4;
  kernel.views = views;
  kernel.function = function;
  return kernel;
}

const convforge_constant_file no_constants[] = {{nullptr, nullptr}};

template <Mistake mistake>
int verdict() {
  const convforge_kernel kernel = describe(convolve<mistake>);
  const convforge_subject subject = {"hand", &kernel, "written by hand", no_constants};
  return convforge_test_kernel(&subject);
}

TEST(KernelTest, PassesWhatIsRight) {
  EXPECT_EQ(verdict<Mistake::none>(), 0);
}

TEST(KernelTest, FailsEveryMistake) {
  EXPECT_EQ(verdict<Mistake::tap>(), 1);
  EXPECT_EQ(verdict<Mistake::bias>(), 1);
  EXPECT_EQ(verdict<Mistake::last_row>(), 1);
  EXPECT_EQ(verdict<Mistake::last_channel>(), 1);
  EXPECT_EQ(verdict<Mistake::padding>(), 1);
  EXPECT_EQ(verdict<Mistake::relu>(), 1);
}

TEST(KernelTest, SkipsWhatCannotRunHere) {
  const convforge_subject subject = {"hand", nullptr, "this CPU lacks something", no_constants};
  EXPECT_EQ(convforge_test_kernel(&subject), CONVFORGE_EXIT_SKIPPED);
}

TEST(KernelTest, FailsWhenTheConstantsFileIsGone) {
  const convforge_kernel kernel = describe(convolve<Mistake::none>);
  for (const char *operand : {"weights", "bias"}) {
    const convforge_constant_file constants[] = {{operand, "no/such/values.npy"}, {nullptr, nullptr}};
    const convforge_subject subject = {"hand", &kernel, "", constants};
    EXPECT_EQ(convforge_test_kernel(&subject), 1);
  }
}

constexpr const char *every_activation[] = {"relu",      "relu6",   "leaky_relu:0.1", "clip:-1:2",  "sigmoid",
                                            "tanh",      "silu",    "hard_sigmoid",   "hard_swish", "gelu",
                                            "gelu_tanh", "elu:0.7", "softplus",       "mish"};

TEST(ReferenceEpilogue, AgreesWithTheDefinitionOfEveryActivation) {
  for (const char *text : every_activation) {
    const convforge::Activation activation = convforge::Epilogue::parse(text).ops().front().activation;
    for (double x = -8; x <= 8; x += 0.25) {
      const double expected = convforge::evaluate(activation, x);
      EXPECT_NEAR(reference_epilogue(text, {x, 0}, nullptr).value, expected, 1e-6 * std::abs(expected) + 1e-9)
          << text << " of " << x;
    }
  }
}

// docs/numerics.md: 4 ulp of the exact activation, or 2^-24 where the two gelu cancel. Errors of the sum grow
// with the activation's slope.
TEST(ReferenceEpilogue, AllowsWhatIsDocumentedAndNoMore) {
  for (const char *text : every_activation) {
    const convforge::Activation activation = convforge::Epilogue::parse(text).ops().front().activation;
    const bool cancels = std::string_view(text).starts_with("gelu");
    for (double x = -30; x <= 8; x += 0.25) {
      const double y = std::abs(convforge::evaluate(activation, x));
      const double four_ulp = std::ldexp(1, y > 0 ? std::max(std::ilogb(y), -126) - 21 : -147);
      EXPECT_EQ(reference_epilogue(text, {x, 0}, nullptr).allowed,
                cancels ? std::max(four_ulp, 0x1p-24) : four_ulp)
          << text << " of " << x;
      const double carried = 0.125 * convforge::lipschitz(activation);
      EXPECT_NEAR(reference_epilogue(text, {x, 0.125}, nullptr).allowed, carried, 1e-4 * carried)
          << text << " of " << x;
    }
  }
}

TEST(ReferenceEpilogue, AppliesOperationsInTheOrderWritten) {
  const double operands[] = {-3, 5};
  EXPECT_EQ(reference_epilogue("bias,relu,residual", {1, 0}, operands).value, 5);
  EXPECT_EQ(reference_epilogue("bias,residual,relu", {1, 0}, operands).value, 3);
  EXPECT_EQ(reference_epilogue("", {-1, 0}, operands).value, -1);
  EXPECT_TRUE(std::isnan(reference_epilogue("unknown", {1, 0}, operands).value));
}

TEST(ReferenceEpilogue, KnowsEveryOperationThatTakesATensor) {
  for (const std::string_view name : convforge::operations_with_tensor()) {
    const std::string text(name);
    const std::vector<double> operands = {1.5};
    const convforge::Epilogue epilogue = convforge::Epilogue::parse(text);
    for (const double x : {-2.0, 3.0})
      EXPECT_EQ(reference_epilogue(text.c_str(), {x, 0}, operands.data()).value,
                convforge::expect(epilogue, 0, {x, 0, operands}).value)
          << text << " of " << x;
  }
}

// As verify/bound.cpp has it, but for the rounding of each addition, which is counted one at a time here.
TEST(ReferenceEpilogue, AgreesWithTheOracleOnAnyList) {
  const std::vector<double> operands = {1.5, -0.75, 2, 0.5, -3, 0.25};
  for (const char *text : {"scale", "prelu", "affine:1.5:-2", "bias,scale,bias,prelu,affine:2:1,residual",
                           "prelu,scale,scale,relu,bias,tanh,residual,affine:-1:0.5"})
    for (const double x : {-2.0, -0.125, 0.0, 3.0}) {
      const convforge::Expected expected =
          convforge::expect(convforge::Epilogue::parse(text), 0, {x, 0, operands});
      const reference_value value = reference_epilogue(text, {x, 0}, operands.data());
      EXPECT_NEAR(value.value, expected.value, 1e-12) << text << " of " << x;
      EXPECT_LE(value.allowed, 1.01 * expected.tolerance + 1e-12) << text << " of " << x;
      EXPECT_GE(value.allowed, 0.3 * expected.tolerance - 1e-40) << text << " of " << x;
      // What the sum carries is far more than roundings; the oracle counts it again with additions that
      // follow it.
      const double carried =
          convforge::expect(convforge::Epilogue::parse(text), 1, {x, 1e5, operands}).tolerance;
      const double allowed =
          reference_epilogue(text, {x, convforge::error_gamma(1) * 1e5}, operands.data()).allowed;
      EXPECT_LE(allowed, 1.01 * carried) << text << " of " << x;
      EXPECT_GE(allowed, 0.45 * carried) << text << " of " << x;
    }
}

TEST(ReferenceParse, WantsAFullDescriptor) {
  reference_shape shape{};
  EXPECT_EQ(reference_parse("g3mb2ic6ih5iw7oc9oh4ow6kh2kw3sh1sw1ph0pw1dh0dw0", &shape), 0);
  EXPECT_EQ(shape.g, 3);
  EXPECT_EQ(shape.axes[2].o, 6);
  EXPECT_EQ(shape.axes[2].p, 1);
  EXPECT_EQ(shape.axes[0].k, 1);
  const char *in_3d = "g1mb1ic2id5ih6iw7oc3od4oh5ow6kd2kh3kw4sd1sh2sw3pd1ph2pw3dd0dh1dw2";
  EXPECT_EQ(reference_parse(in_3d, &shape), 0);
  EXPECT_EQ(shape.axes[0].i, 5);
  EXPECT_EQ(shape.axes[0].o, 4);
  EXPECT_EQ(shape.axes[0].k, 2);
  EXPECT_EQ(shape.axes[1].s, 2);
  EXPECT_EQ(shape.axes[2].d, 2);
  EXPECT_EQ(reference_parse("g1mb1ic2id5ih6iw7", &shape), -1);
  EXPECT_EQ(reference_parse("ic6ih5oc9kh2", &shape), -1);
  EXPECT_EQ(reference_parse("g3xx2", &shape), -1);
}

TEST(ReferencePadding, TakesTheElementsThatTheOracleTakes) {
  reference_shape shape{};
  for (const char *mode : {"zeros", "reflect", "replicate", "circular"}) {
    const convforge::PaddingMode same = convforge::parse_padding_mode(mode);
    shape.padding_mode = same == convforge::PaddingMode::zeros ? nullptr : mode;
    for (shape.axes[1].i = 1; shape.axes[1].i < 5; shape.axes[1].i++)
      for (int at = -9; at < 14; at++)
        EXPECT_EQ(reference_element_at(&shape, 1, at), convforge::element_at(same, at, shape.axes[1].i))
            << mode << " of " << shape.axes[1].i << " at " << at;
  }
}

std::string npy(const std::string &header, const std::string &data) {
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  return bytes + header + data;
}

TEST(NpyFloats, ReadsSinglesAndDoublesAndRefusesOtherSizes) {
  const std::string path = ::testing::TempDir() + "convforge_npy_floats.npy";
  const auto write = [&](const std::string &bytes) { std::ofstream(path, std::ios::binary) << bytes; };
  const float singles[] = {1, 2};
  const double doubles[] = {3, 4};
  float values[2];
  write(npy("{'descr': '<f4'}\n", {reinterpret_cast<const char *>(singles), sizeof singles}));
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_F32, values, 2), 0);
  EXPECT_EQ(values[1], 2);
  write(npy("{'descr': '<f8'}\n", {reinterpret_cast<const char *>(doubles), sizeof doubles}));
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_F32, values, 2), 0);
  EXPECT_EQ(values[1], 4);
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_F32, values, 3), -1);
  write("not an npy file");
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_F32, values, 2), -1);
  std::remove(path.c_str());
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_F32, values, 2), -1);
}

TEST(Measure, CountsCallsAndOrdersItsNumbers) {
  long calls = 0;
  const convforge_timing timing =
      convforge_measure([](void *count) { ++*static_cast<long *>(count); }, &calls, 0.001);
  EXPECT_GT(calls, timing.samples);
  EXPECT_GT(timing.min_seconds, 0);
  EXPECT_LE(timing.min_seconds, timing.median_seconds);
}

} // namespace
