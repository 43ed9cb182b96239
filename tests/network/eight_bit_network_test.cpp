// A small network of 8-bit integers from its TensorFlow Lite file to a program's bytes, which are computed
// here by the definitions of its operators.
#include "convforge/quantise.h"
#include "file_content.hpp"
#include "models/tflite/schema.hpp"
#include "program.hpp"
#include "tflite_writer.hpp"
#include "verify/npy.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models::tflite;
using test::Flat;
using test::FlatModel;
using test::raw;

namespace {

constexpr int s32_type = 2, s8_type = 9, size = 6, channels = 2, padded = 3;
constexpr int x_zero = -3, conv_zero = 4, sum_zero = 2;
const std::vector<std::int8_t> weights{1, -128, 37, 127};
const std::vector<std::int32_t> bias{100, -7};

Flat convolution_options() {
  return Flat().set<std::int8_t>(0, 1).set<std::int32_t>(1, 1).set<std::int32_t>(2, 1);
}
Flat pooling_options() {
  return Flat()
      .set<std::int8_t>(0, 1)
      .set<std::int32_t>(1, 2)
      .set<std::int32_t>(2, 2)
      .set<std::int32_t>(3, 2)
      .set<std::int32_t>(4, 2);
}

/// relu(x + a convolution of x), with a channel more of the padding, the largest of 2 x 2, as integers and as
/// real numbers.
std::string model_file() {
  FlatModel model;
  const auto bytes = [&](const char *name, const std::vector<int> &shape, float scale, int zero) {
    return model.quantised_tensor(name, shape, s8_type, {scale}, {zero});
  };
  const int x = bytes("x", {1, size, size, channels}, 0.5f, x_zero),
            w = model.quantised_tensor("w", {channels, 1, 1, channels}, s8_type, {0.03f, 0.011f}, {0, 0},
                                       raw(weights)),
            b = model.tensor("b", {channels}, s32_type, raw(bias)),
            conv = bytes("conv", {1, size, size, channels}, 1, conv_zero),
            sum = bytes("sum", {1, size, size, channels}, 1, sum_zero),
            paddings = model.tensor("paddings", {4, 2}, s32_type,
                                    raw(std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, 0, padded - channels})),
            wide = bytes("wide", {1, size, size, padded}, 1, sum_zero),
            y = bytes("y", {1, size / 2, size / 2, padded}, 1, sum_zero),
            real = model.tensor("real", {1, size / 2, size / 2, padded});
  model.operation(CONV_2D, {x, w, b}, {conv}, convolution_options());
  model.operation(ADD, {conv, x}, {sum}, Flat().set<std::int8_t>(0, 1));
  model.operation(PAD, {sum, paddings}, {wide});
  model.operation(MAX_POOL_2D, {wide}, {y}, pooling_options());
  model.operation(DEQUANTIZE, {y}, {real});
  return model.file({x}, {y, real});
}

int clamped(double value) {
  return static_cast<int>(std::clamp(value, -128.0, 127.0));
}

/// By the definition of the rounding (docs/quantisation.md).
int convolved(const std::int8_t *pixel, std::size_t channel) {
  std::int32_t total = bias[channel];
  for (std::size_t c = 0; c < channels; ++c)
    total += weights[channel * channels + c] * (pixel[c] - x_zero);
  const double scales[] = {static_cast<double>(0.03f), static_cast<double>(0.011f)};
  const convforge_requantisation how{CONVFORGE_ROUND_TFLITE, conv_zero, -128, 127, 0, 0};
  return convforge_requantise(&how, total, 0.5 * scales[channel], 0);
}

/// Scales of 1 and 0.5 make sums exact until they are rounded, ties away from zero.
int added(int conv, int x) {
  const int sum = clamped(std::round((conv - conv_zero) + 0.5 * (x - x_zero)) + sum_zero);
  return std::max(sum, sum_zero);
}

std::vector<std::int8_t> expected(const std::vector<std::int8_t> &x) {
  std::vector<std::int8_t> y;
  for (std::size_t row = 0; row < size; row += 2)
    for (std::size_t column = 0; column < size; column += 2)
      for (std::size_t c = 0; c < padded; ++c) {
        int largest = -128;
        for (const std::size_t pixel : {row * size + column, row * size + column + 1,
                                        (row + 1) * size + column, (row + 1) * size + column + 1}) {
          const std::int8_t *values = &x[pixel * channels];
          largest = std::max(largest, c < channels ? added(convolved(values, c), values[c]) : sum_zero);
        }
        y.push_back(static_cast<std::int8_t>(largest));
      }
  return y;
}

std::vector<std::int8_t> input() {
  std::vector<std::int8_t> x(size * size * channels);
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<std::int8_t>(static_cast<int>(i * 97 % 256) - 128);
  return x;
}

template <typename Element>
std::vector<Element> elements_of(const std::string &path) {
  const std::string bytes = test::read_text(path);
  std::vector<Element> elements(bytes.size() / sizeof(Element));
  std::copy_n(bytes.data(), elements.size() * sizeof(Element), reinterpret_cast<char *>(elements.data()));
  return elements;
}

void run(const std::string &line) {
  const ProcessResult result = run_shell(line);
  ASSERT_EQ(result.exit_code, 0) << line << "\n" << result.output << result.errors;
}

} // namespace

TEST(EightBitNetwork, GivesTheBytesOfItsOperators) {
  const ScratchDirectory scratch;
  std::ofstream(scratch / "model.tflite", std::ios::binary) << model_file();
  const std::vector<std::int8_t> x = input();
  std::ofstream(scratch / "x", std::ios::binary) << raw(x);
  const std::string said =
      output_of("network " + (scratch / "model.tflite") + " --name model --out " + (scratch / "out"));
  ASSERT_NE(said.find("model_run(): 5 calls, 1 of them of 1 kernels"), std::string::npos) << said;
  run("cc -std=c11 -Wall -Wextra -Werror -O1 -I" RUNTIME_HEADERS " -I" + (scratch / "out") +
      " " RUN_NETWORK " " + (scratch / "out/model.c") + " " + (scratch / "out/libmodel_kernels.a") +
      " " RUNTIME_LIBRARIES " -lm -lpthread -o " + (scratch / "network"));
  for (const char *threads : {"1", "3"}) {
    run((scratch / "network") + " " + threads + " 1 " + (scratch / "x") + " " + (scratch / "y") + " " +
        (scratch / "real"));
    const std::vector<std::int8_t> y = expected(x);
    EXPECT_EQ(elements_of<std::int8_t>(scratch / "y"), y);
    const std::vector<float> real = elements_of<float>(scratch / "real");
    ASSERT_EQ(real.size(), y.size());
    for (std::size_t i = 0; i < y.size(); ++i)
      EXPECT_EQ(real[i], static_cast<float>(y[i] - sum_zero));
  }
}

TEST(EightBitNetwork, HasAReferenceOfWholeNumbers) {
  const ScratchDirectory scratch;
  std::ofstream(scratch / "model.tflite", std::ios::binary) << model_file();
  output_of("network " + (scratch / "model.tflite") + " --name model --emit reference --out " +
            (scratch / "out"));
  const std::vector<float> numbers = floats_of(read_npy(scratch / "out/model_input0.npy"));
  const std::vector<std::int8_t> y = expected({numbers.begin(), numbers.end()});
  EXPECT_EQ(floats_of(read_npy(scratch / "out/model_output0.npy")), std::vector<float>(y.begin(), y.end()));
  EXPECT_GT(std::ranges::count_if(numbers, [](float x) { return x < -100 || x > 100; }), 0);
}
