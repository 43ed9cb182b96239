// Pools behind convolutions as their kernels' pooling, of each format, and where they stay by themselves.
#include "models/folding/trailing_pool.hpp"
#include "models/keras/keras_model.hpp"
#include "models/keras/zip.hpp"
#include "models/onnx/onnx_model.hpp"
#include "models/tflite/schema.hpp"
#include "models/tflite/tflite_model.hpp"
#include "onnx_writer.hpp"
#include "tflite_writer.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

/// What becomes of a model's first convolution, all of whose pools are taken.
std::string pooled(const Graph &graph) {
  FoldedModel model = fold(graph);
  take_pools(trailing_pools(graph, model), graph, model);
  const FoldedConvolution &first = model.convolutions.at(0);
  const std::string pooling = first.problem.pools() ? text_of(first.problem.pooling) : "none";
  return fmt::format("{} [{}] -> {}, {} left: {}", pooling, first.problem.epilogue.text(),
                     graph.tensor(first.output).name, model.glue.size(), first.stop);
}

Graph onnx_graph(std::vector<Message> nodes, const std::vector<std::string> &outputs, const Sizes &image,
                 std::vector<Message> constants = {}) {
  Sizes taps(image.size(), 1), input = image;
  taps[0] = 3, taps[1] = 2, input[1] = 2;
  nodes.insert(nodes.begin(), node("Conv", {"x", "w"}, {"c"}, {}, "conv"));
  constants.push_back(tensor("w", taps, {1, 2, -3, 0.5f, 0.25f, -1}));
  std::vector<Message> ends;
  ends.reserve(outputs.size());
  for (const std::string &output : outputs)
    ends.push_back(value(output, {}));
  const std::string file =
      onnx_file({std::move(nodes), std::move(constants), {value("x", input), value("r", image)}, ends});
  return onnx::parse_onnx_model(test::bytes_of(file), {});
}

/// Of nodes behind "c", which has this shape; "y" is the output.
std::string behind(std::vector<Message> nodes, const Sizes &image = {1, 3, 8, 9}) {
  return pooled(onnx_graph(std::move(nodes), {"y"}, image));
}

Message pool(const std::string &type, const std::vector<Message> &attributes, const std::string &from = "c",
             const std::string &to = "y") {
  return node(type, {from}, {to}, attributes, "pool");
}

const Message three = ints("kernel_shape", {3, 3}), two = ints("kernel_shape", {2, 2}),
              by_two = ints("strides", {2, 2}), padded = ints("pads", {1, 1, 1, 1});

} // namespace

TEST(TrailingPool, Largest) {
  EXPECT_EQ(behind({pool("MaxPool", {two, by_two})}),
            "max:kh2kw2sh2sw2ph0pw0eh0ew-1 [] -> y, 0 left: an output of the model");
  EXPECT_EQ(behind({pool("MaxPool", {three, by_two, ints("pads", {0, 1, 1, 0})})}),
            "max:kh3kw3sh2sw2ph0pw1eh1ew-1 [] -> y, 0 left: an output of the model");
}

TEST(TrailingPool, Averages) { // the divisor counts the padding or does not
  EXPECT_EQ(behind({pool("AveragePool", {three, padded})}),
            "avg_np:kh3kw3sh1sw1ph1pw1eh1ew1 [] -> y, 0 left: an output of the model");
  EXPECT_EQ(behind({pool("AveragePool", {three, padded, integer("count_include_pad", 1)})}),
            "avg_p:kh3kw3sh1sw1ph1pw1eh1ew1 [] -> y, 0 left: an output of the model");
}

TEST(TrailingPool, PaddingThatFollowsFromTheSizes) {
  EXPECT_EQ(
      behind({pool("MaxPool", {three, by_two, integer("ceil_mode", 1)})}), // a row and a column of 2 taps
      "max:kh3kw3sh2sw2ph0pw0eh1ew0 [] -> y, 0 left: an output of the model");
  EXPECT_EQ(behind({pool("MaxPool", {two, by_two, word("auto_pad", "SAME_LOWER")})}),
            "max:kh2kw2sh2sw2ph0pw1eh0ew0 [] -> y, 0 left: an output of the model");
}

TEST(TrailingPool, OfOneDimension) {
  EXPECT_EQ(behind({pool("MaxPool", {ints("kernel_shape", {2}), ints("strides", {2})})}, {1, 3, 9}),
            "max:kw2sw2pw0ew-1 [] -> y, 0 left: an output of the model");
}

TEST(TrailingPool, BehindWhatElseIsFolded) {
  EXPECT_EQ(behind({node("Add", {"c", "r"}, {"s"}), node("Sigmoid", {"s"}, {"t"}),
                    pool("AveragePool", {two, by_two}, "t")}),
            "avg_np:kh2kw2sh2sw2ph0pw0eh0ew-1 [residual,sigmoid] -> y, 0 left: an output of the model");
}

TEST(TrailingPool, ActivationsThatCutOffMayAsWellStandBefore) {
  EXPECT_EQ(behind({pool("MaxPool", {two, by_two}, "c", "p"), node("Relu", {"p"}, {"y"})}),
            "max:kh2kw2sh2sw2ph0pw0eh0ew-1 [relu] -> y, 0 left: an output of the model");
  EXPECT_EQ(behind({node("Tanh", {"c"}, {"t"}), pool("MaxPool", {two, by_two}, "t", "p"),
                    node("Relu", {"p"}, {"y"}), node("Sigmoid", {"y"}, {"z"}, {}, "last")}),
            "max:kh2kw2sh2sw2ph0pw0eh0ew-1 [tanh,relu] -> y, 1 left: an output of the model");
  EXPECT_EQ(behind({pool("MaxPool", {two, by_two}, "c", "p"), node("Sigmoid", {"p"}, {"y"}, {}, "last")}),
            "max:kh2kw2sh2sw2ph0pw0eh0ew-1 [] -> p, 1 left: Sigmoid 'last' stands behind the pooling");
  EXPECT_EQ(behind({pool("AveragePool", {two, by_two}, "c", "p"), node("Relu", {"p"}, {"y"}, {}, "last")}),
            "avg_np:kh2kw2sh2sw2ph0pw0eh0ew-1 [] -> p, 1 left: Relu 'last' stands behind the pooling");
  EXPECT_EQ(behind({pool("MaxPool", {two}, "c", "p"), pool("MaxPool", {two}, "p")}),
            "max:kh2kw2sh1sw1ph0pw0eh0ew0 [] -> p, 1 left: MaxPool 'pool#2' stands behind the pooling");
}

TEST(TrailingPool, WhatOthersNeedIsStored) {
  const std::vector<Message> twice{pool("MaxPool", {two, by_two}, "c", "p"),
                                   node("Sigmoid", {"c"}, {"y"}, {}, "other")};
  EXPECT_EQ(pooled(onnx_graph(twice, {"y", "p"}, {1, 3, 8, 9})),
            "none [] -> c, 2 left: 2 nodes read it: MaxPool 'pool', Sigmoid 'other'");
  EXPECT_EQ(pooled(onnx_graph({pool("MaxPool", {two, by_two})}, {"y", "c"}, {1, 3, 8, 9})),
            "none [] -> c, 1 left: an output of the model");
}

TEST(TrailingPool, SaysWhyNoKernelDoesIt) {
  const auto reason = [](const Message &one, const Sizes &image = {1, 3, 8, 9}) {
    const std::string text = behind({one}, image), beginning = "none [] -> c, 1 left: MaxPool 'pool': ";
    EXPECT_EQ(text.substr(0, beginning.size()), beginning);
    return text.substr(beginning.size());
  };
  EXPECT_EQ(reason(pool("MaxPool", {ints("kernel_shape", {9, 2})}), {1, 3, 12, 9}),
            "pooling: kh: 9 (expected 1 to 8)");
  EXPECT_EQ(reason(pool("MaxPool", {two, ints("dilations", {2, 1})})),
            "pooling: a dilation of 2 (expected 1, windows of neighbours)");
  EXPECT_EQ(reason(pool("MaxPool", {ints("kernel_shape", {2, 2, 2})}), {1, 3, 8, 8, 8}),
            "pooling: max (expected none of a 3-D problem)");
}

TEST(TrailingPool, OfTransposedConvolutionsStays) {
  const std::string file =
      onnx_file({{node("ConvTranspose", {"x", "w"}, {"c"}, {by_two}), pool("MaxPool", {two, by_two})},
                 {tensor("w", {1, 1, 2, 2}, {1, 2, 3, 4})},
                 {value("x", {1, 1, 4, 4})},
                 {value("y", {})}});
  EXPECT_EQ(
      pooled(onnx::parse_onnx_model(test::bytes_of(file), {})),
      "none [] -> c, 1 left: MaxPool 'pool': pooling: max (expected none of a transposed convolution, or "
      "of one with windows that lie wholly in the padding)");
}

TEST(TrailingPool, OfProductsStays) { // whose axes are none of an image
  const auto of = [](const Message &kernel) {
    const std::string file = onnx_file({{node("MatMul", {"x", "w"}, {"c"}), pool("MaxPool", {kernel})},
                                        {tensor("w", {4, 4}, std::vector<float>(16, 1))},
                                        {value("x", {1, 3, 4, 4})},
                                        {value("y", {})}});
    return pooled(onnx::parse_onnx_model(test::bytes_of(file), {}));
  };
  EXPECT_EQ(
      of(two),
      "none [] -> c, 1 left: MaxPool 'pool': pooling: along axis 3 (expected along spatial axes alone)");
  EXPECT_EQ(of(ints("kernel_shape", {2, 1})),
            "none [] -> c, 1 left: MaxPool 'pool': pooling: ih: 3 (expected 1, the convolution's oh)");
}

TEST(TrailingPool, OfTensorFlowLite) {
  using namespace models::tflite;
  const auto of = [](int code, int type, int height) {
    FlatModel model;
    const int x = model.quantised_tensor("x", {1, height, 5, 1}, type, {0.5f}, {0}),
              w = type == 0
                      ? model.tensor("w", {1, 1, 1, 1}, 0, raw<float>({2}))
                      : model.quantised_tensor("w", {1, 1, 1, 1}, type, {0.5f}, {0}, std::string(1, '\1')),
              c = model.quantised_tensor("c", {1, height, 5, 1}, type, {0.5f}, {0}),
              y = model.quantised_tensor("y", {1, (height + 1) / 2, 3, 1}, type, {0.5f}, {0});
    const Flat same = Flat().set<std::int8_t>(0, 0);
    model.operation(CONV_2D, {x, w}, {c}, Flat(same).set<std::int32_t>(1, 1).set<std::int32_t>(2, 1));
    model.operation(
        code, {c}, {y},
        Flat(same).set<std::int32_t>(1, 2).set<std::int32_t>(2, 2).set<std::int32_t>(3, 3).set<std::int32_t>(
            4, 3));
    const std::string file = model.file({x}, {y});
    return pooled(parse_tflite_model({reinterpret_cast<const std::uint8_t *>(file.data()), file.size()}, {}));
  };
  // SAME: an odd element of padding goes to the end.
  EXPECT_EQ(of(MAX_POOL_2D, 0, 4), "max:kh3kw3sh2sw2ph0pw1eh1ew1 [] -> y, 0 left: an output of the model");
  EXPECT_EQ(of(AVERAGE_POOL_2D, 0, 7),
            "avg_np:kh3kw3sh2sw2ph1pw1eh1ew1 [] -> y, 0 left: an output of the model");
  EXPECT_EQ(of(MAX_POOL_2D, 9, 4),
            "none [] -> c, 1 left: MAX_POOL_2D 'y': pooling: max (expected none of 8-bit "
            "integers)");
}

TEST(TrailingPool, OfKeras) {
  // One layer of 3x3, three channels to four, with a bias.
  std::ifstream stream(std::string(CONVFORGE_KERAS_MODELS) + "/example.keras", std::ios::binary);
  const std::vector<std::uint8_t> file{std::istreambuf_iterator<char>(stream), {}};
  ConstantBudget budget(file.size());
  const keras::ZipMember weights = keras::ZipArchive(file).read("model.weights.h5", file.size(), budget);
  const auto of = [&](const std::string &type, const std::string &arguments) {
    return pooled(keras::parse_keras_parts(
        fmt::format(
            R"({{"class_name": "Sequential", "config": {{"name": "example", "layers": [)"
            R"({{"class_name": "InputLayer", "config": {{"name": "image", "batch_shape": [null, 8, 7, 3]}}}},)"
            R"({{"class_name": "Conv2D", "config": {{"name": "conv", "filters": 4, "kernel_size": [3, 3],)"
            R"("padding": "same", "activation": "relu"}}}},)"
            R"({{"class_name": "{}", "config": {{"name": "pool", {}}}}}]}}}})",
            type, arguments),
        weights.bytes, {}));
  };
  EXPECT_EQ(of("MaxPooling2D", R"("pool_size": [2, 2])"),
            "max:kh2kw2sh2sw2ph0pw0eh0ew-1 [bias,relu] -> pool, 0 left: an output of the model");
  EXPECT_EQ(of("AveragePooling2D", R"("pool_size": 3, "strides": 2, "padding": "same")"),
            "avg_np:kh3kw3sh2sw2ph0pw1eh1ew1 [bias,relu] -> pool, 0 left: an output of the model");
}
