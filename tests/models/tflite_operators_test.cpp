// Operators of TensorFlow Lite between convolutions, in the graph's words: with their options, resized images
// beside what LiteRT's reference kernels answer, and what is refused.
#include "models/folding/fold.hpp"
#include "models/tflite/schema.hpp"
#include "models/tflite/tflite_model.hpp"
#include "operation_text.hpp"
#include "tflite_writer.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::models::tflite;
using test::Flat;
using test::FlatModel;
using test::raw;
using test::text_of;

namespace {

using FlatShape = std::vector<int>;

/// A tensor behind the data: floats of a shape, or a list of whole numbers.
struct FlatConstant {
  FlatShape shape;
  std::vector<int> numbers = {}; ///< empty: floats
};

struct OneOperator {
  int code;
  FlatShape input, output;
  std::vector<FlatConstant> constants = {};
  Flat options = {};
  int type = 0; ///< of input and output
  std::vector<FlatShape> more_outputs = {};
  bool data_is_last = false; ///< behind the constants
};

Graph graph_of_operator(const OneOperator &one) {
  FlatModel model;
  const int x = model.tensor("x", one.input, one.type);
  std::vector<int> inputs{x}, outputs{model.tensor("y", one.output, one.type)};
  for (const FlatConstant &constant : one.constants) {
    std::size_t count = 1;
    for (const int size : constant.shape)
      count *= static_cast<std::size_t>(size);
    const bool whole = !constant.numbers.empty();
    inputs.push_back(model.tensor("c" + std::to_string(inputs.size()), constant.shape, whole ? 2 : 0,
                                  whole ? raw(constant.numbers) : raw(std::vector<float>(count))));
  }
  if (one.data_is_last)
    std::swap(inputs.front(), inputs.back());
  for (const FlatShape &shape : one.more_outputs)
    outputs.push_back(model.tensor("y" + std::to_string(outputs.size()), shape, one.type));
  model.operation(one.code, inputs, outputs, one.options);
  const std::string file = model.file({x}, {outputs[0]});
  return parse_tflite_model({reinterpret_cast<const std::uint8_t *>(file.data()), file.size()});
}

/// All nodes in words.
std::string meaning(const OneOperator &one) {
  const Graph graph = graph_of_operator(one);
  std::string text;
  for (const Node &node : graph.nodes)
    text += (text.empty() ? "" : "; ") + text_of(graph, node);
  return text;
}

std::string flat_refusal(const OneOperator &one) {
  const Graph graph = graph_of_operator(one);
  const auto *other = std::get_if<OtherOperation>(&graph.nodes.at(0).operation);
  EXPECT_EQ(graph.nodes[0].name, "y");
  return other ? other->refusal : "taken";
}

FlatConstant whole(const std::vector<int> &numbers) {
  return {{static_cast<int>(numbers.size())}, numbers};
}

Flat pool_options(int padding, int stride, int filter, int activation = 0) {
  return Flat()
      .set<std::int8_t>(0, static_cast<std::int8_t>(padding))
      .set<std::int32_t>(1, stride)
      .set<std::int32_t>(2, stride)
      .set<std::int32_t>(3, filter)
      .set<std::int32_t>(4, filter)
      .set<std::int8_t>(5, static_cast<std::int8_t>(activation));
}

TEST(TfliteOperators, Pools) {
  EXPECT_EQ(meaning({MAX_POOL_2D, {1, 8, 9, 3}, {1, 4, 5, 3}, {}, pool_options(0, 2, 2)}),
            "maximum 1,2,2,1 stride 1,2,2,1 dilation 1,1,1,1 begin 0,0,0,0 -> 1x4x5x3");
  EXPECT_EQ(
      meaning({AVERAGE_POOL_2D, {1, 8, 8, 3}, {1, 8, 8, 3}, {}, pool_options(0, 1, 3, 1)}),
      "average 1,3,3,1 stride 1,1,1,1 dilation 1,1,1,1 begin 0,1,1,0 -> 1x8x8x3; steps [relu] -> 1x8x8x3");
  EXPECT_EQ(meaning({MAX_POOL_2D, {1, 8, 8, 3}, {1, 3, 3, 3}, {}, pool_options(1, 2, 3)}),
            "maximum 1,3,3,1 stride 1,2,2,1 dilation 1,1,1,1 begin 0,0,0,0 -> 1x3x3x3");
  const FlatShape image{1, 8, 8, 3};
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, image, image, {}, pool_options(1, 2, 3)}),
            "output=1x8x8x3 (expected 3 elements of axis 1)");
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, image, image, {}, pool_options(2, 1, 3)}),
            "padding=2 (expected 0, SAME, or 1, VALID)");
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, image, image, {}, pool_options(0, 0, 3)}),
            "stride_h=0 (expected 1 to 1048576)");
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, image, image, {}, pool_options(0, 1, -1)}),
            "filter_height=-1 (expected 1 to 1048576)");
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, image, image, {}, pool_options(0, 1, 1, 5)}),
            "fused_activation_function=5 (expected 0 to 4)");
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, image, image, {}, pool_options(0, 1, 3), 2}),
            "type=s32 (expected f32, f16, f64, u8 or s8)");
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, {8, 8}, {8, 8}, {}, pool_options(0, 1, 3)}),
            "input=8x8 (expected 4 axes)");
  EXPECT_EQ(flat_refusal({MAX_POOL_2D, {1, -1, 8, 3}, image, {}, pool_options(0, 1, 3)}),
            "sizes are not known: --input says those of the model's inputs");
}

TEST(TfliteOperators, Reductions) {
  EXPECT_EQ(meaning({MEAN, {1, 8, 8, 3}, {1, 1, 1, 3}, {whole({1, -2})}}), "mean over 1,2 -> 1x1x1x3");
  EXPECT_EQ(meaning({SUM, {1, 8, 8, 3}, {1, 3}, {whole({2, 1})}}), "sum over 1,2 -> 1x3");
  EXPECT_EQ(meaning({REDUCE_MAX, {2, 3}, {2}, {whole({1})}}), "maximum over 1 -> 2");
  EXPECT_EQ(meaning({REDUCE_MIN, {2, 3}, {1, 3}, {whole({0})}}), "minimum over 0 -> 1x3");
  EXPECT_EQ(flat_refusal({MEAN, {2, 3}, {2}, {whole({2})}}), "axes=2 (expected one of 2)");
  EXPECT_EQ(flat_refusal({MEAN, {2, 3}, {3}, {whole({1})}}), "output=3 (expected 2x1)");
}

TEST(TfliteOperators, PartsOfTensors) {
  const Flat joined = Flat().set<std::int32_t>(0, -1).set<std::int8_t>(1, 3);
  EXPECT_EQ(meaning({CONCATENATION, {2, 3}, {2, 7}, {{{2, 4}}}, joined}),
            "concatenation by 1 -> 2x7; steps [relu6] -> 2x7");
  EXPECT_EQ(flat_refusal({CONCATENATION, {2, 3}, {2, 8}, {{{2, 4}}}, joined}),
            "sizes=7 (expected 8 by axis 1)");
  EXPECT_EQ(flat_refusal({CONCATENATION, {2, 3}, {2, 7}, {{{2, 4}}}, Flat().set<std::int32_t>(0, 2)}),
            "axis=2 (expected one of 2)");
  const OneOperator split{SPLIT, {2, 6}, {2, 3}, {whole({1})}, {}, 0, {{2, 3}}, true};
  EXPECT_EQ(meaning(split), "split by 1 -> 2x3");
  const Graph graph = graph_of_operator(split);
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[0]).name, "x");
  EXPECT_EQ(meaning({SPLIT_V, {2, 6}, {2, 2}, {whole({2, 4}), whole({-1})}, {}, 0, {{2, 4}}}),
            "split by 1 -> 2x2");
  EXPECT_EQ(flat_refusal({SPLIT_V, {2, 6}, {2, 2}, {whole({2, 3}), whole({1})}, {}, 0, {{2, 3}}}),
            "sizes=5 (expected 6 by axis 1)");
  EXPECT_EQ(meaning({SLICE, {4, 6}, {2, 5}, {whole({1, 1}), whole({2, -1})}}),
            "slice from 1,1 by 1,1 -> 2x5");
  EXPECT_EQ(flat_refusal({SLICE, {4, 6}, {2, 5}, {whole({1, 1}), whole({2, 4})}}),
            "output=2x5 (expected 2x4)");
  EXPECT_EQ(flat_refusal({SLICE, {4, 6}, {2, 5}, {whole({1, 2}), whole({2, 5})}}),
            "output=2x5 (expected elements of 4x6)");
  EXPECT_EQ(flat_refusal({SLICE, {4, 6}, {2, 5}, {{{2}}}}), "size=left out (expected constants)");
}

TEST(TfliteOperators, ComputedSizesOfAReshapeAreNotRead) { // the file has those of its output
  EXPECT_EQ(graph_of_operator({RESHAPE, {2, 3}, {3, 2}, {whole({3, 2})}}).nodes.at(0).inputs.size(), 1u);
}

TEST(TfliteOperators, PackedTensors) {
  const Flat second = Flat().set<std::int32_t>(0, 2).set<std::int32_t>(1, 1);
  EXPECT_EQ(meaning({PACK, {2, 3}, {2, 2, 3}, {{{2, 3}}}, second}),
            "concatenation by 1 -> 2x6; reshape -> 2x2x3");
  const Flat behind = Flat().set<std::int32_t>(0, 2).set<std::int32_t>(1, -1); // the constant needs no node
  EXPECT_EQ(meaning({PACK, {2, 3}, {2, 3, 2}, {{{2, 3}}}, behind}),
            "reshape -> 2x3x1; concatenation by 2 -> 2x3x2");
  EXPECT_EQ(flat_refusal({PACK, {2}, {2, 2}, {{{2}}}, Flat().set<std::int32_t>(1, 2)}),
            "axis=2 (expected one before or behind one of the 1 axes)");
}

TEST(TfliteOperators, FunctionsComparisonsAndChoices) {
  const FlatShape image{2, 3};
  EXPECT_EQ(meaning({ABS, image, image}), "absolute -> 2x3");
  EXPECT_EQ(meaning({EXP, image, image}), "exponential -> 2x3");
  EXPECT_EQ(meaning({LOG, image, image}), "logarithm -> 2x3");
  EXPECT_EQ(meaning({SQRT, image, image}), "square root -> 2x3");
  EXPECT_EQ(meaning({RSQRT, image, image}), "reciprocal square root -> 2x3");
  EXPECT_EQ(meaning({SQUARE, image, image}), "square -> 2x3");
  EXPECT_EQ(meaning({POW, image, image, {{{1}}}}), "power -> 2x3");
  EXPECT_EQ(meaning({EQUAL, image, image, {{{3}}}}), "equal -> 2x3");
  EXPECT_EQ(meaning({LESS, image, image, {{{3}}}}), "less -> 2x3");
  EXPECT_EQ(meaning({LESS_EQUAL, image, image, {{{3}}}}), "less or equal -> 2x3");
  EXPECT_EQ(meaning({GREATER, image, image, {{{3}}}}), "greater -> 2x3");
  EXPECT_EQ(meaning({GREATER_EQUAL, image, image, {{{3}}}}), "greater or equal -> 2x3");
  EXPECT_EQ(meaning({NOT_EQUAL, image, image, {{{3}}}}), "not equal -> 2x3");
  EXPECT_EQ(meaning({LOGICAL_AND, image, image, {{{3}}}}), "and -> 2x3");
  EXPECT_EQ(meaning({LOGICAL_OR, image, image, {{{3}}}}), "or -> 2x3");
  EXPECT_EQ(meaning({LOGICAL_NOT, image, image}), "not -> 2x3");
  EXPECT_EQ(meaning({SELECT, image, image, {{{2, 3}}, {{2, 3}}}}), "selection -> 2x3");
  EXPECT_EQ(flat_refusal({SELECT, {2}, image, {{{2, 3}}, {{2, 3}}}}),
            "condition=2 (expected 2x3, as what it chooses, or one element)");
  EXPECT_EQ(meaning({SELECT_V2, image, image, {{{2, 1}}, {{3}}}}), "selection -> 2x3");
  EXPECT_EQ(flat_refusal({SELECT_V2, image, image, {{{2, 2}}, {{3}}}}),
            "output=2x3 (expected a shape that 2x2 is broadcast to)");
}

Flat masks(int begin, int end, int ellipsis, int new_axis, int shrink) {
  Flat made;
  const int values[] = {begin, end, ellipsis, new_axis, shrink};
  for (int i = 0; i < 5; ++i)
    made.set<std::int32_t>(i, values[i]);
  return made;
}

TEST(TfliteOperators, StridedSlices) {
  const auto strided = [](const FlatShape &output, const std::vector<int> &begin, const std::vector<int> &end,
                          const std::vector<int> &steps, const Flat &options = {}) {
    return OneOperator{STRIDED_SLICE, {4, 6}, output, {whole(begin), whole(end), whole(steps)}, options};
  };
  EXPECT_EQ(meaning(strided({2, 2}, {1, 0}, {3, 6}, {1, 3})), "slice from 1,0 by 1,3 -> 2x2");
  EXPECT_EQ(meaning(strided({2, 6}, {-3}, {-1}, {1})), "slice from 1,0 by 1,1 -> 2x6");
  EXPECT_EQ(meaning(strided({4, 3}, {2, 5}, {2, 0}, {1, -2}, masks(1, 3, 0, 0, 0))),
            "slice from 0,5 by 1,-2 -> 4x3");
  EXPECT_EQ(meaning(strided({6}, {-1, 0}, {0, 6}, {1, 1}, masks(0, 2, 0, 0, 1))),
            "slice from 3,0 by 1,1 -> 1x6; reshape -> 6");
  EXPECT_EQ(flat_refusal(strided({2, 2}, {1, 0}, {3, 6}, {1, 3}, masks(0, 0, 1, 0, 0))),
            "ellipsis_mask=1 (expected 0)");
  EXPECT_EQ(flat_refusal(strided({2, 2}, {1, 0}, {3, 6}, {1, 3}, masks(0, 0, 0, 2, 0))),
            "new_axis_mask=2 (expected 0)");
  EXPECT_EQ(flat_refusal(strided({2, 2}, {1, 0}, {3, 6}, {1, 3}, Flat().set<std::uint8_t>(5, 1))),
            "offset=1 (expected 0)");
  EXPECT_EQ(flat_refusal(strided({2, 2}, {1, 0}, {3, 6}, {1, 0})),
            "strides=1,0 (expected none of 0, of axes that are dropped above 0)");
  EXPECT_EQ(flat_refusal(strided({2, 2}, {1, 0}, {3, 6}, {1, 2})), "output=2x2 (expected 2x3)");
}

TEST(TfliteOperators, ShapesOrderAndSoftmax) {
  EXPECT_EQ(meaning({TRANSPOSE, {1, 2, 3}, {3, 1, 2}, {whole({2, 0, 1})}}), "transposition 2,0,1 -> 3x1x2");
  EXPECT_EQ(flat_refusal({TRANSPOSE, {2, 2}, {2, 2}, {whole({1, 1})}}),
            "the order of axes has not each of them once");
  EXPECT_EQ(meaning({RESHAPE, {2, 6}, {3, 4}, {whole({3, 4})}}), "reshape -> 3x4");
  EXPECT_EQ(flat_refusal({RESHAPE, {2, 6}, {3, 5}, {whole({3, 5})}}),
            "output=3x5 (expected as many elements as 2x6)");
  EXPECT_EQ(meaning({SQUEEZE, {1, 6}, {6}}), "reshape -> 6");
  EXPECT_EQ(meaning({EXPAND_DIMS, {6}, {1, 6}, {whole({0})}}), "reshape -> 1x6");
  EXPECT_EQ(meaning({SOFTMAX, {2, 6}, {2, 6}, {}, Flat().set<float>(0, 1)}), "softmax by 1 -> 2x6");
  EXPECT_EQ(flat_refusal({SOFTMAX, {2, 6}, {2, 6}, {}, Flat().set<float>(0, 0.5f)}), "beta=0.5 (expected 1)");
  EXPECT_EQ(meaning({MAXIMUM, {2, 6}, {2, 6}, {{{6}}}}), "maximum -> 2x6");
  EXPECT_EQ(meaning({MINIMUM, {2, 6}, {2, 6}, {{{1}}}}), "minimum -> 2x6");
  EXPECT_EQ(flat_refusal({ADD, {2, 6}, {2, 7}, {{{1}}}}),
            "output=2x7 (expected a shape that 2x6 is broadcast to)");
}

TEST(TfliteOperators, ProductsOfMatrices) {
  EXPECT_EQ(meaning({FULLY_CONNECTED, {2, 3}, {2, 4}, {{{4, 3}}, {{4}}}, Flat().set<std::int8_t>(0, 1)}),
            "convolution 2x3 to 4, ohwi, [bias] -> 2x4; steps [relu] -> 2x4");
  EXPECT_EQ(meaning({FULLY_CONNECTED, {1, 2, 2, 3}, {1, 4}, {{{4, 12}}}}),
            "convolution 1x12 to 4, ohwi, [] -> 1x4");
  EXPECT_EQ(meaning({FULLY_CONNECTED,
                     {1, 2, 3},
                     {1, 2, 4},
                     {{{4, 3}}},
                     Flat().set<std::uint8_t>(2, 1)}), // keep_num_dims
            "convolution 2x3 to 4, ohwi, [] -> 1x2x4");
  EXPECT_EQ(flat_refusal({FULLY_CONNECTED, {2, 3}, {2, 4}, {{{4, 3}}}, Flat().set<std::int8_t>(1, 1)}),
            "weights_format=1 (expected 0)");
  EXPECT_EQ(flat_refusal({FULLY_CONNECTED, {2, 3}, {2, 4}, {{{4, 3}}, {{3}}}}),
            "bias=3 (expected 4 constants)");
  EXPECT_EQ(flat_refusal({FULLY_CONNECTED, {2, 5}, {2, 4}, {{{4, 3}}}}),
            "weights=4x3 (expected rows that 10 consists of)");
  const FoldedModel folded = fold(
      graph_of_operator({FULLY_CONNECTED, {2, 3}, {2, 4}, {{{4, 3}}, {{4}}}, Flat().set<std::int8_t>(0, 1)}));
  ASSERT_EQ(folded.convolutions.size(), 1u);
  EXPECT_EQ(folded.convolutions[0].problem.descriptor(),
            "g1mb1ic3ih1iw2oc4oh1ow2kh1kw1sh1sw1ph0pw0dh0dw0n\"y\"");
  EXPECT_EQ(folded.convolutions[0].problem.epilogue.text(), "bias,relu");
}

/// Of the elements i * i + 1.
struct FlatAnswer {
  int code, corners, halves, size;
  std::vector<float> answer;
};

const std::vector<FlatAnswer> flat_answers{
    {RESIZE_BILINEAR, 0, 0, 4, {1, 1.666667f, 3, 5, 8.333334f, 10}},
    {RESIZE_BILINEAR, 0, 0, 5, {1, 7.5f}},
    {RESIZE_BILINEAR, 0, 0, 3, {1, 1.428571f, 1.857143f, 2.857143f, 4.142858f, 5, 5}},
    {RESIZE_BILINEAR, 1, 0, 4, {1, 1.6f, 2.6f, 4.400001f, 7, 10}},
    {RESIZE_BILINEAR, 1, 0, 5, {1, 17}},
    {RESIZE_BILINEAR, 1, 0, 3, {1, 1.333333f, 1.666667f, 2, 3, 4, 5}},
    {RESIZE_BILINEAR, 0, 1, 4, {1, 1.5f, 2.5f, 4.5f, 7.5f, 10}},
    {RESIZE_BILINEAR, 0, 1, 5, {1.75f, 11.75f}},
    {RESIZE_BILINEAR, 0, 1, 3, {1, 1.142857f, 1.571429f, 2, 3.285714f, 4.571429f, 5}},
    {RESIZE_NEAREST_NEIGHBOR, 0, 0, 4, {1, 1, 2, 5, 5, 10}},
    {RESIZE_NEAREST_NEIGHBOR, 0, 0, 5, {1, 5}},
    {RESIZE_NEAREST_NEIGHBOR, 0, 0, 3, {1, 1, 1, 2, 2, 5, 5}},
    {RESIZE_NEAREST_NEIGHBOR, 1, 0, 4, {1, 2, 2, 5, 5, 10}},
    {RESIZE_NEAREST_NEIGHBOR, 1, 0, 5, {1, 17}},
    {RESIZE_NEAREST_NEIGHBOR, 1, 0, 3, {1, 1, 2, 2, 2, 5, 5}},
    {RESIZE_NEAREST_NEIGHBOR, 0, 1, 4, {1, 2, 2, 5, 10, 10}},
    {RESIZE_NEAREST_NEIGHBOR, 0, 1, 5, {2, 10}},
    {RESIZE_NEAREST_NEIGHBOR, 0, 1, 3, {1, 1, 2, 2, 2, 5, 5}}};

TEST(TfliteOperators, ResizedImages) {
  for (const auto &[code, corners, halves, size, answer] : flat_answers) {
    const int first = code == RESIZE_BILINEAR ? 2 : 0, outputs = static_cast<int>(answer.size());
    const Graph graph =
        graph_of_operator({code,
                           {1, 1, size, 1},
                           {1, 1, outputs, 1},
                           {whole({1, outputs})},
                           Flat()
                               .set<std::uint8_t>(first, static_cast<std::uint8_t>(corners))
                               .set<std::uint8_t>(first + 1, static_cast<std::uint8_t>(halves))});
    const auto *resampling = std::get_if<Resampling>(&graph.nodes[0].operation);
    ASSERT_TRUE(resampling) << text_of(graph, graph.nodes[0]);
    ASSERT_EQ(resampling->axes.size(), 1u);
    const Resampling::Axis &axis = resampling->axes[0];
    ASSERT_EQ(axis.index.size(), answer.size() * axis.taps);
    for (std::size_t i = 0; i < answer.size(); ++i) {
      float sum = 0;
      for (std::size_t t = i * axis.taps; t < (i + 1) * axis.taps; ++t)
        sum += static_cast<float>(axis.index[t] * axis.index[t] + 1) *
               (axis.weight.empty() ? 1 : axis.weight[t]);
      EXPECT_NEAR(sum, answer[i], 2e-6f * answer[i])
          << code << " " << corners << halves << " " << size << ": " << i;
    }
  }
  EXPECT_EQ(flat_refusal({RESIZE_BILINEAR, {1, 2, 2, 1}, {1, 4, 4, 1}, {whole({4, 5})}}),
            "size=4,5 (expected 4,4 of the output)");
  EXPECT_EQ(flat_refusal({RESIZE_BILINEAR, {1, 1, 2, 1}, {1, 1, 70000, 1}}),
            "size=70000 (expected 1 to 65536 elements of a resized axis, of 1 to 16777216)");
}

} // namespace
