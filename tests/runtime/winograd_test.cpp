// The matrices of short convolutions, and weights packed through them.
#include "convforge/convforge.h"
#include "convforge/winograd.h"
#include "weights_source.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Form {
  int outputs, taps, stride = 1;
};
constexpr Form forms[] = {{1, 1},    {2, 2},    {2, 3},    {3, 2},    {3, 3},    {4, 2},    {4, 3},
                          {3, 4},    {2, 5},    {5, 2},    {6, 3},    {4, 5},    {2, 7},    {5, 4},
                          {1, 1, 2}, {1, 1, 3}, {2, 3, 2}, {3, 3, 2}, {4, 3, 2}, {5, 3, 2}, {4, 4, 2},
                          {2, 5, 2}, {4, 5, 2}, {3, 6, 2}, {2, 7, 2}, {3, 7, 2}, {5, 3},    {4, 4},
                          {4, 7, 2}, {5, 7, 2}, {7, 3, 2}, {1, 3},    {1, 7},    {1, 3, 2}, {1, 5, 3}};
std::string name(const Form &form) {
  return std::to_string(form.outputs) + "," + std::to_string(form.taps) + " stride " +
         std::to_string(form.stride);
}

convforge_winograd matrices(const Form &form) {
  convforge_winograd matrices;
  EXPECT_EQ(convforge_winograd_matrices(form.outputs, form.taps, form.stride, &matrices), 0) << name(form);
  return matrices;
}

/// The coefficient of g_j d_i in output k: 1 where i = stride k + j, else 0.
double coefficient(const convforge_winograd &w, int k, int j, int i) {
  double sum = 0;
  for (int p = 0; p < w.points; p++)
    sum += w.output[k][p] * w.weights[p][j] * w.input[p][i];
  return sum;
}

TEST(WinogradMatrices, ComputeTheConvolution) {
  for (const Form &form : forms) {
    const convforge_winograd w = matrices(form);
    EXPECT_EQ(w.points, form.stride * (form.outputs - 1) + form.taps);
    for (int k = 0; k < w.outputs; k++)
      for (int j = 0; j < w.taps; j++)
        for (int i = 0; i < w.points; i++)
          EXPECT_NEAR(coefficient(w, k, j, i), i == form.stride * k + j ? 1 : 0, 1e-13) << name(form);
  }
}

TEST(WinogradMatrices, TransformsOfDataAreExactInFloat32) {
  for (const Form &form : forms) {
    const convforge_winograd w = matrices(form);
    for (int p = 0; p < w.points; p++) {
      for (int i = 0; i < w.points; i++)
        EXPECT_EQ(static_cast<float>(w.input[p][i]), w.input[p][i]);
      for (int k = 0; k < w.outputs; k++)
        EXPECT_EQ(static_cast<float>(w.output[k][p]), w.output[k][p]);
    }
  }
}

std::string name(const Form &form, int wanted) {
  return name(form) + " of which " + std::to_string(wanted);
}

/// Every form with every number of wanted outputs.
template <typename Check>
void for_each_kept(const Check &check) {
  for (const Form &form : forms)
    for (int wanted = 1; wanted <= form.outputs; wanted++) {
      convforge_winograd w = matrices(form);
      ASSERT_EQ(convforge_winograd_keep_outputs(&w, wanted), 0) << name(form, wanted);
      check(form, wanted, w);
    }
}

TEST(WinogradMatrices, KeepTheWantedOutputs) {
  for_each_kept([](const Form &form, int wanted, const convforge_winograd &w) {
    for (int k = 0; k < wanted; k++)
      for (int j = 0; j < w.taps; j++)
        for (int i = 0; i < w.points; i++)
          EXPECT_NEAR(coefficient(w, k, j, i), i == form.stride * k + j ? 1 : 0, 1e-13) << name(form, wanted);
  });
}

TEST(WinogradMatrices, KeepAsFewPointsAndInputsAsTheWantedOutputsNeed) {
  for_each_kept([](const Form &form, int wanted, const convforge_winograd &w) {
    const int needed = wanted < form.outputs ? form.stride * (wanted - 1) + form.taps : w.points;
    int rows = 0;
    for (int p = 0; p < w.points; p++) {
      bool zero = true;
      for (int i = 0; i < w.points; i++) {
        zero = zero && w.input[p][i] == 0;
        EXPECT_EQ(static_cast<float>(w.input[p][i]), w.input[p][i]) << name(form, wanted);
        EXPECT_TRUE(i < needed || w.input[p][i] == 0) << name(form, wanted);
      }
      rows += !zero;
    }
    EXPECT_EQ(rows, needed) << name(form, wanted);
  });
}

TEST(WinogradMatrices, KeepFiltersAndOutputs) {
  for_each_kept([](const Form &form, int wanted, const convforge_winograd &w) {
    const convforge_winograd own = matrices(form);
    EXPECT_EQ(std::memcmp(w.weights, own.weights, sizeof own.weights), 0) << name(form, wanted);
    EXPECT_EQ(std::memcmp(w.output, own.output, sizeof own.output), 0) << name(form, wanted);
    EXPECT_TRUE(wanted < form.outputs || std::memcmp(w.input, own.input, sizeof own.input) == 0);
  });
}

TEST(WinogradMatrices, KeepOutputsOfTheirOwnOnly) {
  convforge_winograd w = matrices({4, 3});
  EXPECT_EQ(convforge_winograd_keep_outputs(&w, 0), -1);
  EXPECT_EQ(convforge_winograd_keep_outputs(&w, 5), -1);
}

TEST(WinogradMatrices, RefusesWhatHasNoPoints) {
  convforge_winograd w;
  for (const Form &form :
       {Form{0, 3}, Form{3, 0}, Form{1, 16}, Form{3, 1}, Form{1, 0}, Form{7, 3}, Form{2, 9}, Form{2, 3, 0},
        Form{2, 3, 3}, Form{2, 2, 2}, Form{2, 1, 2}, Form{8, 3, 2}, Form{7, 5, 2}, Form{2000000000, 3, 2}})
    EXPECT_EQ(convforge_winograd_matrices(form.outputs, form.taps, form.stride, &w), -1) << name(form);
}

/// Stride 2: the odd phase of 3 taps is a product for each output, all with the same tap.
TEST(WinogradMatrices, PointsThatShareAFilterRowComeLast) {
  for (const Form &form : forms) {
    const convforge_winograd w = matrices(form);
    const bool one_odd_tap = form.outputs > 1 && form.stride == 2 && form.taps == 3;
    EXPECT_EQ(w.filter_points, one_odd_tap ? w.points - form.outputs + 1 : w.points) << name(form);
    for (int p = w.filter_points; p < w.points; p++)
      for (int j = 0; j < w.taps; j++)
        EXPECT_EQ(w.weights[p][j], w.weights[w.filter_points - 1][j]) << name(form);
  }
}

constexpr int C = 3, K = 5, lanes = 4, points = 36;

struct WinogradPack {
  convforge_pack_region region{CONVFORGE_PACK_HEADER_BYTES, 0, K, lanes};
  convforge_operand operands[3]{};
  convforge_kernel kernel{};

  explicit WinogradPack(int outputs, int stride = 1) {
    kernel.abi_version = CONVFORGE_ABI_VERSION;
    kernel.operand_count = 3;
    kernel.operands = operands;
    operands[1].dtype = kernel.pack.weights_dtype = kernel.pack.packed_dtype = CONVFORGE_F32;
    operands[1].bytes = sizeof(float) * 9 * C * K;
    kernel.packed_bytes = CONVFORGE_PACK_HEADER_BYTES + sizeof(float) * 2 * points * C * lanes;
    kernel.pack.kind = CONVFORGE_PACK_WINOGRAD;
    kernel.pack.groups = 1;
    for (const int axis : {CONVFORGE_HEIGHT, CONVFORGE_WIDTH}) {
      kernel.pack.kernel[axis] = 3;
      kernel.pack.outputs[axis] = outputs;
      kernel.pack.stride[axis] = stride;
    }
    kernel.pack.kernel[CONVFORGE_DEPTH] = 1;
    kernel.pack.group_in = C;
    kernel.pack.group_out = K;
    kernel.pack.source = convforge::weights_source(kernel.pack, false);
    kernel.pack.region_count = 1;
    kernel.pack.regions = &region;
    kernel.pack.layout = "a test's";
    convforge_winograd w;
    if (convforge_winograd_matrices(outputs, 3, stride, &w) == 0)
      kernel.pack.layout_id = convforge_layout_id(kernel.pack.layout, &w, &w);
  }
};

std::vector<float> numbers(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; i++)
    values[i] = std::sin(static_cast<float>(i) + 1);
  return values;
}

/// G g G^T at point (p, q) of filter (c, k); weights come as R,S,C,K.
double transformed(const convforge_winograd &w, const std::vector<float> &weights, int c, int k, int p,
                   int q) {
  double sum = 0;
  for (int r = 0; r < 3; r++)
    for (int s = 0; s < 3; s++)
      sum += w.weights[p][r] * weights[((r * 3 + s) * C + c) * K + k] * w.weights[q][s];
  return sum;
}

class WinogradPacks : public testing::TestWithParam<int> {};

// Either stride has 6 filter points: F(4,3), and F(4,2) beside one tap for the odd inputs.
TEST_P(WinogradPacks, HoldTheTransformsOfFilters) {
  const WinogradPack pack(4, GetParam());
  const convforge_winograd w = matrices({4, 3, GetParam()});
  ASSERT_EQ(w.filter_points, 6);
  const std::vector<float> weights = numbers(9 * C * K);
  alignas(64) float packed[CONVFORGE_PACK_HEADER_BYTES / 4 + 2 * points * C * lanes];
  ASSERT_EQ(convforge_pack_weights(&pack.kernel, weights.data(), packed), CONVFORGE_OK);
  const float *at = packed + CONVFORGE_PACK_HEADER_BYTES / 4;
  for (int block = 0; block < 2; block++)
    for (int point = 0; point < points; point++)
      for (int c = 0; c < C; c++)
        for (int lane = 0; lane < lanes; lane++, at++) {
          const int k = block * lanes + lane;
          const double expected = k < K ? transformed(w, weights, c, k, point / 6, point % 6) : 0;
          EXPECT_NEAR(*at, expected, std::abs(expected) * 0x1p-23)
              << "k " << k << " c " << c << " point " << point;
        }
}
INSTANTIATE_TEST_SUITE_P(Strides, WinogradPacks, testing::Values(1, 2));

// An object of an older generator beside a newer runtime: A^T and B^T in the one, G in the other.
TEST(WinogradPack, RefusesAKernelOfOtherPoints) {
  WinogradPack pack(4);
  convforge_winograd other = matrices({4, 3});
  other.output[1][1] *= 2;
  const std::vector<float> weights = numbers(9 * C * K);
  alignas(64) float packed[CONVFORGE_PACK_HEADER_BYTES / 4 + 2 * points * C * lanes];
  pack.kernel.pack.layout_id = convforge_layout_id(pack.kernel.pack.layout, &other, &other);
  EXPECT_EQ(convforge_pack_weights(&pack.kernel, weights.data(), packed), CONVFORGE_ERROR_ABI);
  pack.kernel.pack.layout = nullptr;
  EXPECT_EQ(convforge_pack_weights(&pack.kernel, weights.data(), packed), CONVFORGE_ERROR_ABI);
}

TEST(LayoutId, IsTheTextsAndTheMatrices) {
  EXPECT_EQ(convforge_layout_id("", nullptr, nullptr), 0xcbf29ce484222325u); // FNV-1a's published values
  EXPECT_EQ(convforge_layout_id("foobar", nullptr, nullptr), 0x85944171f73967e8u);
  const convforge_winograd own = matrices({4, 3}), narrow = matrices({2, 3});
  const std::uint64_t id = convforge_layout_id("", &own, &narrow);
  EXPECT_NE(id, convforge_layout_id("", &narrow, &own));
  for (auto matrix :
       {&convforge_winograd::input, &convforge_winograd::weights, &convforge_winograd::output}) {
    convforge_winograd other = own;
    (other.*matrix)[1][2] += 1;
    EXPECT_NE(id, convforge_layout_id("", &other, &narrow));
    EXPECT_NE(id, convforge_layout_id("", &own, &other));
  }
}

TEST(WinogradPack, RefusesATileWithoutPoints) {
  const WinogradPack pack(7);
  const std::vector<float> weights = numbers(9 * C * K);
  alignas(64) float packed[CONVFORGE_PACK_HEADER_BYTES / 4 + 2 * points * C * lanes];
  EXPECT_EQ(convforge_pack_weights(&pack.kernel, weights.data(), packed), CONVFORGE_ERROR_ABI);
}

} // namespace
