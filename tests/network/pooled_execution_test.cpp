// Networks whose kernels pool, in this process: beside every node computed in float64, in either layout, on
// any number of threads, and straight into concatenations.
#include "models/folding/trailing_pool.hpp"
#include "models/onnx/onnx_model.hpp"
#include "network/execution/execution.hpp"
#include "network/lowering/lowering.hpp"
#include "network/reference/evaluate.hpp"
#include "onnx_writer.hpp"
#include "target/target.hpp"

#include <algorithm>
#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::network;
using namespace convforge::test;

namespace {

std::vector<float> wave(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = 0.06f * static_cast<float>(static_cast<int>(i * 29 % 31) - 15);
  return values;
}

/// A convolution of 3x3, four channels to four.
Message same_convolution(const std::string &from, const std::string &to) {
  return node("Conv", {from, "w", "bias"}, {to}, {ints("pads", {1, 1, 1, 1})}, "conv " + to);
}

/// A graph from x and r of four channels, whose image has this size, to y; every pool is its kernel's own.
struct PooledNetwork {
  PooledNetwork(std::vector<Message> nodes, const Sizes &image, Layout layout) {
    const Sizes shape{2, 4, image[0], image[1]};
    const std::string file =
        onnx_file({std::move(nodes),
                   {tensor("w", {4, 4, 3, 3}, wave(144)), tensor("bias", {4}, {0.5f, -0.25f, 0, 1})},
                   {value("x", shape), value("r", shape)},
                   {value("y", {})}});
    graph = models::onnx::parse_onnx_model(test::bytes_of(file), {});
    folded = models::fold(graph);
    models::take_pools(models::trailing_pools(graph, folded), graph, folded);
    program = lower(graph, folded, layout);
    const ElementTypes &types = leading_types(folded);
    compiled =
        compile_kernels(program, folded, {"test", {host_target("", types)}, {}}, [](const std::string &) {});
    kernels = load_kernels(compiled);
  }

  std::vector<float> run(int threads) {
    Execution execution(program, compiled, kernels, threads);
    const std::vector<reference::Value> inputs = reference::random_inputs(graph);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::ranges::transform(inputs[i].elements, execution.input(i).begin(),
                             [](double x) { return static_cast<float>(x); });
    for (const Call &step : execution.steps())
      EXPECT_EQ(step(), CONVFORGE_OK);
    const auto output = execution.output(0);
    return {output.begin(), output.end()};
  }

  std::vector<double> expected() const {
    return reference::evaluate(graph, reference::random_inputs(graph)).at(0).elements;
  }

  models::Graph graph;
  models::FoldedModel folded;
  Program program;
  Compiled compiled;
  std::vector<std::unique_ptr<LoadedKernel>> kernels;
};

/// That no pool is left, and that outputs are right.
void expect_right(const std::vector<Message> &nodes, const Sizes &image, std::size_t left = 0) {
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    PooledNetwork network(nodes, image, layout);
    ASSERT_TRUE(network.program.missing.empty()) << network.program.missing[0].reason;
    EXPECT_EQ(network.folded.glue.size(), left) << network.folded.convolutions[0].stop;
    const std::vector<float> values = network.run(1);
    const std::vector<double> expected = network.expected();
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(values[i], expected[i], 1e-5) << i << " in " << name_of(layout);
    EXPECT_EQ(values, network.run(3));
  }
}

Message pool_of(const std::string &type, const std::string &from, const std::string &to,
                std::vector<Message> attributes) {
  return node(type, {from}, {to}, std::move(attributes), "pool " + to);
}

const Message two = ints("kernel_shape", {2, 2}), three = ints("kernel_shape", {3, 3}),
              by_two = ints("strides", {2, 2}), around = ints("pads", {1, 1, 1, 1}),
              up = integer("ceil_mode", 1);

} // namespace

TEST(PooledNetworks, Largest) {
  expect_right(
      {same_convolution("x", "a"), node("Relu", {"a"}, {"c"}), pool_of("MaxPool", "c", "y", {two, by_two})},
      {8, 6});
  expect_right({same_convolution("x", "a"), pool_of("MaxPool", "a", "y", {three, by_two, around})}, {7, 9});
  expect_right({same_convolution("x", "a"), pool_of("MaxPool", "a", "y", {three, by_two, up})}, {8, 10});
}

TEST(PooledNetworks, Averages) {
  for (const int counted : {0, 1})
    expect_right({same_convolution("x", "a"),
                  pool_of("AveragePool", "a", "y", {three, around, integer("count_include_pad", counted)})},
                 {7, 8});
}

TEST(PooledNetworks, BehindAResidualAndBeforeAnActivation) { // the residual is as large as what is not stored
  expect_right({same_convolution("x", "a"), node("Add", {"a", "r"}, {"s"}), node("Tanh", {"s"}, {"t"}),
                pool_of("MaxPool", "t", "p", {two, by_two}), node("Relu", {"p"}, {"y"})},
               {9, 7});
}

TEST(PooledNetworks, IntoAConcatenation) {
  const std::vector<Message> nodes{same_convolution("x", "a"),
                                   pool_of("MaxPool", "a", "b", {two, by_two}),
                                   same_convolution("r", "c"),
                                   pool_of("AveragePool", "c", "d", {two, by_two}),
                                   node("Concat", {"b", "d"}, {"e"}, {integer("axis", 1)}),
                                   node("GlobalAveragePool", {"e"}, {"m"}),
                                   node("Sub", {"e", "m"}, {"y"})};
  expect_right(nodes, {8, 8}, 3);
  for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
    const PooledNetwork network(nodes, {8, 8}, layout);
    std::vector<Place> written;
    for (const Step &step : network.program.steps)
      if (std::holds_alternative<KernelCall>(step.operation))
        written.push_back(step.writes);
    ASSERT_EQ(written.size(), 2u);
    EXPECT_EQ(written[0].buffer, written[1].buffer); // nothing is copied
    EXPECT_EQ(written[1].offset, layout == Layout::nhwc ? 4 : 4 * 16);
  }
}
