// Which calls a graph becomes: what is a view, what is written in place, what is copied and what is missing.
#include "models/onnx/onnx_model.hpp"
#include "network/lowering/lowering.hpp"
#include "onnx_writer.hpp"

#include <algorithm>
#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::network;
using namespace convforge::test;

namespace {

/// A model from x of four channels and 6 x 6 pixels to y.
struct TestModel {
  explicit TestModel(std::vector<Message> nodes, std::vector<Message> constants = {}) {
    constants.push_back(tensor("w", {4, 4, 1, 1}, std::vector<float>(16, 0.5f)));
    const std::string file =
        onnx_file({std::move(nodes), std::move(constants), {value("x", {1, 4, 6, 6})}, {value("y", {})}});
    graph = models::onnx::parse_onnx_model(test::bytes_of(file), {});
    folded = models::fold(graph);
  }
  Program lower(Layout layout = Layout::nhwc) const { return network::lower(graph, folded, layout); }

  models::Graph graph;
  models::FoldedModel folded;
};

Message conv(const std::string &from, const std::string &to) {
  return node("Conv", {from, "w"}, {to}, {}, "conv " + to);
}

/// "kernel copy kernel": the calls in order.
std::string calls(const Program &program) {
  std::string text;
  for (const Step &step : program.steps) {
    const auto *elementwise = std::get_if<ElementwiseCall>(&step.operation);
    const bool copies =
        elementwise && elementwise->operation.arithmetic == CONVFORGE_COPY && elementwise->steps.empty();
    text += std::string(text.empty() ? "" : " ") +
            (std::holds_alternative<KernelCall>(step.operation)       ? "kernel"
             : copies                                                 ? "copy"
             : elementwise                                            ? "elementwise"
             : std::holds_alternative<ResamplingCall>(step.operation) ? "resampling"
                                                                      : "other");
  }
  return text;
}

} // namespace

TEST(Lowering, NchwInsideOfTheModelsLayoutCopiesNothing) {
  const TestModel model({conv("x", "a"), conv("a", "y")});
  const Program program = model.lower(Layout::nchw);
  EXPECT_TRUE(program.missing.empty());
  EXPECT_EQ(calls(program), "kernel kernel");
  EXPECT_EQ(program.kernels.size(), 1u); // of equal problems
}

TEST(Lowering, NhwcInsideIsCopiedAtTheEdges) {
  const TestModel model({conv("x", "a"), conv("a", "y")});
  EXPECT_EQ(calls(model.lower()), "copy kernel kernel copy");
}

TEST(Lowering, AConcatenationIsWrittenInPlace) {
  const TestModel model({conv("x", "a"), conv("x", "b"),
                         node("Concat", {"a", "b"}, {"c"}, {integer("axis", 1)}),
                         node("Conv", {"c", "v"}, {"y"})},
                        {tensor("v", {4, 8, 1, 1}, std::vector<float>(32, 1))});
  const Program program = model.lower();
  EXPECT_EQ(calls(program), "copy kernel kernel kernel copy"); // both read one copy of x
  const auto &first = program.steps[1], &second = program.steps[2], &last = program.steps[3];
  EXPECT_EQ(first.writes.buffer, second.writes.buffer);
  EXPECT_EQ(first.writes.offset, 0);
  EXPECT_EQ(second.writes.offset, 4);
  EXPECT_EQ(last.reads[0].buffer, first.writes.buffer);
  EXPECT_EQ(program.kernels[0].output_strides().w, 8); // pixels of the whole
}

TEST(Lowering, ConcatenationsOfConcatenationsAreOneBuffer) { // as blocks of DenseNet are
  const std::vector<float> ones(48, 1);
  const TestModel model(
      {conv("x", "a"), conv("a", "b"), node("Concat", {"a", "b"}, {"c"}, {integer("axis", 1)}),
       node("Conv", {"c", "v"}, {"d"}), node("Concat", {"c", "d"}, {"e"}, {integer("axis", 1)}),
       node("Conv", {"e", "u"}, {"y"})},
      {tensor("v", {4, 8, 1, 1}, std::vector<float>(32, 1)), tensor("u", {4, 12, 1, 1}, ones)});
  const Program program = model.lower();
  EXPECT_EQ(calls(program), "copy kernel kernel kernel kernel copy");
  for (const std::size_t part : {1, 2, 3}) {
    EXPECT_EQ(program.steps[part].writes.buffer, program.steps[1].writes.buffer);
    EXPECT_EQ(program.steps[part].writes.offset, 4 * (static_cast<std::int64_t>(part) - 1));
    EXPECT_EQ(program.steps[part + 1].reads[0].buffer, program.steps[1].writes.buffer);
  }
}

TEST(Lowering, WhatIsConcatenatedTwiceIsCopiedOnce) {
  const TestModel model({conv("x", "a"), conv("x", "b"),
                         node("Concat", {"a", "a"}, {"c"}, {integer("axis", 1)}),
                         node("Concat", {"c", "b"}, {"y"}, {integer("axis", 1)})});
  const Program program = model.lower(Layout::nchw);
  EXPECT_TRUE(program.missing.empty());
  EXPECT_EQ(calls(program),
            "kernel kernel copy copy"); // a, twice: c and b are parts of y
}

TEST(Lowering, SplitsAndTransposesAreViews) {
  const TestModel model({conv("x", "a"), node("Split", {"a"}, {"b", "c"}, {integer("axis", 1)}),
                         node("Mul", {"b", "c"}, {"d"}),
                         node("Transpose", {"d"}, {"y"}, {ints("perm", {0, 2, 3, 1})})});
  const Program program = model.lower();
  EXPECT_TRUE(program.missing.empty());
  EXPECT_EQ(calls(program), "copy kernel elementwise copy");
  const auto &product = std::get<ElementwiseCall>(program.steps[2].operation).operation;
  EXPECT_EQ(product.rank, 2); // pixels, and two of four channels
  EXPECT_EQ(product.size[0], 36);
  EXPECT_EQ(product.size[1], 2);
  EXPECT_EQ(product.a.along[0], 4);
  EXPECT_EQ(program.steps[2].reads[1].offset, 2);
}

TEST(Lowering, ActivationsJoinTheCallBefore) {
  const TestModel model(
      {conv("x", "a"), node("Mul", {"a", "a"}, {"b"}), node("Relu", {"b"}, {"c"}), conv("c", "y")});
  const Program program = model.lower(Layout::nchw);
  EXPECT_EQ(calls(program), "kernel elementwise kernel");
  EXPECT_EQ(std::get<ElementwiseCall>(program.steps[1].operation).steps.size(), 1u);
}

TEST(Lowering, WhatAnotherReadsIsKeptAsItIs) {
  const TestModel model({conv("x", "a"), node("Mul", {"a", "a"}, {"b"}), node("Relu", {"b"}, {"c"}),
                         node("Sub", {"b", "c"}, {"d"}), conv("d", "y")});
  const Program program = model.lower(Layout::nchw);
  EXPECT_EQ(calls(program), "kernel elementwise elementwise elementwise kernel");
  EXPECT_TRUE(std::get<ElementwiseCall>(program.steps[1].operation).steps.empty());
}

TEST(Lowering, SlicesStep) { // every other column from the end on
  const TestModel model(
      {conv("x", "a"), node("Slice", {"a", "begin", "end", "axis", "step"}, {"b"}),
       node("Mul", {"b", "b"}, {"y"})},
      {tensor("begin", {-1}), tensor("end", {-100}), tensor("axis", {3}), tensor("step", {-2})});
  const Program program = model.lower(Layout::nchw);
  EXPECT_EQ(calls(program), "kernel elementwise");
  const auto &product = std::get<ElementwiseCall>(program.steps[1].operation).operation;
  EXPECT_EQ(product.size[product.rank - 1], 3);
  EXPECT_EQ(product.a.along[product.rank - 1], -2);
  EXPECT_EQ(program.steps[1].reads[0].offset, 5);
}

TEST(Lowering, WhatNoOutputNeedsIsNotComputed) {
  const TestModel model({conv("x", "y"), conv("x", "unused")});
  const Program program = model.lower(Layout::nchw);
  EXPECT_EQ(calls(program), "kernel");
  EXPECT_EQ(program.kernel_of.size(), 2u);
}

TEST(Lowering, MissingOperationsAreNamedOnce) {
  const TestModel model(
      {conv("x", "a"), node("Erf", {"a"}, {"b"}, {}, "error"), node("Relu", {"b"}, {"c"}), conv("c", "y")});
  const Program program = model.lower();
  ASSERT_EQ(program.missing.size(), 1u);
  EXPECT_EQ(program.missing[0].name, "error");
  EXPECT_EQ(program.missing[0].type, "Erf");
  EXPECT_EQ(program.missing[0].reason, "networks have no such operation");
}
