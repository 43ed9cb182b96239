// The same of kernels on 8-bit integers: generated tests find every mistake, and pass what is right.
#include "convforge/quantise.h"
#include "convforge_tools/kernel_programs.h"

extern "C" {
#include "npy_floats.h"
#include "reference_quantised.h"
}

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace quantised_tools {
namespace {

// 40x40x2 -> 40x40x8, 3x3, padding 1, u8:s8:u8 with bias, residual and relu: written by hand.
enum class Mistake {
  none,
  padding,    // with zeros
  zero_point, // of the source, one off
  bias,
  half_up,
  low,  // no relu
  high, // wraps around
  residual,
  last_row,
  skips_255, // which is what the output's bytes were
  saturates, // pairs of products, to 16 bits: vpmaddubsw
};
constexpr int size = 40, in = 2, out = 8, source_zero = 117, destination_zero = 31;
constexpr std::int64_t pixels = size * size;
constexpr std::size_t tables = 64 + 192; // 144 weights
constexpr convforge_requantisation how = {
    CONVFORGE_ROUND_ONNX, destination_zero, destination_zero, 255, 0.75f, 9};

struct Arguments {
  const std::uint8_t *x;
  const std::int8_t *w;
  const std::int32_t *sums;
  const float *multipliers;
  const std::uint8_t *residual;
  std::uint8_t *y;
};

template <Mistake mistake>
std::int64_t sum_at(const Arguments &a, int h, int v, int k) {
  std::int64_t sum = mistake == Mistake::bias ? 0 : a.sums[k];
  for (int r = 0; r < 3; r++)
    for (int s = 0; s < 3; s++) {
      const int y = h + r - 1, u = v + s - 1;
      const bool inside = y >= 0 && y < size && u >= 0 && u < size;
      int pair = 0;
      for (int c = 0; c < in; c++) {
        const int padding = mistake == Mistake::padding ? 0 : source_zero;
        const int x = inside ? a.x[(y * size + u) * in + c] : padding;
        pair += (x + (mistake == Mistake::zero_point)) * a.w[((r * 3 + s) * in + c) * out + k];
      }
      sum += mistake == Mistake::saturates ? std::min(std::max(pair, -32768), 32767) : pair;
    }
  return sum;
}

template <Mistake mistake>
int step_of(float product, float residual) {
  const float value = product + residual;
  const double rounded = mistake == Mistake::half_up ? std::floor(value + 0.5) : std::nearbyint(value);
  const int step = static_cast<int>(rounded) + destination_zero;
  if (step < how.low)
    return mistake == Mistake::low ? std::max(step, 0) : how.low;
  return step > how.high && mistake != Mistake::high ? how.high : step;
}

template <Mistake mistake>
int convolve(void **arguments) {
  const Arguments a = {static_cast<std::uint8_t *>(arguments[1]), static_cast<std::int8_t *>(arguments[2]),
                       static_cast<std::int32_t *>(arguments[3]), static_cast<float *>(arguments[4]),
                       static_cast<std::uint8_t *>(arguments[5]), static_cast<std::uint8_t *>(arguments[6])};
  for (int h = 0; h < size - (mistake == Mistake::last_row); h++)
    for (int v = 0; v < size; v++)
      for (int k = 0; k < out; k++) {
        const std::int64_t sum = sum_at<mistake>(a, h, v, k), at = (std::int64_t{h} * size + v) * out + k;
        const float product = static_cast<float>(sum) * a.multipliers[k];
        const int difference = a.residual[at] - (mistake == Mistake::residual ? 0 : how.residual_zero_point);
        const int step = step_of<mistake>(product, static_cast<float>(difference) * 0.75f);
        if (mistake != Mistake::skips_255 || step != 255)
          a.y[at] = static_cast<std::uint8_t>(step);
      }
  return 0;
}

const convforge_pack_region region = {CONVFORGE_PACK_HEADER_BYTES, 0, out, out, tables};
const convforge_view views[] = {{0, 0, 0},           {1, 0, 64}, {1, 0, tables},
                                {1, 0, tables + 64}, {4, 0, 0},  {5, 0, 0}};

convforge_operand image(const char *name, convforge_role role, std::int32_t dtype, std::int64_t channels) {
  const auto bytes = static_cast<std::size_t>(pixels * channels) * (dtype == CONVFORGE_U8 ? 1 : 4);
  return {name,
          role,
          dtype,
          4,
          0,
          {1, size, size, channels},
          {pixels * channels, size * channels, channels, 1},
          bytes,
          nullptr};
}
const convforge_operand operands[] = {
    image("input", CONVFORGE_INPUT, CONVFORGE_U8, in),
    {"weights",
     CONVFORGE_WEIGHTS,
     CONVFORGE_S8,
     4,
     0,
     {3, 3, in, out},
     {3 * in * out, in *out, out, 1},
     9 * in *out,
     nullptr},
    {"multipliers", CONVFORGE_PACKED, CONVFORGE_F64, 1, 0, {out}, {1}, out * 8, nullptr},
    {"bias", CONVFORGE_PACKED, CONVFORGE_S32, 1, 0, {out}, {1}, out * 4, nullptr},
    image("residual", CONVFORGE_EPILOGUE, CONVFORGE_U8, out),
    image("output", CONVFORGE_OUTPUT, CONVFORGE_U8, out)};

convforge_kernel describe(convforge_function function) {
  convforge_kernel kernel{};
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  kernel.name = "hand";
  kernel.problem = "g1mb1ic2ih40iw40oc8oh40ow40kh3kw3sh1sw1ph1pw1dh0dw0";
  kernel.epilogue = "bias,residual:0.75:9,relu";
  kernel.layout = "nhwc";
  kernel.weights_layout = "hwio";
  kernel.target = "any";
  kernel.algorithm = "direct";
  kernel.why = "";
  kernel.operand_count = 6;
  kernel.operands = operands;
  kernel.pack = {
      .layout_id = 1,
      .layout = "by hand",
      .kind = CONVFORGE_PACK_DOT,
      .weights_dtype = CONVFORGE_S8,
      .packed_dtype = CONVFORGE_S8,
      .groups = 1,
      .group_in = in,
      .group_out = out,
      .kernel = {1, 3, 3},
      .stride = {1, 1, 1},
      .dot = {1, 1, source_zero, 0, CONVFORGE_MULTIPLIERS_FLOAT, 0},
      .source = {.first = 0, .tap = {9 * in * out, 3 * in * out, in * out}, .c = out, .k = 1, .group = out},
      .region_count = 1,
      .regions = &region};
  kernel.packed_bytes = tables + 128;
  kernel.multiply_adds = pixels * out * in * 9;
  kernel.view_count = 6;
  kernel.views = views;
  kernel.function = function;
  kernel.requantisation = &how;
  return kernel;
}

const convforge_constant_file no_constants[] = {{nullptr, nullptr}};

int verdict(const convforge_kernel &kernel) {
  const convforge_subject subject = {"hand", &kernel, "written by hand", no_constants};
  return convforge_test_kernel(&subject);
}

template <Mistake mistake>
int verdict() {
  return verdict(describe(convolve<mistake>));
}

TEST(QuantisedKernelTest, PassesWhatIsRight) {
  EXPECT_EQ(verdict<Mistake::none>(), 0);
}

TEST(QuantisedKernelTest, FailsEveryMistake) {
  EXPECT_EQ(verdict<Mistake::padding>(), 1);
  EXPECT_EQ(verdict<Mistake::zero_point>(), 1);
  EXPECT_EQ(verdict<Mistake::bias>(), 1);
  EXPECT_EQ(verdict<Mistake::half_up>(), 1);
  EXPECT_EQ(verdict<Mistake::low>(), 1);
  EXPECT_EQ(verdict<Mistake::high>(), 1);
  EXPECT_EQ(verdict<Mistake::residual>(), 1);
  EXPECT_EQ(verdict<Mistake::last_row>(), 1);
  EXPECT_EQ(verdict<Mistake::skips_255>(), 1);
  EXPECT_EQ(verdict<Mistake::saturates>(), 1);
}

// What is expected changes with the rule: a kernel that rounds by another one is found out.
TEST(QuantisedKernelTest, FailsAnotherRoundingAndAnotherRange) {
  for (const int rounding : {CONVFORGE_ROUND_TFLITE, CONVFORGE_ROUND_TFLITE_SINGLE}) {
    convforge_requantisation other = how;
    other.rounding = rounding;
    convforge_kernel kernel = describe(convolve<Mistake::none>);
    kernel.requantisation = &other;
    EXPECT_EQ(verdict(kernel), 1);
  }
  convforge_requantisation narrow = how;
  narrow.high = 200;
  convforge_kernel kernel = describe(convolve<Mistake::none>);
  kernel.requantisation = &narrow;
  EXPECT_EQ(verdict(kernel), 1);
}

TEST(QuantisedKernelTest, Benchmarks) {
  const convforge_kernel kernel = describe(convolve<Mistake::none>);
  const convforge_subject subject = {"hand", &kernel, "written by hand", no_constants};
  char name[] = "benchmark", seconds[] = "0.001";
  char *arguments[] = {name, seconds};
  EXPECT_EQ(convforge_benchmark_kernel(&subject, 2, arguments), 0);
}

/// What is stored of one pixel of the image above, whose bytes are all the same, as `destination`.
reference_value reference(std::int32_t destination, const char *epilogue, const double *taken, int h,
                          const convforge_requantisation *requantisation) {
  std::array<convforge_operand, 6> list;
  std::copy(std::begin(operands), std::end(operands), list.begin());
  list[5] = image("output", CONVFORGE_OUTPUT, destination, out);
  convforge_kernel kernel = describe(nullptr);
  kernel.operands = list.data();
  kernel.epilogue = epilogue;
  kernel.requantisation = requantisation;
  std::vector<std::uint8_t> x(pixels * in, source_zero + 2);
  std::vector<std::int8_t> w(9 * in * out, -3);
  std::vector<double> multipliers(out, 0.1);
  std::vector<std::int32_t> bias(out, 5);
  void *const values[] = {x.data(), w.data(), multipliers.data(), bias.data(), nullptr, nullptr};
  reference_shape shape{};
  EXPECT_EQ(reference_parse(kernel.problem, &shape), 0);
  const int at[3] = {0, h, 20};
  return reference_quantised(&kernel, &shape, values, 0, at, 1, taken);
}

TEST(QuantisedReference, IsExactForSums) {
  EXPECT_EQ(reference(CONVFORGE_S32, "bias", nullptr, 20, nullptr).value, 5 - 3 * 2 * 18);
  EXPECT_EQ(reference(CONVFORGE_S32, "bias", nullptr, 0, nullptr).value,
            5 - 3 * 2 * 12); // a row in the padding
  EXPECT_EQ(reference(CONVFORGE_S32, "bias", nullptr, 0, nullptr).allowed, 0);
}

TEST(QuantisedReference, ProductsAreFloats) {
  const float product = -103.0f * 0.1f;
  for (const char *epilogue : {"", "bias"}) {
    EXPECT_EQ(reference(CONVFORGE_F32, epilogue, nullptr, 20, nullptr).value, product);
    EXPECT_EQ(reference(CONVFORGE_F32, epilogue, nullptr, 20, nullptr).allowed, 0);
  }
  EXPECT_EQ(reference(CONVFORGE_F32, "bias,relu", nullptr, 20, nullptr).value, 0);
  EXPECT_EQ(reference(CONVFORGE_F32, "bias,relu", nullptr, 20, nullptr).allowed, 0);
  const double scale = 2;
  EXPECT_EQ(reference(CONVFORGE_F32, "bias,scale", &scale, 20, nullptr).value, 2.0 * product);
  EXPECT_GT(reference(CONVFORGE_F32, "bias,scale", &scale, 20, nullptr).allowed, 0);
}

TEST(QuantisedReference, StepsFollowTheDescriptor) {
  const double residual = 49;
  convforge_requantisation wide = how;
  wide.low = 0;
  EXPECT_EQ(reference(CONVFORGE_U8, "bias,residual:0.75:9", &residual, 20, &wide).value,
            51); // -10.3 + 30 + 31
  wide.low = 60;
  EXPECT_EQ(reference(CONVFORGE_U8, "bias,residual:0.75:9", &residual, 20, &wide).value, 60);
}

} // namespace
} // namespace quantised_tools
