// The matrices of short convolutions, and weights packed through them.
#include "convforge/convforge.h"
#include "convforge/winograd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

struct Form {
  int outputs, taps;
};
constexpr Form forms[] = {{1, 1}, {2, 3}, {3, 2}, {4, 3}, {3, 4}, {2, 5}, {6, 3}, {4, 5}, {2, 7}, {5, 4}};

convforge_winograd matrices(const Form &form) {
  convforge_winograd matrices;
  EXPECT_EQ(convforge_winograd_matrices(form.outputs, form.taps, &matrices), 0);
  return matrices;
}

/// The coefficient of g_j d_i in output k: 1 where i = k + j, else 0.
double coefficient(const convforge_winograd &w, int k, int j, int i) {
  double sum = 0;
  for (int p = 0; p < w.points; p++)
    sum += w.output[k][p] * w.weights[p][j] * w.input[p][i];
  return sum;
}

TEST(WinogradMatrices, ComputeTheConvolution) {
  for (const Form &form : forms) {
    const convforge_winograd w = matrices(form);
    EXPECT_EQ(w.points, form.outputs + form.taps - 1);
    for (int k = 0; k < w.outputs; k++)
      for (int j = 0; j < w.taps; j++)
        for (int i = 0; i < w.points; i++)
          EXPECT_NEAR(coefficient(w, k, j, i), i == k + j ? 1 : 0, 1e-13) << form.outputs << "," << form.taps;
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

TEST(WinogradMatrices, RefusesWhatHasNoPoints) {
  convforge_winograd w;
  for (const Form &form :
       {Form{0, 3}, Form{3, 0}, Form{1, 3}, Form{3, 1}, Form{3, 3}, Form{7, 3}, Form{2, 9}})
    EXPECT_EQ(convforge_winograd_matrices(form.outputs, form.taps, &w), -1)
        << form.outputs << "," << form.taps;
}

constexpr int C = 3, K = 5, lanes = 4, points = 36;

struct WinogradPack {
  convforge_pack_region region{CONVFORGE_PACK_HEADER_BYTES, 0, K, lanes};
  convforge_kernel kernel{};

  explicit WinogradPack(int outputs) {
    kernel.abi_version = CONVFORGE_ABI_VERSION;
    kernel.weights.bytes = sizeof(float) * 9 * C * K;
    kernel.packed_bytes = CONVFORGE_PACK_HEADER_BYTES + sizeof(float) * 2 * points * C * lanes;
    kernel.pack.kind = CONVFORGE_PACK_WINOGRAD;
    kernel.pack.groups = 1;
    kernel.pack.kernel_h = kernel.pack.kernel_w = 3;
    kernel.pack.group_in = C;
    kernel.pack.group_out = K;
    kernel.pack.region_count = 1;
    kernel.pack.regions = &region;
    kernel.pack.outputs_h = kernel.pack.outputs_w = outputs;
  }
};

std::vector<float> numbers(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; i++)
    values[i] = std::sin(static_cast<float>(i) + 1);
  return values;
}

/// G g G^T at point (p, q) of filter (c, k); weights come as R,S,C,K.
double transformed(const std::vector<float> &weights, int c, int k, int p, int q) {
  const convforge_winograd w = matrices({4, 3});
  double sum = 0;
  for (int r = 0; r < 3; r++)
    for (int s = 0; s < 3; s++)
      sum += w.weights[p][r] * weights[((r * 3 + s) * C + c) * K + k] * w.weights[q][s];
  return sum;
}

TEST(WinogradPack, HoldsTheTransformsOfFilters) {
  const WinogradPack pack(4);
  const std::vector<float> weights = numbers(9 * C * K);
  alignas(64) float packed[CONVFORGE_PACK_HEADER_BYTES / 4 + 2 * points * C * lanes];
  ASSERT_EQ(convforge_pack_weights(&pack.kernel, weights.data(), packed), CONVFORGE_OK);
  const float *at = packed + CONVFORGE_PACK_HEADER_BYTES / 4;
  for (int block = 0; block < 2; block++)
    for (int point = 0; point < points; point++)
      for (int c = 0; c < C; c++)
        for (int lane = 0; lane < lanes; lane++, at++) {
          const int k = block * lanes + lane;
          const double expected = k < K ? transformed(weights, c, k, point / 6, point % 6) : 0;
          EXPECT_NEAR(*at, expected, std::abs(expected) * 0x1p-23)
              << "k " << k << " c " << c << " point " << point;
        }
}

TEST(WinogradPack, RefusesATileWithoutPoints) {
  const WinogradPack pack(3);
  const std::vector<float> weights = numbers(9 * C * K);
  alignas(64) float packed[CONVFORGE_PACK_HEADER_BYTES / 4 + 2 * points * C * lanes];
  EXPECT_EQ(convforge_pack_weights(&pack.kernel, weights.data(), packed), CONVFORGE_ERROR_ABI);
}

} // namespace
