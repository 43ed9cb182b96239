// Names of a model as C has them.
#include "network/emission/emit_network.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::network;

namespace {

Names names_for(const std::vector<std::string> &layers, const std::vector<std::string> &inputs) {
  models::Graph graph;
  models::FoldedModel folded;
  Network network{.name = "net", .graph = &graph, .folded = &folded};
  for (const std::string &layer : layers) {
    models::FoldedConvolution convolution;
    convolution.node = static_cast<int>(graph.nodes.size());
    graph.nodes.push_back({layer, "Conv", {}, {}, {}});
    folded.convolutions.push_back(convolution);
  }
  for (const std::string &input : inputs) {
    network.program.inputs.push_back(static_cast<int>(network.program.buffers.size()));
    network.program.buffers.push_back(
        {.kind = Buffer::Kind::input, .tensor = static_cast<int>(graph.tensors.size())});
    graph.tensors.push_back({input, models::DataType::f32, models::Shape{1}, nullptr});
  }
  return names_of(network);
}

} // namespace

TEST(NetworkNames, LayersBecomeFunctions) {
  const Names names =
      names_for({"p2o.Conv.0", "/block/conv", "run", "a;b", "a b", "", "step_0", "kernel_0_variants"}, {});
  const std::vector<std::string> expected{
      "net_p2o_Conv_0", "net_block_conv",  "net_run_2",        "net_a_b",
      "net_a_b_2",      "net_convolution", "net_layer_step_0", "net_layer_kernel_0_variants"};
  EXPECT_EQ(names.convolutions, expected);
}

TEST(NetworkNames, ParametersAreNoWordsOfC) {
  const Names names =
      names_for({}, {"x", "x", "int", "0", "arena", "tensors", "X", "serving_default_input:0", "\xc3\xa9"});
  const std::vector<std::string> expected{
      "x", "x_2", "int_2", "input_0", "arena_2", "tensors_2", "X_3", "serving_default_input_0", "input"};
  EXPECT_EQ(names.inputs, expected);
}
