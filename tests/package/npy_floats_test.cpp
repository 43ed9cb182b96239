// Files of integers and multipliers, as generated tests read them.
#include "convforge/convforge.h"

extern "C" {
#include "npy_floats.h"
}

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

template <typename T>
void write_npy(const std::string &path, const std::string &type, const std::vector<T> &values) {
  const std::string header = "{'descr': '" + type + "', ...}\n";
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  bytes += header;
  bytes.append(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(NpyFloats, ReadsIntegersAndMultipliers) {
  const std::string path = ::testing::TempDir() + "convforge_npy_integers.npy";
  std::array<std::int8_t, 3> weights{};
  write_npy<std::int8_t>(path, "|i1", {-128, 0, 127});
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_S8, weights.data(), 3), 0);
  EXPECT_EQ(weights, (std::array<std::int8_t, 3>{-128, 0, 127}));
  write_npy<float>(path, "<f4", {-5, 6, 7}); // whole numbers
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_S8, weights.data(), 3), 0);
  EXPECT_EQ(weights, (std::array<std::int8_t, 3>{-5, 6, 7}));
  std::array<std::int32_t, 2> bias{};
  write_npy<std::int32_t>(path, "<i4", {-2147483647, 5});
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_S32, bias.data(), 2), 0);
  EXPECT_EQ(bias, (std::array<std::int32_t, 2>{-2147483647, 5}));
  write_npy<std::int64_t>(path, "<i8", {1, 2});
  EXPECT_EQ(npy_elements(path.c_str(), CONVFORGE_S32, bias.data(), 2), -1);
  std::remove(path.c_str());
}

TEST(NpyFloats, ReadsMultipliersOrOneForAll) {
  const std::string path = ::testing::TempDir() + "convforge_npy_multipliers.npy";
  std::array<double, 2> multipliers{};
  const auto read = [&] { return npy_elements(path.c_str(), CONVFORGE_F64, multipliers.data(), 2); };
  write_npy<double>(path, "<f8", {0.1, 0.2});
  EXPECT_EQ(read(), 0);
  EXPECT_EQ(multipliers, (std::array{0.1, 0.2}));
  write_npy<float>(path, "<f4", {0.5f, 0.25f});
  EXPECT_EQ(read(), 0);
  EXPECT_EQ(multipliers, (std::array{0.5, 0.25}));
  write_npy<double>(path, "<f8", {0.3});
  EXPECT_EQ(read(), 0);
  EXPECT_EQ(multipliers, (std::array{0.3, 0.3}));
  write_npy<double>(path, "<f8", {1, 2, 3});
  EXPECT_EQ(read(), -1);
  std::remove(path.c_str());
}

} // namespace
