// TensorFlow Lite files as graphs: layouts, constants in fewer bytes, fused activations, and what is refused.
#include "error_of.hpp"
#include "models/folding/fold.hpp"
#include "models/tflite/schema.hpp"
#include "models/tflite/tflite_model.hpp"
#include "tflite_writer.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::models::tflite;
using test::Flat;
using test::FlatModel;
using test::raw;

namespace {

Graph read(const std::string &file, const InputShapes &sizes = {}) {
  return parse_tflite_model({reinterpret_cast<const std::uint8_t *>(file.data()), file.size()}, sizes);
}

std::string floats(std::size_t count, float value = 1) {
  return raw(std::vector<float>(count, value));
}

/// Options of CONV_2D and, with the activation's field, of others.
Flat options(int padding, int stride, int activation = 0, int activation_field = 3) {
  return Flat()
      .set<std::int8_t>(0, static_cast<std::int8_t>(padding))
      .set<std::int32_t>(1, stride)
      .set<std::int32_t>(2, stride)
      .set<std::int8_t>(activation_field, static_cast<std::int8_t>(activation));
}

/// The descriptor, weights' layout and epilogue of a folded model of one convolution.
std::string folded(const FlatModel &model, int x, int y) {
  const FoldedModel folded = fold(read(model.file({x}, {y})));
  if (folded.convolutions.size() != 1)
    return folded.refused.at(0).reason;
  Problem problem = folded.convolutions[0].problem;
  problem.name.clear();
  return problem.descriptor() + " " + std::string(name_of(problem.layout)) + " " +
         std::string(name_of(problem.weights_layout)) + " " + problem.epilogue.text();
}

TEST(TfliteModel, AConvolutionWithAFusedActivation) {
  FlatModel model;
  const int x = model.tensor("x", {1, 8, 8, 3}), w = model.tensor("w", {4, 3, 3, 3}, 0, floats(108)),
            b = model.tensor("b", {4}, 0, floats(4)), y = model.tensor("y", {1, 4, 4, 4});
  model.operation(CONV_2D, {x, w, b}, {y}, options(0, 2, 3));
  EXPECT_EQ(folded(model, x, y), "g1mb1ic3ih8iw8oc4oh4ow4kh3kw3sh2sw2ph0pw0dh0dw0 nhwc ohwi bias,relu6");
  const Graph graph = read(model.file({x}, {y}));
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].name, "y");
  EXPECT_EQ(graph.nodes[1].name, "y/relu6");
}

TEST(TfliteModel, DepthwiseGroupedAndTransposedOnes) {
  FlatModel depthwise;
  int x = depthwise.tensor("x", {1, 8, 8, 3}), w = depthwise.tensor("w", {1, 3, 3, 6}, 0, floats(54)),
      y = depthwise.tensor("y", {1, 6, 6, 6});
  depthwise.operation(DEPTHWISE_CONV_2D, {x, w}, {y}, options(1, 1, 1, 4));
  EXPECT_EQ(folded(depthwise, x, y), "g3mb1ic3ih8iw8oc6oh6ow6kh3kw3sh1sw1ph0pw0dh0dw0 nhwc hwio relu");
  FlatModel grouped;
  x = grouped.tensor("x", {1, 8, 8, 4}), w = grouped.tensor("w", {6, 1, 1, 2}, 0, floats(12)),
  y = grouped.tensor("y", {1, 8, 8, 6});
  grouped.operation(CONV_2D, {x, w}, {y}, options(1, 1));
  EXPECT_EQ(folded(grouped, x, y), "g2mb1ic4ih8iw8oc6oh8ow8kh1kw1sh1sw1ph0pw0dh0dw0 nhwc ohwi ");
  FlatModel transposed;
  const int sizes = transposed.tensor("sizes", {4}, 2, raw(std::vector<int>{1, 16, 16, 2}));
  x = transposed.tensor("x", {1, 8, 8, 3}), w = transposed.tensor("w", {2, 3, 3, 3}, 0, floats(54));
  y = transposed.tensor("y", {1, 16, 16, 2});
  transposed.operation(TRANSPOSE_CONV, {sizes, w, x}, {y}, options(0, 2));
  EXPECT_EQ(folded(transposed, x, y),
            "transposed_g1mb1ic3ih8iw8oc2oh16ow16kh3kw3sh2sw2ph0pw0dh0dw0 nhwc ohwi ");
}

TEST(TfliteModel, HalvesBehindDequantize) {
  FlatModel model;
  const int x = model.tensor("x", {1, 2, 2, 1}),
            half = model.tensor("h", {1, 1, 1, 1}, 1, raw(std::vector<std::uint16_t>{0x4100})),
            w = model.tensor("w", {1, 1, 1, 1}), y = model.tensor("y", {1, 2, 2, 1});
  model.operation(DEQUANTIZE, {half}, {w});
  model.operation(CONV_2D, {x, w}, {y}, options(1, 1));
  const FoldedModel folded = fold(read(model.file({x}, {y})));
  ASSERT_EQ(folded.convolutions.size(), 1u);
  EXPECT_EQ(folded.convolutions[0].constants[0].second, std::vector<float>{2.5f});
}

Flat dense(int size) {
  return Flat().set<std::int8_t>(0, 0).set<std::int32_t>(1, size);
}
Flat compressed(const std::vector<int> &segments, const std::vector<std::uint8_t> &indices) {
  return Flat()
      .set<std::int8_t>(0, 1)
      .set<std::uint8_t>(2, 1)
      .child(3, Flat().numbers(0, segments))
      .set<std::uint8_t>(4, 3)
      .child(5, Flat().numbers(0, indices));
}

/// The weights of a sparse constant of 2 x 1 x 1 x 4, or what is wrong with it.
std::string densified(const Flat &sparsity, const std::vector<float> &values) {
  FlatModel model;
  const int s = model.sparse_tensor("s", {2, 1, 1, 4}, 0, raw(values), sparsity),
            w = model.tensor("w", {2, 1, 1, 4});
  model.operation(DENSIFY, {s}, {w});
  try {
    const Graph graph = read(model.file({}, {w}));
    std::string text;
    for (const double value : numbers_of(graph.tensor(w)))
      text += std::to_string(static_cast<int>(value));
    return text;
  } catch (const Error &error) {
    return error.what();
  }
}

TEST(TfliteModel, SparseOnesBehindDensify) {
  const Flat rows = Flat()
                        .numbers(0, std::vector<int>{0, 1, 2, 3})
                        .tables(2, {dense(2), dense(1), dense(1), compressed({0, 1, 3}, {2, 0, 3})});
  EXPECT_EQ(densified(rows, {5, 6, 7}), "00506007");
  // Blocks of 1 x 2 of the last axis.
  const Flat blocks = Flat()
                          .numbers(0, std::vector<int>{0, 1, 2, 3, 4})
                          .numbers(1, std::vector<int>{3})
                          .tables(2, {dense(2), dense(1), dense(1), compressed({0, 1, 2}, {1, 0}), dense(2)});
  EXPECT_EQ(densified(blocks, {1, 2, 3, 4}), "00123400");
  const Flat outside = Flat()
                           .numbers(0, std::vector<int>{0, 1, 2, 3})
                           .tables(2, {dense(2), dense(1), dense(1), compressed({0, 1, 3}, {2, 0, 4})});
  EXPECT_EQ(densified(outside, {5, 6, 7}), "sparsity: an index leads out of its axis");
  EXPECT_EQ(densified(rows, {5, 6}), "sparsity: more places than values");
  const Flat large = Flat()
                         .numbers(0, std::vector<int>{0, 1, 2, 3})
                         .tables(2, {dense(1 << 30), dense(1), dense(1), dense(4)});
  EXPECT_EQ(densified(large, {5}), "sparsity: a dense level of another size than its axis");
}

TEST(TfliteModel, APadAndSlopesAreFolded) {
  FlatModel model;
  const int x = model.tensor("x", {1, 8, 8, 1}),
            p = model.tensor("p", {4, 2}, 2, raw(std::vector<int>{0, 0, 1, 1, 0, 1, 0, 0})),
            a = model.tensor("a", {1, 10, 9, 1}), w = model.tensor("w", {2, 3, 3, 1}, 0, floats(18)),
            c = model.tensor("c", {1, 8, 7, 2}), s = model.tensor("s", {1, 1, 2}, 0, floats(2, 0.5f)),
            y = model.tensor("y", {1, 8, 7, 2});
  model.operation(PAD, {x, p}, {a});
  model.operation(CONV_2D, {a, w}, {c}, options(1, 1));
  model.operation(PRELU, {c, s}, {y});
  EXPECT_EQ(folded(model, x, y), "g1mb1ic1ih8iw8oc2oh8ow7kh3kw3sh1sw1ph1pw0dh0dw0 nhwc ohwi prelu");
}

namespace {

/// MediaPipe's, 2x3 to two channels, of an image of 4x5.
std::string transposed_with_bias(const std::vector<std::int32_t> &parameters,
                                 const std::vector<int> &output) {
  FlatModel model;
  const int x = model.tensor("x", {1, 4, 5, 3}), w = model.tensor("w", {2, 2, 3, 3}, 0, floats(36)),
            b = model.tensor("b", {2}, 0, floats(2)), y = model.tensor("y", output);
  model.operation(CUSTOM, {x, w, b}, {y}, {}, "Convolution2DTransposeBias", raw(parameters));
  return folded(model, x, y);
}

} // namespace

TEST(TfliteModel, TransposedConvolutionsOfMediaPipe) {
  const std::string folded = transposed_with_bias({1, 2, 2}, {1, 8, 9, 2});
  EXPECT_EQ(folded.substr(0, 44), "transposed_g1mb1ic3ih4iw5oc2oh8ow9kh2kw3sh2s");
  EXPECT_EQ(folded.substr(folded.find(' ')), " nhwc ohwi bias");
  EXPECT_NE(transposed_with_bias({2, 2, 2}, {1, 8, 11, 2}).find("oh8ow11"), std::string::npos);
  EXPECT_EQ(transposed_with_bias({1}, {1, 8, 9, 2}),
            "custom_options: 4 bytes (expected 12: padding, stride_width and stride_height)");
  EXPECT_EQ(transposed_with_bias({0, 2, 2}, {1, 8, 9, 2}), "padding: 0 (expected 1, SAME, or 2, VALID)");
  EXPECT_EQ(transposed_with_bias({1, 0, 2}, {1, 8, 9, 2}), "stride_width: 0 (expected 1 at least)");
  EXPECT_EQ(transposed_with_bias({2, 2, 2}, {1, 8, 9, 2}),
            "output: 1x8x9x2 (expected 11 elements of axis 2)");
}

TEST(TfliteModel, RefusesWithNames) {
  FlatModel model;
  const int x = model.tensor("x", {1, 8, 8, 1}, 9), w = model.tensor("w", {2, 1, 1, 1}, 9, "ab"),
            y = model.tensor("y", {1, 8, 8, 2}, 9);
  model.operation(CONV_2D, {x, w}, {y}, options(1, 1));
  EXPECT_EQ(folded(model, x, y),
            "input: s8 without a scale (expected integers whose quantization says a scale)");
  FlatModel double_depthwise; // A first size that is not 1.
  const int in = double_depthwise.tensor("x", {1, 8, 8, 1}),
            twice = double_depthwise.tensor("w", {2, 1, 1, 1}, 0, floats(2)),
            out = double_depthwise.tensor("y", {1, 8, 8, 1});
  double_depthwise.operation(DEPTHWISE_CONV_2D, {in, twice}, {out}, options(1, 1, 0, 4));
  EXPECT_EQ(folded(double_depthwise, in, out), "weights: 2 of them (expected 1x1x1x1)");
  FlatModel custom;
  const int from = custom.tensor("x", {1, 8, 8, 1}), to = custom.tensor("y", {1, 16, 16, 1});
  custom.operation(CUSTOM, {from}, {to}, {}, "Convolution2DOfNobody");
  EXPECT_EQ(folded(custom, from, to),
            "operator: Convolution2DOfNobody (expected CONV_2D, "
            "DEPTHWISE_CONV_2D, TRANSPOSE_CONV, CONV_3D or Convolution2DTransposeBias)");
  EXPECT_EQ(error_of([&] { read(custom.file({from}, {to}), {{"x", {1, 9, 9, 1}}}); }),
            "--input x: 1x9x9x1 (expected 1x8x8x1 as the model has it, numbers where it has ?)");
  FlatModel cycle;
  const int once = cycle.tensor("once", {1});
  cycle.operation(NEG, {once}, {once});
  EXPECT_EQ(error_of([&] { read(cycle.file({}, {once})); }),
            "NEG 'once': reads 'once' (expected a tensor that is made before it)");
  cycle.operation(NEG, {once}, {once});
  EXPECT_EQ(error_of([&] { read(cycle.file({}, {once})); }),
            "NEG 'once': makes 'once' (expected a tensor that no other node makes)");
  FlatModel shorter;
  shorter.tensor("w", {2, 2}, 0, floats(3));
  EXPECT_EQ(error_of([&] { read(shorter.file({}, {})); }),
            "tensor 'w': 12 bytes (expected 16: 2x2 elements of f32)");
  EXPECT_TRUE(contains(error_of([] { read("no model at all"); }), "TFL3 behind four bytes"));
}

TEST(TfliteModel, EveryTruncationIsRefusedOrRead) {
  FlatModel model;
  const int x = model.tensor("x", {1, 8, 8, 3}), w = model.tensor("w", {4, 3, 3, 3}, 0, floats(108)),
            y = model.tensor("y", {1, 4, 4, 4});
  model.operation(CONV_2D, {x, w}, {y}, options(0, 2, 3));
  const std::string file = model.file({x}, {y});
  int refused = 0;
  for (std::size_t size = 0; size < file.size(); ++size)
    refused += error_of([&] { read(file.substr(0, size)); }) != "no error";
  EXPECT_EQ(refused, static_cast<int>(file.size())); // The weights come last.
}

} // namespace
