// A small ONNX model as a network in this process, for comparison with every node computed in float64.
#pragma once

#include "models/folding/trailing_pool.hpp"
#include "models/onnx/onnx_model.hpp"
#include "network/execution/execution.hpp"
#include "network/lowering/lowering.hpp"
#include "network/reference/evaluate.hpp"
#include "onnx_writer.hpp"
#include "target/target.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>

namespace convforge::test {

/// Weights that are no two neighbours the same.
inline std::vector<float> wave(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = 0.06f * static_cast<float>(static_cast<int>(i * 29 % 31) - 15);
  return values;
}

/// A convolution of 3x3, four channels to four.
inline Message same_convolution(const std::string &from, const std::string &to) {
  return node("Conv", {from, "w", "bias"}, {to}, {ints("pads", {1, 1, 1, 1})}, "conv " + to);
}

/// A graph from x and r of four channels, whose image has this size, to y; every pool that can be is its
/// kernel's own.
struct OnnxNetwork {
  OnnxNetwork(std::vector<Message> nodes, const Sizes &image, Layout layout,
              std::vector<Message> constants = {}) {
    const Sizes shape{2, 4, image[0], image[1]};
    constants.push_back(tensor("w", {4, 4, 3, 3}, wave(144)));
    constants.push_back(tensor("bias", {4}, {0.5f, -0.25f, 0, 1}));
    const std::string file = onnx_file(
        {std::move(nodes), std::move(constants), {value("x", shape), value("r", shape)}, {value("y", {})}});
    graph = models::onnx::parse_onnx_model(test::bytes_of(file), {});
    folded = models::fold(graph);
    models::take_pools(models::trailing_pools(graph, folded), graph, folded);
    program = network::lower(graph, folded, layout);
    const ElementTypes &types = network::leading_types(folded);
    compiled = network::compile_kernels(program, folded, {"test", {host_target("", types)}, {}},
                                        [](const std::string &) {});
    kernels = network::load_kernels(compiled);
  }

  std::vector<float> run(int threads) {
    network::Execution execution(program, compiled, kernels, threads);
    const auto inputs = network::reference::random_inputs(graph);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::ranges::transform(inputs[i].elements, execution.input(i).begin(),
                             [](double x) { return static_cast<float>(x); });
    for (const network::Call &step : execution.steps())
      EXPECT_EQ(step(), CONVFORGE_OK);
    const auto output = execution.output(0);
    return {output.begin(), output.end()};
  }

  /// That one and three threads answer what every node computed in float64 does.
  void expect_right() {
    ASSERT_TRUE(program.missing.empty()) << program.missing[0].name << ": " << program.missing[0].reason;
    const std::vector<float> values = run(1);
    const std::vector<double> expected =
        network::reference::evaluate(graph, network::reference::random_inputs(graph)).at(0).elements;
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      ASSERT_NEAR(values[i], expected[i], 1e-5 * std::max(1.0, std::abs(expected[i]))) << i;
    EXPECT_EQ(values, run(3));
  }

  models::Graph graph;
  models::FoldedModel folded;
  network::Program program;
  network::Compiled compiled;
  std::vector<std::unique_ptr<LoadedKernel>> kernels;
};

} // namespace convforge::test
