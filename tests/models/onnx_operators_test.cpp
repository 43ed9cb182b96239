// Operators of ONNX between convolutions, in the graph's words: with their attributes, and what is refused.
#include "models/onnx/onnx_model.hpp"
#include "onnx_writer.hpp"
#include "operation_text.hpp"

#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

const char *const unknown_sizes = "sizes are not known: --input says those of the model's inputs";

/// A node named "n" of x and constants.
struct OneNode {
  std::string type;
  Sizes input;
  std::vector<Message> attributes = {}, constants = {};
  std::vector<std::string> names = {}; ///< of the inputs behind x
  std::vector<std::string> outputs = {"y"};
  std::int64_t opset = 17;
};

Graph graph_of(const OneNode &one) {
  std::vector<std::string> inputs{"x"};
  inputs.insert(inputs.end(), one.names.begin(), one.names.end());
  const std::string file = onnx_file({{node(one.type, inputs, one.outputs, one.attributes, "n")},
                                      one.constants,
                                      {value("x", one.input)},
                                      {Message().text(1, one.outputs[0])}},
                                     one.opset);
  return onnx::parse_onnx_model(test::bytes_of(file), {});
}

std::string meaning(const OneNode &one) {
  const Graph graph = graph_of(one);
  return text_of(graph, graph.nodes.at(0));
}

/// Why the node is refused: what stands between its name and the shape of its output.
std::string refusal(const OneNode &one) {
  const Graph graph = graph_of(one);
  const auto *other = std::get_if<OtherOperation>(&graph.nodes.at(0).operation);
  EXPECT_EQ(graph.nodes[0].name, "n");
  return other ? other->refusal : "taken";
}

const Message two_by_two = ints("kernel_shape", {2, 2}), three_by_three = ints("kernel_shape", {3, 3});

TEST(OnnxOperators, Pools) {
  EXPECT_EQ(meaning({"MaxPool", {1, 3, 9, 8}, {three_by_three, ints("strides", {2, 1})}}),
            "maximum 1,1,3,3 stride 1,1,2,1 dilation 1,1,1,1 begin 0,0,0,0 -> 1x3x4x6");
  EXPECT_EQ(
      meaning(
          {"MaxPool", {1, 3, 10, 10}, {three_by_three, ints("strides", {2, 2}), integer("ceil_mode", 1)}}),
      "maximum 1,1,3,3 stride 1,1,2,2 dilation 1,1,1,1 begin 0,0,0,0 -> 1x3x5x5");
  EXPECT_EQ(
      meaning(
          {"MaxPool", {1, 1, 9}, {ints("kernel_shape", {3}), ints("dilations", {2}), ints("pads", {1, 2})}}),
      "maximum 1,1,3 stride 1,1,1 dilation 1,1,2 begin 0,0,1 -> 1x1x8");
  const Message upper = word("auto_pad", "SAME_UPPER"), lower = word("auto_pad", "SAME_LOWER");
  EXPECT_EQ(meaning({"AveragePool", {1, 3, 8, 8}, {two_by_two, upper}}),
            "average 1,1,2,2 stride 1,1,1,1 dilation 1,1,1,1 begin 0,0,0,0 -> 1x3x8x8");
  EXPECT_EQ(meaning({"AveragePool", {1, 3, 8, 8}, {two_by_two, lower}}),
            "average 1,1,2,2 stride 1,1,1,1 dilation 1,1,1,1 begin 0,0,1,1 -> 1x3x8x8");
  EXPECT_EQ(
      meaning(
          {"AveragePool", {1, 3, 8, 8}, {two_by_two, word("auto_pad", "VALID"), ints("pads", {1, 1, 1, 1})}}),
      "average 1,1,2,2 stride 1,1,1,1 dilation 1,1,1,1 begin 0,0,0,0 -> 1x3x7x7");
  EXPECT_EQ(meaning({"AveragePool",
                     {1, 3, 8, 8},
                     {three_by_three, ints("pads", {1, 1, 1, 1}), integer("count_include_pad", 1)}}),
            "average of padding 1,1,3,3 stride 1,1,1,1 dilation 1,1,1,1 begin 0,0,1,1 -> 1x3x8x8");
}

TEST(OnnxOperators, PoolsThatAreRefused) {
  EXPECT_EQ(refusal({"MaxPool", {1, 3, 9, 8}, {two_by_two}, {}, {}, {"y", "places"}}),
            "outputs=2 (expected 1: places of the largest elements are not computed)");
  EXPECT_EQ(refusal({"MaxPool", {1, 3, 9, 8}}), "kernel_shape= (expected 2 numbers from 1 to 1048576)");
  EXPECT_EQ(refusal({"MaxPool", {1, 3, 9, 8}, {two_by_two, ints("strides", {1, 0})}}),
            "strides=1,0 (expected 2 numbers from 1 to 1048576)");
  EXPECT_EQ(refusal({"MaxPool", {1, 3, 9, 8}, {two_by_two, ints("pads", {0, 0, -1, 0})}}),
            "pads=0,0,-1,0 (expected 4 numbers from 0 to 1048576)");
  EXPECT_EQ(refusal({"MaxPool", {1, 3, 9, 8}, {two_by_two, word("auto_pad", "SAME")}}),
            "auto_pad=SAME (expected NOTSET, VALID, SAME_UPPER or SAME_LOWER)");
  EXPECT_EQ(refusal({"AveragePool",
                     {1, 3, 8, 8},
                     {three_by_three, ints("strides", {2, 2}), integer("ceil_mode", 1),
                      integer("count_include_pad", 1)}}),
            "count_include_pad=1 (expected 0 beside ceil_mode=1 where a window reaches behind the padding)");
  EXPECT_EQ(
      refusal({"MaxPool", {1, 3, 8, 8}, {two_by_two, ints("pads", {3, 0, 0, 0})}}),
      "output=1x3x10x7 (expected windows that begin before the end of 1x3x8x8, none in its padding alone)");
  EXPECT_EQ(refusal({"MaxPool", {1, 3, -1, 8}, {two_by_two}}), unknown_sizes);
  EXPECT_EQ(refusal({"LpPool", {1, 3, 8, 8}, {two_by_two}}), "");
}

TEST(OnnxOperators, Reductions) {
  EXPECT_EQ(meaning({"GlobalAveragePool", {1, 3, 9, 8}}), "mean over 2,3 -> 1x3x1x1");
  EXPECT_EQ(meaning({"GlobalMaxPool", {1, 3, 9}}), "maximum over 2 -> 1x3x1");
  EXPECT_EQ(meaning({"ReduceMean", {2, 3, 4}, {ints("axes", {-1, 0})}}), "mean over 0,2 -> 1x3x1");
  EXPECT_EQ(meaning({"ReduceSum", {2, 3, 4}, {integer("keepdims", 0)}, {tensor("a", {1})}, {"a"}}),
            "sum over 1 -> 2x4");
  EXPECT_EQ(meaning({"ReduceMax", {2, 3}, {integer("keepdims", 0)}}), "maximum over 0,1 -> a number");
  EXPECT_EQ(meaning({"ReduceMin", {2, 3}, {ints("axes", {0})}}), "minimum over 0 -> 1x3");
  EXPECT_EQ(meaning({"ReduceSum", {2, 3}, {integer("noop_with_empty_axes", 1)}}), "steps [] -> 2x3");
  EXPECT_EQ(refusal({"ReduceMean", {2, -1}, {ints("axes", {0})}}), unknown_sizes);
  EXPECT_EQ(refusal({"ReduceMean", {2, 3}, {}, {}, {"x"}}),
            "axes=computed (expected constants, of a tensor with a shape)");
  EXPECT_EQ(refusal({"ReduceL2", {2, 3}}), "");
}

TEST(OnnxOperators, PartsOfTensors) {
  EXPECT_EQ(
      meaning({"Concat", {2, 3}, {integer("axis", -1)}, {tensor("w", {2, 4}, std::vector<float>(8))}, {"w"}}),
      "concatenation by 1 -> 2x7");
  EXPECT_EQ(
      refusal({"Concat", {2, 3}, {integer("axis", 1)}, {tensor("w", {1, 4}, std::vector<float>(4))}, {"w"}}),
      "sizes=1x4 (expected a part of 2x7 by axis 1)");
  EXPECT_EQ(meaning({"Split", {2, 7}, {integer("axis", 1)}, {tensor("s", {3, 4})}, {"s"}, {"y", "z"}}),
            "split by 1 -> 2x3");
  EXPECT_EQ(meaning({"Split", {2, 7}, {integer("axis", 1)}, {}, {}, {"y", "z"}}), "split by 1 -> 2x4");
  EXPECT_EQ(refusal({"Split", {2, 7}, {integer("axis", 1)}, {tensor("s", {3, 3})}, {"s"}, {"y", "z"}}),
            "sizes=6 (expected 7 by axis 1)");
  EXPECT_EQ(refusal({"Split", {2, 7}, {integer("axis", 1)}, {tensor("s", {3, 4})}, {"s"}, {"y", ""}}),
            "tensors=one that is left out (expected all of them)");
  EXPECT_EQ(
      meaning({"Slice",
               {9, 9},
               {},
               {tensor("a", {-1, 2}), tensor("b", {-100, 9}), tensor("c", {0, 1}), tensor("d", {-4, 3})},
               {"a", "b", "c", "d"}}),
      "slice from 8,2 by -4,3 -> 3x3");
  EXPECT_EQ(meaning({"Slice", {9, 9}, {ints("starts", {1}), ints("ends", {3})}}),
            "slice from 1,0 by 1,1 -> 2x9");
  EXPECT_EQ(refusal({"Slice", {9, 9}, {}, {}, {"x", "x"}}),
            "starts, ends=computed (expected constants, of a tensor with a shape)");
  EXPECT_EQ(refusal({"Slice", {9, -1}, {ints("starts", {1}), ints("ends", {3})}}), unknown_sizes);
  EXPECT_EQ(refusal({"Slice", {9, 9}, {ints("starts", {3}), ints("ends", {3})}}),
            "sizes=0x9 (expected at least one element)");
}

TEST(OnnxOperators, GatheredElements) {
  EXPECT_EQ(meaning({"Gather", {2, 4}, {integer("axis", 1)}, {tensor("i", {-1, 0, 0})}, {"i"}}),
            "resampling axis 1 of 1: 3,0,0 -> 2x3");
  const Graph one = graph_of(
      {"Gather", {2, 4, 3}, {integer("axis", 1)}, {raw_tensor<std::int64_t>("i", {}, 7, {-2})}, {"i"}});
  ASSERT_EQ(one.nodes.size(), 2u);
  EXPECT_EQ(text_of(one, one.nodes[0]), "slice from 0,2,0 by 1,1,1 -> 2x1x3");
  EXPECT_EQ(text_of(one, one.nodes[1]), "reshape -> 2x3");
  EXPECT_EQ(one.nodes[1].name, "n/reshape");
  EXPECT_EQ(refusal({"Gather", {2, 4}, {}, {tensor("i", {2})}, {"i"}}), "indices=2 (expected -2 to 1)");
  EXPECT_EQ(refusal({"Gather", {2, 4}, {}, {raw_tensor<std::int64_t>("i", {1, 1}, 7, {0})}, {"i"}}),
            "indices=1x1 (expected constants, one of them or a list)");
  EXPECT_EQ(refusal({"Gather", {2, 4}, {}, {}, {"x"}}),
            "indices=computed (expected constants, one of them or a list)");
  EXPECT_EQ(refusal({"Gather", {2, 4}, {}, {tensor("i", std::vector<std::int64_t>(65537))}, {"i"}}),
            "indices=65537 (expected at most 65536 of them)");
}

TEST(OnnxOperators, ShapesAndOrder) {
  EXPECT_EQ(meaning({"Transpose", {1, 2, 3}, {ints("perm", {2, 0, 1})}}), "transposition 2,0,1 -> 3x1x2");
  EXPECT_EQ(meaning({"Transpose", {1, 2, 3}}), "transposition 2,1,0 -> 3x2x1");
  EXPECT_EQ(meaning({"Reshape", {2, 3, 4}, {}, {tensor("s", {0, -1})}, {"s"}}), "reshape -> 2x12");
  EXPECT_EQ(refusal({"Reshape", {2, 3, 4}, {}, {tensor("s", {2, 11})}, {"s"}}),
            "output=2x11 (expected as many elements as 2x3x4)");
  EXPECT_EQ(meaning({"Flatten", {2, 3, 4}}), "reshape -> 2x12");
  EXPECT_EQ(meaning({"Squeeze", {1, 3, 1}}), "reshape -> 3");
  EXPECT_EQ(meaning({"Unsqueeze", {3, 4}, {ints("axes", {0})}, {}, {}, {"y"}, 11}), "reshape -> 1x3x4");
  EXPECT_EQ(meaning({"Expand", {3, 1}, {}, {tensor("s", {2, 1, 4})}, {"s"}}), "expansion -> 2x3x4");
  EXPECT_EQ(meaning({"Tile", {3, 1}, {}, {tensor("s", {1, 4})}, {"s"}}), "expansion -> 3x4");
  EXPECT_EQ(meaning({"Tile", {3, 1}, {}, {tensor("s", {2, 1})}, {"s"}}),
            "resampling axis 0 of 1: 0,1,2,0,1,2 -> 6x1");
  EXPECT_EQ(refusal({"Tile", {3, 1}, {}, {tensor("s", {1, 65537})}, {"s"}}),
            "repeats=65537 (expected at most 65536 elements of an axis)");
  EXPECT_EQ(meaning({"Identity", {3}}), "steps [] -> 3");
  EXPECT_EQ(meaning({"Dropout", {3}}), "steps [] -> 3");
  EXPECT_EQ(refusal({"Dropout", {3}, {}, {}, {}, {"y", "mask"}}),
            "outputs=2 (expected 1: masks are not computed)");
  EXPECT_EQ(refusal({"Dropout", {3}, {}, {raw_tensor<std::uint8_t>("t", {}, 9, {1})}, {"", "t"}}),
            "training_mode=1 (expected 0)");
}

TEST(OnnxOperators, MaximumMinimumAndSoftmax) {
  const std::vector<Message> w{tensor("w", {4, 1}, std::vector<float>(4))};
  EXPECT_EQ(meaning({"Max", {2, 1, 3}, {}, w, {"w"}}), "maximum -> 2x4x3");
  EXPECT_EQ(meaning({"Min", {2, 1, 3}, {}, w, {"w"}}), "minimum -> 2x4x3");
  EXPECT_EQ(meaning({"Sum", {2, 1, 3}, {}, w, {"w"}}), "add -> 2x4x3");
  EXPECT_EQ(meaning({"Max", {2}}), "steps [] -> 2");
  EXPECT_EQ(refusal({"Max", {2}, {}, {}, {"x", "x"}}), "inputs=3 (expected 1 or 2)");
  EXPECT_EQ(meaning({"Softmax", {2, 3, 4}}), "softmax by 2 -> 2x3x4");
  EXPECT_EQ(meaning({"Softmax", {2, 3, 4}, {integer("axis", 0)}}), "softmax by 0 -> 2x3x4");
  EXPECT_EQ(meaning({"Softmax", {2, 3, 1, 1}, {}, {}, {}, {"y"}, 11}), "softmax by 1 -> 2x3x1x1");
  EXPECT_EQ(refusal({"Softmax", {2, 3, 4}, {}, {}, {}, {"y"}, 11}),
            "axis=1 (expected one axis of several elements from it on, operator set 11 takes all)");
  EXPECT_EQ(refusal({"Softmax", {2, 3}, {integer("axis", 2)}}), "axis=2 (expected one of 2)");
}

TEST(OnnxOperators, FunctionsComparisonsAndChoices) {
  for (const auto &[type, word] :
       {std::pair("Abs", "absolute"), std::pair("Exp", "exponential"), std::pair("Log", "logarithm"),
        std::pair("Reciprocal", "reciprocal"), std::pair("Sqrt", "square root"), std::pair("Not", "not")})
    EXPECT_EQ(meaning({type, {2, 3}}), std::string(word) + " -> 2x3");
  const std::vector<Message> w{tensor("w", {4, 1}, std::vector<float>(4))};
  for (const auto &[type, word] :
       {std::pair("Pow", "power"), std::pair("Equal", "equal"), std::pair("Less", "less"),
        std::pair("LessOrEqual", "less or equal"), std::pair("Greater", "greater"),
        std::pair("GreaterOrEqual", "greater or equal"), std::pair("And", "and"), std::pair("Or", "or"),
        std::pair("Xor", "xor")})
    EXPECT_EQ(meaning({type, {2, 1, 3}, {}, w, {"w"}}), std::string(word) + " -> 2x4x3");
  EXPECT_EQ(graph_of({"Less", {3}, {}, w, {"w"}}).tensors.back().type, DataType::boolean);
  EXPECT_EQ(meaning({"Where", {2, 1, 3}, {}, w, {"w", "x"}}), "selection -> 2x4x3");
}

TEST(OnnxOperators, AttributesThatDoNotFit) {
  EXPECT_EQ(refusal({"Concat", {2, 3}, {integer("axis", 2)}}), "axis does not fit 2x3");
  EXPECT_EQ(refusal({"Transpose", {2, 3}, {ints("perm", {1, 1})}}), "perm does not fit 2x3");
  EXPECT_EQ(refusal({"Squeeze", {2, 3}, {ints("axes", {2})}}), "axes does not fit 2x3");
  EXPECT_EQ(refusal({"Tile", {2, 3}, {}, {tensor("s", {2})}, {"s"}}), "repeats does not fit 2x3");
  EXPECT_EQ(refusal({"MaxPool", {2, 3}, {two_by_two}}), "kernel_shape does not fit 2x3");
  EXPECT_EQ(refusal({"MaxPool", Sizes(65, 1), {two_by_two}}), unknown_sizes); // more axes than are believed
}

TEST(OnnxOperators, ProductsOfMatrices) {
  const std::vector<Message> wide{tensor("w", {3, 4}, std::vector<float>(12)),
                                  tensor("b", {4}, std::vector<float>(4))};
  const std::vector<Message> tall{tensor("w", {4, 3}, std::vector<float>(12)),
                                  tensor("b", {1, 4}, std::vector<float>(4))};
  EXPECT_EQ(meaning({"MatMul", {2, 5, 3}, {}, wide, {"w"}}), "convolution 10x3 to 4, hwio, [] -> 2x5x4");
  EXPECT_EQ(meaning({"Gemm", {2, 3}, {}, wide, {"w", "b"}}), "convolution 2x3 to 4, hwio, [bias] -> 2x4");
  EXPECT_EQ(meaning({"Gemm", {2, 3}, {integer("transB", 1)}, tall, {"w", "b"}}),
            "convolution 2x3 to 4, ohwi, [bias] -> 2x4");
  EXPECT_EQ(meaning({"Gemm", {2, 3}, {real("beta", 0.5f)}, wide, {"w"}}),
            "convolution 2x3 to 4, hwio, [] -> 2x4");
  EXPECT_EQ(refusal({"Gemm", {2, 3}, {real("alpha", 0.5f)}, wide, {"w", "b"}}), "alpha=0.5 (expected 1)");
  EXPECT_EQ(refusal({"Gemm", {2, 3}, {real("beta", 0.5f)}, wide, {"w", "b"}}), "beta=0.5 (expected 1)");
  EXPECT_EQ(refusal({"Gemm", {3, 2}, {integer("transA", 1)}, wide, {"w"}}), "transA=1 (expected 0)");
  EXPECT_EQ(refusal({"Gemm", {2, 3}, {}, {wide[0], tensor("b", {2, 1}, {1, 2})}, {"w", "b"}}),
            "C=2x1 (expected 4 of f32)");
  EXPECT_EQ(refusal({"Gemm", {2, 3}, {}, wide, {"w", "x"}}), "C='x' (expected a constant of the model)");
  EXPECT_EQ(refusal({"Gemm", {2, 4}, {}, wide, {"w"}}), "matrix=3x4 (expected one for rows of 4)");
  EXPECT_EQ(refusal({"MatMul", {3, 3}, {}, {}, {"x"}}), "matrix='x' (expected a constant of the model)");
  EXPECT_EQ(refusal({"MatMul", {-1, 3}, {}, wide, {"w"}}), unknown_sizes);
  EXPECT_EQ(refusal({"MatMul", {2, 2, 3}, {}, {tensor("w", {2, 3, 1}, std::vector<float>(6))}, {"w"}}),
            "matrix=2x3x1 (expected one for rows of 3)");
}

} // namespace
