// ONNX files as graphs: shapes, constants, and what is refused.
#include "error_of.hpp"
#include "models/onnx/onnx_model.hpp"
#include "onnx_writer.hpp"
#include "scratch_directory.hpp"

#include <fstream>
#include <gtest/gtest.h>

using namespace convforge;
using namespace convforge::models;
using namespace convforge::test;

namespace {

Graph read(const GraphParts &parts, const InputShapes &sizes = {}, std::int64_t opset = 17) {
  const std::string file = onnx_file(parts, opset);
  return onnx::parse_onnx_model(test::bytes_of(file), {}, sizes);
}

std::string refusal(const GraphParts &parts, const InputShapes &sizes = {}, std::int64_t opset = 17) {
  return error_of([&] { read(parts, sizes, opset); });
}

/// The shape of the output of one node on an input of a shape, beside constants.
std::string shape_behind(const std::string &type, const Sizes &input,
                         const std::vector<Message> &attributes = {},
                         const std::vector<Message> &constants = {},
                         const std::vector<std::string> &names = {}) {
  std::vector<std::string> inputs{"x"};
  inputs.insert(inputs.end(), names.begin(), names.end());
  const Graph graph =
      read({{node(type, inputs, {"y"}, attributes)}, constants, {value("x", input)}, {value("y", {})}});
  const Tensor &y = graph.tensor(graph.outputs[0]);
  return y.shape ? text_of_shape(*y.shape) : "none";
}

const std::vector<float> nine(9, 1.0f);

TEST(OnnxModel, ReadsAConvolution) {
  const Graph graph = read(
      {{node("Conv", {"x", "w", "b"}, {"y"}, {ints("pads", {1, 1, 1, 1}), ints("strides", {2, 2})}, "c")},
       {tensor("w", {1, 1, 3, 3}, nine), tensor("b", {1}, {2})},
       {value("x", {1, 1, 8, 8})},
       {value("y", {1, 1, 4, 4})}});
  ASSERT_EQ(graph.nodes.size(), 1u);
  const auto &convolution = std::get<Convolution>(graph.nodes[0].operation);
  ASSERT_TRUE(convolution.problem) << convolution.refusal;
  EXPECT_EQ(convolution.problem->descriptor(), "g1mb1ic1ih8iw8oc1oh4ow4kh3kw3sh2sw2ph1pw1dh0dw0n\"c\"");
  EXPECT_EQ(convolution.problem->epilogue.text(), "bias");
  EXPECT_EQ(numbers_of(graph.tensor(graph.nodes[0].inputs[2])), std::vector<double>{2});
}

TEST(OnnxModel, NamesNodesThatHaveNone) {
  const Graph graph = read({{node("Relu", {"x"}, {"a"}), node("Relu", {"a"}, {"b"}, {}, "twice"),
                             node("Relu", {"b"}, {"y"}, {}, "twice")},
                            {},
                            {value("x", {4})},
                            {value("y", {4})}});
  EXPECT_EQ(graph.nodes[0].name, "Relu_0");
  EXPECT_EQ(graph.nodes[1].name, "twice");
  EXPECT_EQ(graph.nodes[2].name, "twice#2");
}

TEST(OnnxModel, SizesThatAreOpenAreGiven) {
  const GraphParts parts{{node("Conv", {"x", "w"}, {"y"}, {}, "c")},
                         {tensor("w", {1, 1, 3, 3}, nine)},
                         {value("x", {-1, 1, -1, 9})},
                         {value("y", {-1, 1, -1, 7})}};
  EXPECT_EQ(text_of_shape(*read(parts, {{"x", {2, 1, 5, 9}}}).tensors.back().shape), "2x1x3x7");
  const Graph open = read(parts);
  EXPECT_EQ(
      std::get<Convolution>(open.nodes[0].operation).refusal,
      "X: ?x1x?x9 (expected a shape whose sizes are all known: --input says those of the model's inputs)");
  EXPECT_EQ(refusal(parts, {{"x", {2, 1, 5, 8}}}),
            "--input x: 2x1x5x8 (expected ?x1x?x9 as the model has it, numbers where it has ?)");
  EXPECT_EQ(refusal(parts, {{"z", {1}}}), "--input: z (expected an input of the model: x)");
}

TEST(OnnxModel, ShapesOfOperators) {
  EXPECT_EQ(shape_behind("MaxPool", {1, 3, 9, 9}, {ints("kernel_shape", {3, 3}), ints("strides", {2, 2})}),
            "1x3x4x4");
  EXPECT_EQ(shape_behind("MaxPool", {1, 3, 10, 10},
                         {ints("kernel_shape", {3, 3}), ints("strides", {2, 2}), integer("ceil_mode", 1)}),
            "1x3x5x5");
  EXPECT_EQ(shape_behind("AveragePool", {1, 3, 9, -1},
                         {ints("kernel_shape", {2, 2}), word("auto_pad", "SAME_UPPER")}),
            "1x3x9x?");
  EXPECT_EQ(shape_behind("GlobalAveragePool", {1, 3, 9, 9}), "1x3x1x1");
  EXPECT_EQ(shape_behind("Transpose", {1, 2, 3}, {ints("perm", {2, 0, 1})}), "3x1x2");
  EXPECT_EQ(shape_behind("Flatten", {2, 3, 4}), "2x12");
  EXPECT_EQ(shape_behind("Reshape", {2, 3, 4}, {}, {tensor("s", {0, -1})}, {"s"}), "2x12");
  EXPECT_EQ(shape_behind("Squeeze", {1, 3, 1}, {}, {tensor("s", {-1})}, {"s"}), "1x3");
  EXPECT_EQ(shape_behind("Unsqueeze", {3, 4}, {ints("axes", {0, 3})}), "1x3x4x1");
  EXPECT_EQ(shape_behind("Slice", {9, 9}, {},
                         {tensor("a", {-3}), tensor("b", {9223372036854775807}), tensor("c", {1})},
                         {"a", "b", "c"}),
            "9x3");
  EXPECT_EQ(shape_behind("Resize", {1, 2, 3, 4}, {}, {tensor("s", {4}, {1, 1, 2, 2})}, {"", "s"}), "1x2x6x8");
  EXPECT_EQ(shape_behind("Pad", {1, 2, 3, 4}, {}, {tensor("p", {0, 0, 1, 2, 0, 0, 3, 4})}, {"p"}),
            "1x2x7x10");
  EXPECT_EQ(shape_behind("ReduceMean", {1, 2, 3}, {ints("axes", {-1}), integer("keepdims", 0)}), "1x2");
  EXPECT_EQ(shape_behind("Gemm", {2, 3}, {integer("transB", 1)},
                         {tensor("w", {4, 3}, std::vector<float>(12))}, {"w"}),
            "2x4");
  EXPECT_EQ(shape_behind("Add", {2, 1, 3}, {}, {tensor("w", {4, 1}, std::vector<float>(4))}, {"w"}), "2x4x3");
  EXPECT_EQ(shape_behind("Mystery", {2, 1, 3}), "a number"); // as the file says it of y
}

TEST(OnnxModel, ShapesAreComputed) {
  // y = reshape(x, concat(shape(x)[:1], [-1]))
  const Graph graph = read(
      {{node("Shape", {"x"}, {"s"}), node("Slice", {"s", "zero", "one"}, {"n"}),
        node("Concat", {"n", "rest"}, {"to"}, {integer("axis", 0)}), node("Reshape", {"x", "to"}, {"y"})},
       {tensor("zero", {0}), tensor("one", {1}), tensor("rest", {-1})},
       {value("x", {2, 3, 4})},
       {value("y", {-1, -1})}});
  EXPECT_EQ(text_of_shape(*graph.tensor(graph.outputs[0]).shape), "2x12");
  EXPECT_EQ(graph.nodes.size(), 1u); // What was computed is a constant and no node.
}

TEST(OnnxModel, ABranchThatIsChosenByAConstantStandsForTheIf) {
  const Message yes = graph({{node("Conv", {"x", "w"}, {"inner"}, {}, "c")}, {}, {}, {value("inner", {})}});
  const Message no = graph({{node("Relu", {"x"}, {"other"})}, {}, {}, {value("other", {})}});
  GraphParts parts{{node("If", {"flag"}, {"y"},
                         {graph_attribute("then_branch", yes), graph_attribute("else_branch", no)}, "if")},
                   {tensor("w", {1, 1, 3, 3}, nine), raw_tensor<std::uint8_t>("flag", {}, 9, {1})},
                   {value("x", {1, 1, 8, 8})},
                   {value("y", {})}};
  const Graph chosen = read(parts);
  ASSERT_EQ(chosen.nodes.size(), 1u);
  EXPECT_EQ(chosen.nodes[0].type, "Conv");
  EXPECT_EQ(chosen.tensor(chosen.outputs[0]).name, "y");
  parts.constants.pop_back();
  parts.inputs.push_back(value("flag", {}, 9));
  const Graph open = read(parts);
  EXPECT_EQ(std::get<Nested>(open.nodes[0].operation).convolutions,
            std::vector<std::string>{"Conv 'c' in then_branch"});
}

TEST(OnnxModel, RefusesWithNames) {
  const GraphParts relu{{node("Relu", {"x"}, {"y"}, {}, "r")}, {}, {value("x", {4})}, {value("y", {4})}};
  EXPECT_EQ(
      refusal(relu, {}, 99),
      "opset_import: 99 (expected 1 to 24: onnx.version_converter converts models to another operator set)");
  GraphParts early = relu;
  early.inputs.clear();
  EXPECT_EQ(refusal(early),
            "Relu 'r': reads 'x' (expected an input, an initializer, or the output of a node before it: "
            "nodes of ONNX are in that order)");
  GraphParts large = relu;
  large.constants = {tensor("w", {2, 2}, {1, 2, 3})};
  EXPECT_EQ(refusal(large), "tensor 'w': 12 bytes (expected 16: 2x2 elements of f32)");
  EXPECT_TRUE(contains(error_of([] { onnx::parse_onnx_model({}, {}); }), "no graph in it"));
}

TEST(OnnxModel, EveryTruncationIsRefusedOrRead) {
  const std::string file = onnx_file({{node("Conv", {"x", "w"}, {"y"}, {ints("pads", {1, 1, 1, 1})}, "c")},
                                      {tensor("w", {1, 1, 3, 3}, nine)},
                                      {value("x", {1, 1, 8, 8})},
                                      {value("y", {1, 1, 8, 8})}});
  int refused = 0;
  for (std::size_t size = 0; size < file.size(); ++size)
    refused += error_of([&] { onnx::parse_onnx_model(test::bytes_of(file).first(size), {}); }) != "no error";
  EXPECT_EQ(refused, static_cast<int>(file.size())); // The operator set comes last.
}

/// A weight in a file beside the model.
std::string error_of_location(const std::filesystem::path &folder, const std::string &location) {
  Message weights;
  for (const std::int64_t size : {1, 1, 3, 3})
    weights.integer(1, size);
  weights.integer(2, 1).text(8, "w").integer(14, 1);
  weights.message(13, Message().text(1, "location").text(2, location));
  const std::string file =
      onnx_file({{node("Conv", {"x", "w"}, {"y"})}, {weights}, {value("x", {1, 1, 8, 8})}, {}});
  return error_of([&] { onnx::parse_onnx_model(test::bytes_of(file), folder); });
}

TEST(OnnxModel, ExternalDataStayInTheModelsFolder) {
  const test::ScratchDirectory scratch;
  const auto models = scratch.path() / "models";
  std::filesystem::create_directory(models);
  for (const auto &file : {models / "w.bin", scratch.path() / "secret"})
    std::ofstream(file) << std::string(36, '\0');
  std::filesystem::create_symlink(scratch.path() / "secret", models / "link");
  EXPECT_EQ(error_of_location(models, "w.bin"), "no error");
  EXPECT_EQ(error_of_location(models, "./w.bin"), "no error");
  EXPECT_TRUE(contains(error_of_location(models, "../secret"), "without .."));
  EXPECT_TRUE(contains(error_of_location(models, (scratch.path() / "secret").string()), "beside the model"));
  EXPECT_TRUE(contains(error_of_location(models, "link"), "no link that leads out of its folder"));
  EXPECT_TRUE(contains(error_of_location(models, "missing"), "tensor 'w': missing"));
  std::ofstream(models / "w.bin") << "short";
  EXPECT_TRUE(contains(error_of_location(models, "w.bin"), "36 bytes at 0 of"));
}

} // namespace
