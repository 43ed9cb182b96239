// The reference of networks: each operation against numbers computed by hand, and what it refuses.
#include "error_of.hpp"
#include "network/reference/evaluate.hpp"
#include "verify/npy.hpp"

#include <cmath>
#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using network::reference::Value;

namespace {

using Numbers = std::vector<double>;

/// A graph that is made node by node; tensors have the letters that they were given.
class GraphOf {
public:
  GraphOf &input(const std::string &name, Shape shape) {
    graph_.inputs.push_back(tensor(name, std::move(shape)));
    return *this;
  }
  GraphOf &constant(const std::string &name, Shape shape, const Numbers &values) {
    graph_.tensors[static_cast<std::size_t>(tensor(name, std::move(shape)))].data =
        data_of(DataType::f32, values);
    return *this;
  }
  GraphOf &node(Operation operation, const std::vector<std::string> &inputs, const std::string &output,
                Shape shape) {
    Node node{output, "Test", std::move(operation), {}, {tensor(output, std::move(shape))}};
    for (const std::string &name : inputs)
      node.inputs.push_back(find(name));
    graph_.nodes.push_back(std::move(node));
    return *this;
  }
  GraphOf &second_output(const std::string &name, Shape shape) {
    const TensorId id = tensor(name, std::move(shape));
    graph_.nodes.back().outputs.push_back(id);
    return *this;
  }
  GraphOf &output(const std::string &name) {
    graph_.outputs.push_back(find(name));
    return *this;
  }
  const Graph &graph() const { return graph_; }
  std::vector<Value> evaluate(const std::vector<Value> &inputs) const {
    return network::reference::evaluate(graph_, inputs);
  }

private:
  TensorId tensor(const std::string &name, Shape shape) {
    graph_.tensors.push_back({name, DataType::f32, std::move(shape), nullptr});
    return static_cast<TensorId>(graph_.tensors.size() - 1);
  }
  TensorId find(const std::string &name) const {
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i)
      if (graph_.tensors[i].name == name)
        return static_cast<TensorId>(i);
    return no_tensor;
  }

  Graph graph_;
};

/// What a node answers for one input.
Numbers result(Operation operation, const Value &input, Shape shape) {
  GraphOf graph;
  graph.input("x", input.shape).node(std::move(operation), {"x"}, "y", std::move(shape)).output("y");
  return graph.evaluate({input})[0].elements;
}

/// For two, or a constant as the second one.
Numbers result(Operation operation, const Value &a, const Value &b, Shape shape) {
  GraphOf graph;
  graph.input("a", a.shape).constant("b", b.shape, b.elements);
  graph.node(std::move(operation), {"a", "b"}, "y", std::move(shape)).output("y");
  return graph.evaluate({a})[0].elements;
}

const Value two_by_three{{2, 3}, {1, 2, 3, 4, 5, 6}};

} // namespace

TEST(NetworkReference, ConvolutionWithBiasAndActivation) {
  // Two taps of weights 1 and 10 to one channel, -1 and 0 to the other.
  for (const bool first : {false, true}) {
    const Problem problem =
        Problem::parse("ic1ih1iw3oc2oh1ow2kh1kw2",
                       {.epilogue = "bias,relu", .layout = first ? "nchw" : "nhwc"}); // oihw and hwio
    GraphOf graph;
    graph.input("x", first ? Shape{1, 1, 1, 3} : Shape{1, 1, 3, 1});
    graph.constant("w", {4}, first ? Numbers{1, 10, -1, 0} : Numbers{1, -1, 10, 0})
        .constant("b", {2}, {100, 2});
    graph.node(Convolution{problem, ""}, {"x", "w", "b"}, "y", first ? Shape{1, 2, 1, 2} : Shape{1, 1, 2, 2});
    const Numbers y = graph.output("y").evaluate({{graph.graph().tensor(0).sizes(), {1, 2, 3}}})[0].elements;
    EXPECT_EQ(y, first ? (Numbers{121, 132, 1, 0}) : (Numbers{121, 1, 132, 0}));
  }
}

TEST(NetworkReference, ElementByElement) {
  EXPECT_EQ(result(Elementwise{Epilogue::parse("affine:2:-3,relu")}, two_by_three, {2, 3}),
            (Numbers{0, 1, 3, 5, 7, 9}));
  using Kind = Arithmetic::Kind;
  const Value row{{3}, {1, 4, 2}}, column{{2, 1}, {10, 2}};
  EXPECT_EQ(result(Arithmetic{Kind::add}, two_by_three, row, {2, 3}), (Numbers{2, 6, 5, 5, 9, 8}));
  EXPECT_EQ(result(Arithmetic{Kind::subtract}, two_by_three, row, {2, 3}), (Numbers{0, -2, 1, 3, 1, 4}));
  EXPECT_EQ(result(Arithmetic{Kind::multiply}, two_by_three, column, {2, 3}),
            (Numbers{10, 20, 30, 8, 10, 12}));
  EXPECT_EQ(result(Arithmetic{Kind::divide}, two_by_three, column, {2, 3}),
            (Numbers{0.1, 0.2, 0.3, 2, 2.5, 3}));
  EXPECT_EQ(result(Arithmetic{Kind::maximum}, two_by_three, row, {2, 3}), (Numbers{1, 4, 3, 4, 5, 6}));
  EXPECT_EQ(result(Arithmetic{Kind::minimum}, two_by_three, row, {2, 3}), (Numbers{1, 2, 2, 1, 4, 2}));
  EXPECT_TRUE(std::isnan(result(Arithmetic{Kind::maximum}, {{1}, {NAN}}, {{1}, {3}}, {1})[0]));
  EXPECT_TRUE(std::isnan(result(Arithmetic{Kind::minimum}, {{1}, {3}}, {{1}, {NAN}}, {1})[0]));
  EXPECT_EQ(result(Arithmetic{Kind::power}, row, {{1}, {2}}, {3}), (Numbers{1, 16, 4}));
  EXPECT_EQ(result(Arithmetic{Kind::equal}, two_by_three, row, {2, 3}), (Numbers{1, 0, 0, 0, 0, 0}));
  EXPECT_EQ(result(Arithmetic{Kind::less}, two_by_three, row, {2, 3}), (Numbers{0, 1, 0, 0, 0, 0}));
  EXPECT_EQ(result(Arithmetic{Kind::less_or_equal}, two_by_three, row, {2, 3}), (Numbers{1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(result(Arithmetic{Kind::greater}, two_by_three, row, {2, 3}), (Numbers{0, 0, 1, 1, 1, 1}));
  EXPECT_EQ(result(Arithmetic{Kind::greater_or_equal}, two_by_three, row, {2, 3}),
            (Numbers{1, 0, 1, 1, 1, 1}));
  EXPECT_EQ(result(Arithmetic{Kind::not_equal}, two_by_three, row, {2, 3}), (Numbers{0, 1, 1, 1, 1, 1}));
  const Value truth{{4}, {0, 0, 1, 1}}, other{{4}, {0, 1, 0, 1}};
  EXPECT_EQ(result(Arithmetic{Kind::logical_and}, truth, other, {4}), (Numbers{0, 0, 0, 1}));
  EXPECT_EQ(result(Arithmetic{Kind::logical_or}, truth, other, {4}), (Numbers{0, 1, 1, 1}));
  EXPECT_EQ(result(Arithmetic{Kind::logical_xor}, truth, other, {4}), (Numbers{0, 1, 1, 0}));
  using Function = UnaryFunction::Kind;
  EXPECT_EQ(result(UnaryFunction{Function::logical_not}, truth, {4}), (Numbers{1, 1, 0, 0}));
  EXPECT_EQ(result(UnaryFunction{Function::absolute}, {{2}, {-3, 4}}, {2}), (Numbers{3, 4}));
  EXPECT_EQ(result(UnaryFunction{Function::exponential}, {{2}, {0, 1}}, {2}), (Numbers{1, std::exp(1.0)}));
  EXPECT_EQ(result(UnaryFunction{Function::logarithm}, {{2}, {1, 10}}, {2}), (Numbers{0, std::log(10.0)}));
  EXPECT_EQ(result(UnaryFunction{Function::reciprocal}, {{2}, {2, -4}}, {2}), (Numbers{0.5, -0.25}));
  EXPECT_EQ(result(UnaryFunction{Function::square_root}, {{2}, {4, 9}}, {2}), (Numbers{2, 3}));
  EXPECT_EQ(result(UnaryFunction{Function::reciprocal_square_root}, {{2}, {4, 16}}, {2}),
            (Numbers{0.5, 0.25}));
  EXPECT_EQ(result(UnaryFunction{Function::square}, {{2}, {-3, 4}}, {2}), (Numbers{9, 16}));
  EXPECT_EQ(GraphOf()
                .input("c", {2})
                .constant("a", {1}, {5})
                .constant("b", {2}, {INFINITY, NAN})
                .node(Selection{}, {"c", "b", "a"}, "y", {2})
                .output("y")
                .evaluate({{{2}, {-1, 0}}})[0]
                .elements,
            (Numbers{INFINITY, 5}));
  EXPECT_EQ(result(Prelu{}, {{1, 2, 2}, {-1, 2, -3, 4}}, {{2}, {10, 20}}, {1, 2, 2}),
            (Numbers{-10, 2, -30, 4}));
}

TEST(NetworkReference, BatchNormalizationByItsAxis) {
  GraphOf graph;
  graph.input("x", {1, 2, 2}).constant("scale", {2}, {2, 1}).constant("offset", {2}, {0, 5});
  graph.constant("mean", {2}, {1, 0}).constant("variance", {2}, {3, 15});
  graph.node(BatchNormalization{1, 1}, {"x", "scale", "offset", "mean", "variance"}, "y", {1, 2, 2});
  EXPECT_EQ(graph.output("y").evaluate({{{1, 2, 2}, {1, 3, 4, 8}}})[0].elements, (Numbers{0, 2, 6, 7}));
}

TEST(NetworkReference, PaddingOfEveryMode) {
  const Value row{{3}, {1, 2, 3}};
  EXPECT_EQ(result(Pad{{1}, {2}, PaddingMode::zeros, 9}, row, {6}), (Numbers{9, 1, 2, 3, 9, 9}));
  EXPECT_EQ(result(Pad{{-1}, {1}, PaddingMode::zeros, 0}, row, {3}), (Numbers{2, 3, 0}));
  EXPECT_EQ(result(Pad{{2}, {1}, PaddingMode::reflect, 0}, row, {6}), (Numbers{3, 2, 1, 2, 3, 2}));
  EXPECT_EQ(result(Pad{{2}, {1}, PaddingMode::replicate, 0}, row, {6}), (Numbers{1, 1, 1, 2, 3, 3}));
  EXPECT_EQ(result(Pad{{2}, {1}, PaddingMode::circular, 0}, row, {6}), (Numbers{2, 3, 1, 2, 3, 1}));
  EXPECT_EQ(result(Pad{{0, 1}, {1, 0}, PaddingMode::zeros, 0}, {{1, 2}, {1, 2}}, {2, 3}),
            (Numbers{0, 1, 2, 0, 0, 0}));
}

TEST(NetworkReference, PoolingWindows) {
  using Kind = WindowPooling::Kind;
  const Value row{{1, 4}, {-4, -3, -2, -1}};
  const auto pooling = [](Kind kind, std::int64_t dilation = 1) {
    return WindowPooling{kind, {1, 3}, {1, 2}, {1, dilation}, {0, 1}};
  };
  EXPECT_EQ(result(pooling(Kind::maximum), row, {1, 2}), (Numbers{-3, -1}));
  EXPECT_EQ(result(pooling(Kind::maximum), {{1, 4}, {-1, -3, -2, -4}}, {1, 2}), (Numbers{-1, -2}));
  EXPECT_EQ(result(pooling(Kind::average), row, {1, 2}), (Numbers{-3.5, -2}));
  EXPECT_EQ(result(pooling(Kind::average_of_padding), row, {1, 2}), (Numbers{-7. / 3, -2}));
  EXPECT_EQ(result(pooling(Kind::maximum, 2), row, {1, 2}), (Numbers{-1, -1})); // at -1, 1, 3; and 1, 3, 5
}

TEST(NetworkReference, ReductionsWithAndWithoutTheirAxes) {
  using Kind = Reduction::Kind;
  EXPECT_EQ(result(Reduction{Kind::sum, {0}}, two_by_three, {3}), (Numbers{5, 7, 9}));
  EXPECT_EQ(result(Reduction{Kind::mean, {1}}, two_by_three, {2, 1}), (Numbers{2, 5}));
  EXPECT_EQ(result(Reduction{Kind::mean, {0, 1}}, two_by_three, {}), (Numbers{3.5}));
  EXPECT_EQ(result(Reduction{Kind::maximum, {1}}, two_by_three, {2}), (Numbers{3, 6}));
  EXPECT_EQ(result(Reduction{Kind::minimum, {0}}, two_by_three, {1, 3}), (Numbers{1, 2, 3}));
}

TEST(NetworkReference, SoftmaxAlongAnAxis) {
  const Numbers y = result(Softmax{0}, {{2, 2}, {0, 1000, std::log(3.), 1000}}, {2, 2});
  for (std::size_t i = 0; i < y.size(); ++i)
    EXPECT_NEAR(y[i], (Numbers{0.25, 0.5, 0.75, 0.5}[i]), 1e-15);
}

TEST(NetworkReference, WhatMovesElements) {
  EXPECT_EQ(result(Slice{{1, 2}, {-1, -2}}, two_by_three, {2, 2}), (Numbers{6, 4, 3, 1}));
  EXPECT_EQ(result(Transposition{{1, 0}}, two_by_three, {3, 2}), (Numbers{1, 4, 2, 5, 3, 6}));
  Numbers four(24), turned{0, 12, 1, 13, 2, 14, 3, 15};
  for (std::size_t i = 0; i < four.size(); ++i)
    four[i] = static_cast<double>(i);
  const Numbers all = result(Transposition{{1, 2, 0}}, {{2, 3, 4}, four}, {3, 4, 2});
  EXPECT_EQ(Numbers(all.begin(), all.begin() + 8), turned);
  EXPECT_EQ(result(Reshape{}, two_by_three, {3, 2}), two_by_three.elements);
  EXPECT_EQ(result(Expansion{}, {{2, 1}, {1, 2}}, {2, 2, 2}), (Numbers{1, 1, 2, 2, 1, 1, 2, 2}));
  EXPECT_EQ(result(Concatenation{1}, two_by_three, {{2, 1}, {7, 8}}, {2, 4}),
            (Numbers{1, 2, 3, 7, 4, 5, 6, 8}));
}

TEST(NetworkReference, BlocksOfPixelsAsChannels) {
  Numbers eight(8);
  for (std::size_t i = 0; i < eight.size(); ++i)
    eight[i] = static_cast<double>(i);
  const Value channels_last{{1, 1, 1, 8}, eight}, channels_first{{1, 8, 1, 1}, eight};
  const Shape blocks{1, 2, 2, 2}; // of two channels, in front or behind
  // Pixels are outermost: channels 2 p and 2 p + 1 are those of pixel p.
  EXPECT_EQ(result(DepthToSpace{2, 3, false, false}, channels_last, blocks), eight);
  EXPECT_EQ(result(DepthToSpace{2, 1, false, false}, channels_first, blocks),
            (Numbers{0, 2, 4, 6, 1, 3, 5, 7}));
  // Pixels are innermost: 4 c + p is channel c of pixel p.
  EXPECT_EQ(result(DepthToSpace{2, 1, false, true}, channels_first, blocks), eight);
  EXPECT_EQ(result(DepthToSpace{2, 3, true, false}, {{1, 2, 2, 2}, eight}, {1, 1, 1, 8}), eight);
  EXPECT_EQ(result(DepthToSpace{2, 1, true, false}, {{1, 2, 2, 2}, eight}, {1, 8, 1, 1}),
            (Numbers{0, 4, 1, 5, 2, 6, 3, 7}));
}

TEST(NetworkReference, ResamplingOfSeveralAxes) {
  const Resampling halves{{{1, 2, {0, 1, 1, 2}, {0.5f, 0.5f, 0.25f, 0.75f}}, {0, 1, {1, 1, 0}, {}}}};
  EXPECT_EQ(result(halves, two_by_three, {3, 2}), (Numbers{4.5, 5.75, 4.5, 5.75, 1.5, 2.75}));
}

TEST(NetworkReference, PartsOfASplit) {
  GraphOf graph;
  graph.input("x", {2, 3}).node(Split{1}, {"x"}, "a", {2, 1}).second_output("b", {2, 2});
  const std::vector<Value> parts = graph.output("b").output("a").evaluate({two_by_three});
  EXPECT_EQ(parts[0].elements, (Numbers{2, 3, 5, 6}));
  EXPECT_EQ(parts[1].elements, (Numbers{1, 4}));
}

TEST(NetworkReference, ValuesAreKeptUntilTheyAreRead) {
  GraphOf graph;
  graph.input("x", {1}).node(Elementwise{Epilogue::parse("affine:2:0")}, {"x"}, "a", {1});
  graph.node(Elementwise{Epilogue::parse("affine:1:1")}, {"a"}, "b", {1});
  graph.node(Arithmetic{Arithmetic::Kind::multiply}, {"a", "a"}, "c", {1}); // twice the same
  graph.node(Arithmetic{Arithmetic::Kind::add}, {"b", "c"}, "d", {1});
  graph.output("d").output("a").output("x");
  const std::vector<Value> outputs = graph.evaluate({{{1}, {3}}});
  EXPECT_EQ(outputs[0].elements, (Numbers{43}));
  EXPECT_EQ(outputs[1].elements, (Numbers{6}));
  EXPECT_EQ(outputs[2].elements, (Numbers{3}));
}

TEST(NetworkReference, NodesThatNoOutputNeedsAreNotComputed) {
  GraphOf graph;
  graph.input("x", {1}).node(OtherOperation{}, {"x"}, "unused", {1}).output("x");
  EXPECT_EQ(graph.evaluate({{{1}, {3}}})[0].elements, (Numbers{3}));
}

TEST(NetworkReference, NamesTheNodeThatItCannotCompute) {
  GraphOf graph;
  graph.input("x", {1}).node(OtherOperation{}, {"x"}, "odd", {1}).output("odd");
  EXPECT_EQ(error_of([&] { graph.evaluate({{{1}, {3}}}); }), "Test 'odd': there is no such operation");
  GraphOf wrong;
  wrong.input("x", {2}).node(Reshape{}, {"x"}, "y", {3}).output("y");
  EXPECT_EQ(error_of([&] { wrong.evaluate({{{2}, {3, 4}}}); }), "Test 'y': 2 elements (expected those of 3)");
}

TEST(NetworkReference, FilesOfInputsAndOutputs) {
  GraphOf graph;
  graph.input("x", {2, 3}).input("z", {3});
  graph.node(Arithmetic{Arithmetic::Kind::add}, {"x", "z"}, "y", {2, 3}).output("y");
  const auto files = network::reference::reference_files(graph.graph(), "net");
  ASSERT_EQ(files.size(), 3u);
  EXPECT_EQ(files[0].first, "net_input0.npy");
  EXPECT_EQ(files[1].first, "net_input1.npy");
  EXPECT_EQ(files[2].first, "net_output0.npy");
  const auto numbers = [&](std::size_t file) { return floats_of(parse_npy(files[file].second, "file")); };
  const std::vector<float> x = numbers(0), z = numbers(1), y = numbers(2);
  EXPECT_EQ(parse_npy(files[2].second, "y").shape, (std::vector<std::int64_t>{2, 3}));
  for (std::size_t i = 0; i < y.size(); ++i) {
    EXPECT_EQ(y[i], static_cast<float>(double{x[i]} + double{z[i % 3]}));
    EXPECT_LE(std::abs(x[i]), 1);
  }
  EXPECT_NE(x[0], z[0]);
}

TEST(NetworkReference, InputsOfUnknownSizesAreRefused) {
  GraphOf graph;
  graph.input("x", {1, unknown_size}).output("x");
  EXPECT_EQ(error_of([&] { network::reference::random_inputs(graph.graph()); }),
            "input x: 1x? (expected sizes that are known)");
}
