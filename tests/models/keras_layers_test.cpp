// Layers of Keras between convolutions, in the graph's words: with their arguments, and what is refused.
#include "models/keras/keras_model.hpp"
#include "operation_text.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>

using namespace convforge;
using namespace convforge::models;
using test::text_of;

namespace {

std::vector<std::uint8_t> kept_bytes(const std::string &name) {
  std::ifstream file(std::string(CONVFORGE_KERAS_MODELS) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A layer named "n" of as many inputs as there are shapes.
struct OneLayer {
  std::string type, arguments;
  std::vector<std::string> inputs; ///< "8, 8, 3"
};

Graph graph_of_layer(const OneLayer &one) {
  std::string layers, reads, names;
  for (std::size_t i = 0; i < one.inputs.size(); ++i) {
    const std::string comma = i == 0 ? "" : ", ";
    layers += fmt::format(
        R"({{"class_name": "InputLayer", "config": {{"name": "x{}", "batch_shape": [null, {}]}}, "inbound_nodes": []}}, )",
        i, one.inputs[i]);
    reads += fmt::format(
        R"({}{{"class_name": "__keras_tensor__", "config": {{"keras_history": ["x{}", 0, 0]}}}})", comma, i);
    names += fmt::format(R"({}["x{}", 0, 0])", comma, i);
  }
  if (one.inputs.size() > 1)
    reads = "[" + reads + "]";
  const std::string config = fmt::format(
      R"({{"class_name": "Functional", "config": {{"name": "m", "layers": [{}{{"class_name": "{}", "config": {{"name": "n"{}{}}}, )"
      R"("inbound_nodes": [{{"args": [{}], "kwargs": {{}}}}]}}], "input_layers": [{}], "output_layers": [["n", 0, 0]]}}}})",
      layers, one.type, one.arguments.empty() ? "" : ", ", one.arguments, reads, names);
  static const std::vector<std::uint8_t> weights = kept_bytes("example.h5"); // of which nothing is read
  return keras::parse_keras_parts(config, weights, {});
}

/// All nodes in words.
std::string layer_in_words(const OneLayer &one) {
  const Graph graph = graph_of_layer(one);
  std::string text;
  for (const Node &node : graph.nodes)
    text += (text.empty() ? "" : "; ") + text_of(graph, node);
  return text;
}

std::string layer_refusal(const OneLayer &one) {
  const Graph graph = graph_of_layer(one);
  const auto *other = std::get_if<OtherOperation>(&graph.nodes.at(0).operation);
  EXPECT_EQ(graph.nodes[0].name, "n");
  return other ? other->refusal : "taken";
}

const char *const open_sizes_of_layers = "sizes are not known: --input says those of the model's inputs";

TEST(KerasLayers, Pools) {
  EXPECT_EQ(layer_in_words({"MaxPooling2D", R"("pool_size": [2, 3])", {"8, 9, 3"}}),
            "maximum 1,2,3,1 stride 1,2,3,1 dilation 1,1,1,1 begin 0,0,0,0 -> 1x4x3x3");
  EXPECT_EQ(
      layer_in_words({"AveragePooling2D", R"("pool_size": 3, "strides": 2, "padding": "same")", {"9, 8, 3"}}),
      "average 1,3,3,1 stride 1,2,2,1 dilation 1,1,1,1 begin 0,1,0,0 -> 1x5x4x3");
  EXPECT_EQ(layer_in_words({"MaxPooling1D", R"("data_format": "channels_first")", {"3, 8"}}),
            "maximum 1,1,2 stride 1,1,2 dilation 1,1,1 begin 0,0,0 -> 1x3x4");
  EXPECT_EQ(layer_in_words({"GlobalAveragePooling2D", "", {"9, 8, 3"}}), "mean over 1,2 -> 1x3");
  EXPECT_EQ(layer_in_words({"GlobalMaxPooling1D", R"("keepdims": true)", {"8, 3"}}),
            "maximum over 1 -> 1x1x3");
  EXPECT_EQ(layer_refusal({"MaxPooling2D", R"("padding": "full")", {"8, 9, 3"}}),
            "padding=full (expected valid or same)");
  EXPECT_EQ(layer_refusal({"MaxPooling2D", "", {"8, null, 3"}}), open_sizes_of_layers);
  EXPECT_EQ(layer_refusal({"GlobalMaxPooling2D", "", {"8, null, 3"}}), open_sizes_of_layers);
}

TEST(KerasLayers, UpSampling) {
  EXPECT_EQ(layer_in_words({"UpSampling2D", R"("size": [1, 2])", {"3, 2, 1"}}),
            "resampling axis 2 of 1: 0,0,1,1 -> 1x3x4x1");
  EXPECT_EQ(layer_in_words({"UpSampling2D", R"("size": [1, 2], "interpolation": "bilinear")", {"3, 2, 1"}}),
            "resampling axis 2 of 2: 0,1,0,1,0,1,1,1 times 1,0,0.75,0.25,0.25,0.75,1,0 -> 1x3x4x1");
  EXPECT_EQ(layer_in_words({"UpSampling1D", R"("size": 3)", {"2, 1"}}),
            "resampling axis 1 of 1: 0,0,0,1,1,1 -> 1x6x1");
  EXPECT_EQ(layer_refusal({"UpSampling2D", R"("interpolation": "bicubic")", {"3, 2, 1"}}),
            "interpolation=bicubic (expected nearest or bilinear)");
  EXPECT_EQ(layer_refusal({"UpSampling2D", R"("size": 70000)", {"3, 2, 1"}}),
            "size=210000 (expected 1 to 65536 elements of a resized axis, of 1 to 16777216)");
}

TEST(KerasLayers, MergedTensors) {
  EXPECT_EQ(layer_in_words({"Concatenate", R"("axis": 2)", {"3, 2", "3, 4"}}), "concatenation by 2 -> 1x3x6");
  EXPECT_EQ(layer_refusal({"Concatenate", R"("axis": 3)", {"3, 2", "3, 4"}}), "axis=3 (expected one of 3)");
  EXPECT_EQ(layer_refusal({"Concatenate", R"("axis": 1)", {"3, 2", "3, 4"}}), open_sizes_of_layers);
  EXPECT_EQ(layer_in_words({"Maximum", "", {"3, 2", "1, 2", "3, 1"}}), "maximum -> 1x3x2; maximum -> 1x3x2");
  EXPECT_EQ(layer_in_words({"Minimum", "", {"1, 2", "1, 1", "3, 1"}}), "minimum -> 1x1x2; minimum -> 1x3x2");
  EXPECT_EQ(layer_in_words({"Average", "", {"3, 2", "3, 2"}}), "add -> 1x3x2; steps [affine:0.5:0] -> 1x3x2");
  EXPECT_EQ(layer_refusal({"Average", "", {"3, 2", "2"}}),
            "inputs=of other shapes (expected tensors of as many axes that are broadcast)");
  EXPECT_EQ(layer_refusal({"Maximum", "", {"3, 2"}}), "inputs=1 (expected 2 or more)");
}

TEST(KerasLayers, ShapesOrderAndSoftmax) {
  EXPECT_EQ(layer_in_words({"Flatten", "", {"3, 2"}}), "reshape -> 1x6");
  EXPECT_EQ(layer_refusal({"Flatten", R"("data_format": "channels_first")", {"3, 2"}}),
            "data_format=channels_first (expected channels_last: axes are moved before)");
  EXPECT_EQ(layer_in_words({"Reshape", R"("target_shape": [2, -1])", {"3, 2"}}), "reshape -> 1x2x3");
  EXPECT_EQ(layer_in_words({"Permute", R"("dims": [2, 1])", {"3, 2"}}), "transposition 0,2,1 -> 1x2x3");
  EXPECT_EQ(layer_refusal({"Permute", R"("dims": [2, 3])", {"3, 2"}}), "dims=2,3 (expected 1 to 2)");
  EXPECT_EQ(layer_refusal({"Permute", R"("dims": [1])", {"3, 2"}}),
            "dims=1 (expected one for each axis of 1x3x2)");
  EXPECT_EQ(layer_refusal({"Permute", R"("dims": [1, 1])", {"3, 2"}}),
            "the order of axes has not each of them once");
  EXPECT_EQ(layer_in_words({"Softmax", R"("axis": 1)", {"3, 2"}}), "softmax by 1 -> 1x3x2");
  EXPECT_EQ(layer_refusal({"Softmax", R"("axis": [1, 2])", {"3, 2"}}),
            "axis=1,2 (expected one axis of 1x3x2)");
  EXPECT_EQ(layer_refusal({"Softmax", "", {"3, 2", "3, 2"}}), "inputs=2 (expected 1, no mask)");
  EXPECT_EQ(layer_in_words({"Activation", R"("activation": "softmax")", {"3, 2"}}), "softmax by 2 -> 1x3x2");
  EXPECT_EQ(layer_refusal({"Activation", R"("activation": "squareplus")", {"3, 2"}}),
            "activation=squareplus (expected one of epilogues, or softmax of a tensor with a shape)");
}

TEST(KerasLayers, OfASmallModel) {
  const std::vector<std::uint8_t> bytes = kept_bytes("small_cnn.keras");
  const Graph graph = keras::parse_keras_model(bytes);
  std::map<std::string, std::string> words;
  for (const Node &node : graph.nodes)
    words[node.name] = text_of(graph, node);
  EXPECT_EQ(words["dense"], "convolution 1x4 to 3, hwio, [bias] -> 1x3");
  EXPECT_EQ(words["dense/relu"], "steps [relu] -> 1x3");
  EXPECT_EQ(words["global_pool"], "mean over 1,2 -> 1x4");
  EXPECT_EQ(words["maps/softmax"], "softmax by 3 -> 1x10x8x5");
  EXPECT_EQ(words["concatenate"], "concatenation by 3 -> 1x6x5x12");
}

} // namespace
