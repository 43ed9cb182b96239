// 8-bit convolutions of TensorFlow Lite: which kernels they are, what is folded into them, and what is
// refused.
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

constexpr int f32_type = 0, s32_type = 2, u8_type = 3, s8_type = 9;

struct Folded {
  Graph graph;
  FoldedModel model;
};

Folded folded(const FlatModel &model, int x, int y) {
  const std::string file = model.file({x}, {y});
  Graph graph = parse_tflite_model({reinterpret_cast<const std::uint8_t *>(file.data()), file.size()});
  FoldedModel made = fold(graph);
  return {std::move(graph), std::move(made)};
}

std::string words(const FoldedModel &model) {
  if (model.convolutions.size() != 1)
    return model.refused.at(0).reason;
  Problem problem = model.convolutions[0].problem;
  problem.name.clear();
  return problem.descriptor() + " " + std::string(name_of(problem.weights_layout)) + " " +
         name_of(problem.types) + " " + zero_points_text(problem.quantisation) + " " +
         std::string(name_of(problem.quantisation.rounding)) + " " + problem.epilogue.text();
}

Flat convolution_options(int activation, int activation_field = 3) {
  return Flat().set<std::int8_t>(0, 1).set<std::int32_t>(1, 1).set<std::int32_t>(2, 1).set<std::int8_t>(
      activation_field, static_cast<std::int8_t>(activation));
}

/// A CONV_2D of 1x1 from two channels to two; each part can be another one.
struct Layer {
  int x_type = s8_type, w_type = s8_type, b_type = s32_type, y_type = s8_type, activation = 0;
  std::vector<float> x_scale{0.5f}, w_scales{0.25f, 0.1f}, y_scale{0.3f};
  std::vector<std::int64_t> x_zero{-3}, w_zero{0, 0}, y_zero{7};
  std::string weights = raw(std::vector<std::int8_t>{1, -128, 3, 127});
  int axis = 0, code = CONV_2D;

  Folded fold() const {
    FlatModel model;
    const int x = model.quantised_tensor("x", {1, 4, 4, 2}, x_type, x_scale, x_zero),
              w = model.quantised_tensor("w", {2, 1, 1, 2}, w_type, w_scales, w_zero, weights, axis),
              b = model.tensor("b", {2}, b_type, raw(std::vector<std::int32_t>{100, -7})),
              y = model.quantised_tensor("y", {1, 4, 4, 2}, y_type, y_scale, y_zero);
    model.operation(code, {x, w, b}, {y}, convolution_options(activation));
    return folded(model, x, y);
  }
  std::string words() const { return ::words(fold().model); }
};

const std::string shape = "g1mb1ic2ih4iw4oc2oh4ow4kh1kw1sh1sw1ph0pw0dh0dw0 ohwi ";

TEST(QuantisedTflite, AConvolutionIsOneKernel) {
  const Folded one = Layer{}.fold();
  EXPECT_EQ(words(one.model), shape + "s8:s8:s8 -3:7 tflite bias");
  const EightBitConstants &constants = *one.model.convolutions.at(0).eight_bits;
  EXPECT_EQ(constants.weights, (std::vector<std::int8_t>{1, -128, 3, 127}));
  EXPECT_EQ(constants.bias, (std::vector<std::int32_t>{100, -7}));
  const auto wide = [](float number) { return static_cast<double>(number); };
  EXPECT_EQ(constants.multipliers, (std::vector<double>{wide(0.5f) * wide(0.25f) / wide(0.3f),
                                                        wide(0.5f) * wide(0.1f) / wide(0.3f)}));
  EXPECT_EQ((Layer{.w_scales = {0.5f}, .w_zero = {0}}.words()), shape + "s8:s8:s8 -3:7 tflite bias");
}

TEST(QuantisedTflite, FusedActivationsAreLimitsInSteps) {
  EXPECT_EQ(Layer{.activation = 1}.words(), shape + "s8:s8:s8 -3:7 tflite bias,relu");
  EXPECT_EQ(Layer{.activation = 3}.words(), shape + "s8:s8:s8 -3:7 tflite bias,clamp:7:27");
  EXPECT_EQ(Layer{.activation = 2}.words(), shape + "s8:s8:s8 -3:7 tflite bias,clamp:4:10");
  EXPECT_EQ((Layer{.activation = 3, .y_scale = {6 / 255.0f}, .y_zero = {-128}}.words()),
            shape + "s8:s8:s8 -3:-128 tflite bias");
  EXPECT_EQ(Layer{.activation = 3}.fold().model.glue.size(), 0u);
}

TEST(QuantisedTflite, OlderOnesWithoutASignWhereTheirWeightsFit) {
  const Layer fits{.x_type = u8_type,
                   .w_type = u8_type,
                   .y_type = u8_type,
                   .w_scales = {0.1f},
                   .x_zero = {5},
                   .w_zero = {128},
                   .weights = raw(std::vector<std::uint8_t>{0, 255, 128, 1})};
  const Folded one = fits.fold();
  EXPECT_EQ(words(one.model), shape + "u8:s8:u8 5:7 tflite bias");
  EXPECT_EQ(one.model.convolutions.at(0).eight_bits->weights, (std::vector<std::int8_t>{-128, 127, 0, -127}));
  Layer not_these = fits;
  not_these.w_zero = {120};
  EXPECT_EQ(
      not_these.words(),
      "zero point of weights: 120 beside a weight of 255 (expected weights that are -128 to 127 when it "
      "is taken from them: kernels have none)");
}

TEST(QuantisedTflite, RefusesWithNames) {
  EXPECT_EQ(Layer{.x_type = f32_type}.words(), "weights: s8 (expected f32)");
  EXPECT_EQ((Layer{.w_type = f32_type, .weights = std::string(16, '\0')}.words()),
            "weights: f32 (expected s8)");
  EXPECT_EQ(Layer{.b_type = f32_type}.words(), "bias: f32 (expected s32)");
  EXPECT_EQ(Layer{.y_type = u8_type}.words(), "output: u8 (expected s8)");
  EXPECT_EQ(Layer{.x_type = s32_type}.words(), "input: s32 (expected f32, s8 or u8)");
  EXPECT_EQ(Layer{.activation = 4}.words(), "fused_activation_function: TANH (expected RELU, RELU6, "
                                            "RELU_N1_TO_1 or none where 8-bit integers are stored)");
  EXPECT_EQ((Layer{.x_scale = {}}.words()),
            "input: s8 without a scale (expected integers whose quantization says a scale)");
  EXPECT_EQ((Layer{.x_scale = {1, 2}, .x_zero = {0, 0}}.words()),
            "input: 2 scales (expected one for all elements)");
  EXPECT_EQ(Layer{.y_scale = {-1}}.words(), "output: a scale of -1 (expected a finite number above 0)");
  EXPECT_EQ(Layer{.x_zero = {1000}}.words(),
            "source's zero point: 1000 (expected -128 to 127, which is what s8 holds)");
  EXPECT_EQ(Layer{.axis = 3}.words(), "weights: 2 scales along axis 3 (expected one, or 2 along axis 0)");
  EXPECT_EQ((Layer{.w_scales = {1, 2, 3}, .w_zero = {0, 0, 0}}.words()),
            "weights: 3 scales along axis 0 (expected one, or 2 along axis 0)");
  EXPECT_EQ((Layer{.w_zero = {0, 1}}.words()), shape + "s8:s8:s8 -3:7 tflite bias"); // 126 and 2
  EXPECT_EQ((Layer{.w_zero = {1, 0}}.words()),
            "zero point of weights: 1 beside a weight of -128 (expected weights that are -128 "
            "to 127 when it is taken from them: kernels have none)");
}

TEST(QuantisedTflite, DepthwiseAndTransposedOnes) {
  FlatModel depthwise;
  int x = depthwise.quantised_tensor("x", {1, 8, 8, 2}, s8_type, {0.5f}, {1}),
      w = depthwise.quantised_tensor("w", {1, 3, 3, 2}, s8_type, {0.5f, 0.25f}, {0, 0}, std::string(18, 'a'),
                                     3),
      y = depthwise.quantised_tensor("y", {1, 6, 6, 2}, s8_type, {1}, {-128});
  depthwise.operation(DEPTHWISE_CONV_2D, {x, w}, {y}, convolution_options(1, 4));
  EXPECT_EQ(words(folded(depthwise, x, y).model),
            "g2mb1ic2ih8iw8oc2oh6ow6kh3kw3sh1sw1ph0pw0dh0dw0 hwio s8:s8:s8 1:-128 tflite ");
  FlatModel transposed;
  const int sizes = transposed.tensor("sizes", {4}, s32_type, raw(std::vector<int>{1, 16, 16, 2}));
  x = transposed.quantised_tensor("x", {1, 8, 8, 1}, s8_type, {0.5f}, {1});
  w = transposed.quantised_tensor("w", {2, 3, 3, 1}, s8_type, {0.5f, 0.25f}, {0, 0}, std::string(18, 'a'), 0);
  y = transposed.quantised_tensor("y", {1, 16, 16, 2}, s8_type, {1}, {-128});
  transposed.operation(TRANSPOSE_CONV, {sizes, w, x}, {y},
                       Flat().set<std::int8_t>(0, 0).set<std::int32_t>(1, 2).set<std::int32_t>(2, 2));
  EXPECT_EQ(words(folded(transposed, x, y).model),
            "transposed_g1mb1ic1ih8iw8oc2oh16ow16kh3kw3sh2sw2ph0pw0dh0dw0 ohwi s8:s8:s8 1:-128 tflite ");
}

/// A CONV_2D of 1x1 from "x" to "c", and an operator behind it to "y" of a scale.
Folded with_operator(int code, float scale, const std::vector<int> &more = {}) {
  FlatModel model;
  const int x = model.quantised_tensor("x", {1, 4, 4, 1}, s8_type, {0.5f}, {1}),
            w = model.quantised_tensor("w", {1, 1, 1, 1}, s8_type, {0.5f}, {0}, "a"),
            c = model.quantised_tensor("c", {1, 4, 4, 1}, s8_type, {0.5f}, {2}),
            y = model.quantised_tensor("y", {1, 4, 4, 1}, s8_type, {scale}, {2});
  model.operation(CONV_2D, {x, w}, {c}, convolution_options(0));
  std::vector<int> inputs{c};
  for (const int id : more)
    inputs.push_back(id);
  model.operation(code, inputs, {y});
  return folded(model, x, y);
}

TEST(QuantisedTflite, OperatorsBehindIt) {
  EXPECT_TRUE(with_operator(RELU, 0.5f).model.glue.empty());
  const Folded rescaled = with_operator(RELU, 0.25f);
  EXPECT_EQ(rescaled.model.convolutions.at(0).stop, "RELU 'y' is not an operation of epilogues");
  EXPECT_EQ(std::get<Requantize>(rescaled.graph.nodes.at(1).operation).to, (Scale{{0.25f}, {2}, 0}));
  EXPECT_EQ(std::get<Requantize>(rescaled.graph.nodes.at(1).operation).limits.text(), "relu");
  EXPECT_EQ(with_operator(LOGISTIC, 0.5f).model.glue.size(), 1u);
  const Folded sum = with_operator(ADD, 0.5f, {0}); // not the arithmetic of a residual
  EXPECT_EQ(sum.model.convolutions.at(0).stop, "ADD 'y' is not an operation of epilogues");
  EXPECT_EQ(std::get<QuantisedArithmetic>(sum.graph.nodes.at(1).operation).b, (Scale{{0.5f}, {1}, 0}));
  EXPECT_EQ(std::get<OtherOperation>(with_operator(ADD, 1e-7f, {0}).graph.nodes.at(1).operation).refusal,
            "scales: summands of steps beyond a million of the sum's");
}

/// A PADV2 or, without a value, a PAD before a CONV_2D of 3x3 whose zero point is 5.
std::size_t glue_of_padded(const std::string &value) {
  FlatModel model;
  const int x = model.quantised_tensor("x", {1, 4, 4, 1}, s8_type, {0.5f}, {5}),
            p = model.tensor("p", {4, 2}, s32_type, raw(std::vector<int>{0, 0, 1, 1, 1, 1, 0, 0})),
            a = model.quantised_tensor("a", {1, 6, 6, 1}, s8_type, {0.5f}, {5}),
            w = model.quantised_tensor("w", {1, 3, 3, 1}, s8_type, {0.5f}, {0}, std::string(9, 'a')),
            y = model.quantised_tensor("y", {1, 4, 4, 1}, s8_type, {0.5f}, {2});
  std::vector<int> inputs{x, p};
  if (!value.empty())
    inputs.push_back(model.quantised_tensor("v", {1}, s8_type, {0.5f}, {5}, value));
  model.operation(value.empty() ? PAD : PADV2, inputs, {a});
  model.operation(CONV_2D, {a, w}, {y}, convolution_options(0));
  return folded(model, x, y).model.glue.size();
}

TEST(QuantisedTflite, APadOfRealZerosIsFolded) {
  EXPECT_EQ(glue_of_padded(""), 0u);
  EXPECT_EQ(glue_of_padded("\5"), 0u);
  EXPECT_EQ(glue_of_padded("\6"), 1u);
}

TEST(QuantisedTflite, WeightsOfAConvolutionInFloats) {
  FlatModel model;
  const int x = model.tensor("x", {1, 2, 2, 1}),
            q = model.quantised_tensor("q", {2, 1, 1, 1}, s8_type, {0.5f, 0.25f}, {0, 1}, "\4\5"),
            w = model.tensor("w", {2, 1, 1, 1}), y = model.tensor("y", {1, 2, 2, 2});
  model.operation(DEQUANTIZE, {q}, {w});
  model.operation(CONV_2D, {x, w}, {y}, convolution_options(0));
  const Folded one = folded(model, x, y);
  EXPECT_EQ(one.model.convolutions.at(0).constants.at(0).second, (std::vector<float>{2, 1}));
}

TEST(QuantisedTflite, QuantizeAndDequantizeAreWords) {
  FlatModel model;
  const int x = model.tensor("x", {4}), q = model.quantised_tensor("q", {4}, s8_type, {0.5f}, {3}),
            r = model.quantised_tensor("r", {4}, s8_type, {0.25f}, {3}), y = model.tensor("y", {4});
  model.operation(QUANTIZE, {x}, {q});
  model.operation(QUANTIZE, {q}, {r});
  model.operation(DEQUANTIZE, {r}, {y});
  const Graph graph = folded(model, x, y).graph;
  EXPECT_EQ(std::get<Quantize>(graph.nodes.at(0).operation).scale, (Scale{{0.5f}, {3}, 0}));
  EXPECT_EQ(std::get<Quantize>(graph.nodes.at(0).operation).ties, Quantize::Ties::away);
  EXPECT_EQ(std::get<Requantize>(graph.nodes.at(1).operation).to, (Scale{{0.25f}, {3}, 0}));
  EXPECT_EQ(std::get<Dequantize>(graph.nodes.at(2).operation).scale, (Scale{{0.25f}, {3}, 0}));
}

} // namespace
