// Networks run in this process: steps give what the operators say, in either layout, on any number of
// threads.
#include "models/onnx/onnx_model.hpp"
#include "models/tflite/schema.hpp"
#include "models/tflite/tflite_model.hpp"
#include "network/execution/kernel_alone.hpp"
#include "network/execution/operation_text.hpp"
#include "network/lowering/lowering.hpp"
#include "onnx_writer.hpp"
#include "target/target.hpp"
#include "tflite_writer.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::network;
using namespace convforge::test;

namespace {

/// Weights that are no two the same.
std::vector<float> ramp(std::size_t count, float step) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = step * static_cast<float>(static_cast<int>(i % 17) - 8);
  return values;
}

/// x of four channels and 6 x 6 pixels, two convolutions, and of every kind of operation one.
std::string every_operation() {
  const std::vector<Message> nodes{
      node("Conv", {"x", "w"}, {"a"}, {ints("pads", {1, 1, 1, 1})}, "first"),
      node("MaxPool", {"a"}, {"b"}, {ints("kernel_shape", {2, 2}), ints("strides", {2, 2})}, "pool"),
      node("Resize", {"b", "", "scales"}, {"c"}, {word("mode", "nearest")}, "resize"),
      node("GlobalAveragePool", {"a"}, {"d"}, {}, "mean"),
      node("Mul", {"c", "d"}, {"e"}, {}, "gate"),
      node("Conv", {"e", "v"}, {"f"}, {}, "second"),
      node("Softmax", {"f"}, {"y"}, {integer("axis", 1)}, "softmax")};
  return onnx_file({nodes,
                    {tensor("w", {4, 4, 3, 3}, ramp(144, 0.03f)), tensor("v", {4, 4, 1, 1}, ramp(16, 0.4f)),
                     tensor("scales", {4}, std::vector<float>{1, 1, 2, 2})},
                    {value("x", {1, 4, 6, 6})},
                    {value("y", {1, 4, 6, 6})}});
}

models::Graph every_operation_graph() {
  return models::onnx::parse_onnx_model(test::bytes_of(every_operation()), {});
}

/// x of 4 x 4 bytes in steps of 0.5, the same in steps of 0.25 from a convolution, and as real numbers.
models::Graph byte_graph() {
  using namespace models::tflite;
  FlatModel model;
  const int x = model.quantised_tensor("x", {1, 4, 4, 1}, 9, {0.5f}, {-3}),
            w = model.quantised_tensor("w", {1, 1, 1, 1}, 9, {0.5f}, {0}, "\1"),
            q = model.quantised_tensor("q", {1, 4, 4, 1}, 9, {0.25f}, {5}),
            y = model.tensor("y", {1, 4, 4, 1});
  model.operation(CONV_2D, {x, w}, {q},
                  Flat().set<std::int8_t>(0, 1).set<std::int32_t>(1, 1).set<std::int32_t>(2, 1));
  model.operation(DEQUANTIZE, {q}, {y});
  const std::string file = model.file({x}, {y});
  return parse_tflite_model({reinterpret_cast<const std::uint8_t *>(file.data()), file.size()}, {});
}

class Loaded {
public:
  explicit Loaded(Layout layout, models::Graph of = every_operation_graph())
      : graph(std::move(of)), folded(models::fold(graph)) {
    program = lower(graph, folded, layout);
    compiled = compile_kernels(program, folded, {"test", {host_target("", leading_types(folded))}, {}},
                               [](const std::string &) {});
    kernels = load_kernels(compiled);
  }

  std::vector<float> run(int threads) {
    Execution execution(program, compiled, kernels, threads);
    std::ranges::copy(ramp(144, 0.1f), execution.input(0).begin());
    for (const Call &step : execution.steps())
      EXPECT_EQ(step(), CONVFORGE_OK);
    const auto output = execution.output(0);
    return {output.begin(), output.end()};
  }

  models::Graph graph;
  models::FoldedModel folded;
  Program program;
  Compiled compiled;
  std::vector<std::unique_ptr<LoadedKernel>> kernels;
};

float at(const std::vector<float> &tensor, int channel, int row, int column) {
  if (row < 0 || row > 5 || column < 0 || column > 5)
    return 0;
  return tensor[static_cast<std::size_t>((channel * 6 + row) * 6 + column)];
}

/// The network by its operators' definitions.
std::vector<float> expected() {
  const std::vector<float> x = ramp(144, 0.1f), w = ramp(144, 0.03f), v = ramp(16, 0.4f);
  std::vector<float> a(144), e(144), y(144);
  const auto place = [](int k, int i, int j) { return static_cast<std::size_t>((k * 6 + i) * 6 + j); };
  for (int k = 0; k < 4; ++k)
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j)
        for (int tap = 0; tap < 36; ++tap)
          a[place(k, i, j)] += w[static_cast<std::size_t>(k * 36 + tap)] *
                               at(x, tap / 9, i + tap % 9 / 3 - 1, j + tap % 3 - 1);
  for (int k = 0; k < 4; ++k) {
    float mean = 0;
    for (int pixel = 0; pixel < 36; ++pixel)
      mean += a[static_cast<std::size_t>(k * 36 + pixel)] / 36;
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j) {
        const int top = i / 2 * 2, left = j / 2 * 2;
        e[place(k, i, j)] = mean * std::max({at(a, k, top, left), at(a, k, top, left + 1),
                                             at(a, k, top + 1, left), at(a, k, top + 1, left + 1)});
      }
  }
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 6; ++j) {
      float sum = 0;
      for (int k = 0; k < 4; ++k) {
        float f = 0;
        for (int c = 0; c < 4; ++c)
          f += v[static_cast<std::size_t>(4 * k + c)] * at(e, c, i, j);
        sum += y[place(k, i, j)] = std::exp(f);
      }
      for (int k = 0; k < 4; ++k)
        y[place(k, i, j)] /= sum;
    }
  return y;
}

void expect_near(const std::vector<float> &values, const std::vector<float> &wanted) {
  ASSERT_EQ(values.size(), wanted.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    EXPECT_NEAR(values[i], wanted[i], 1e-5) << i;
}

} // namespace

TEST(Execution, GivesWhatTheOperatorsSay) {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    Loaded network(layout);
    ASSERT_TRUE(network.program.missing.empty()) << network.program.missing[0].reason;
    expect_near(network.run(1), expected());
  }
}

TEST(Execution, OfBytes) {
  Loaded network(Layout::nhwc, byte_graph());
  ASSERT_TRUE(network.program.missing.empty()) << network.program.missing[0].reason;
  Execution execution(network.program, network.compiled, network.kernels, 1);
  const auto input = execution.input<std::int8_t>(0);
  ASSERT_EQ(input.size(), 16u);
  for (std::size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<std::int8_t>(5 * static_cast<int>(i) - 40);
  for (const Call &step : execution.steps())
    EXPECT_EQ(step(), CONVFORGE_OK);
  const auto output = execution.output(0);
  for (std::size_t i = 0; i < input.size(); ++i)
    EXPECT_EQ(output[i], 0.25f * static_cast<float>(input[i] + 3)) << i;
}

TEST(Execution, GivesTheSameOnAnyNumberOfThreads) {
  Loaded network(Layout::nhwc);
  EXPECT_EQ(network.run(1), network.run(3));
}

TEST(Execution, RunsKernelsAlone) {
  Loaded network(Layout::nhwc);
  const KernelsAlone alone(network.program, network.kernels, 1);
  ASSERT_EQ(alone.steps().size(), 2u);
  for (const Call &step : alone.steps())
    EXPECT_EQ(step(), CONVFORGE_OK);
}

TEST(Execution, SaysWhatStepsAre) {
  const Loaded network(Layout::nchw);
  std::string kinds;
  for (const Step &step : network.program.steps)
    kinds += text_of(step.operation).kind + " ";
  for (const char *kind : {"kernel", "pooling", "resampling", "reduction", "elementwise", "softmax"})
    EXPECT_NE(kinds.find(kind), std::string::npos) << kind << " in " << kinds;
}
