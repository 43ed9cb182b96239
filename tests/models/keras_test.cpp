// Keras' files as graphs: layers, their weights, and what is refused; damaged files of every kind.
#include "error_of.hpp"
#include "models/folding/fold.hpp"
#include "models/keras/keras_model.hpp"
#include "models/keras/zip.hpp"
#include "models/manifest.hpp"

#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

using namespace convforge;
using namespace convforge::models;

namespace {

using FileBytes = std::vector<std::uint8_t>;

FileBytes kept_file(const std::string &name) {
  std::ifstream file(std::string(CONVFORGE_KERAS_MODELS) + "/" + name, std::ios::binary);
  FileBytes bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(bytes.empty()) << name;
  return bytes;
}

/// The weights of one Conv2D of 3x3, three channels to four, with a bias.
FileBytes example_weights() {
  const FileBytes file = kept_file("example.keras");
  ConstantBudget budget(file.size());
  const keras::ZipMember member = keras::ZipArchive(file).read("model.weights.h5", file.size(), budget);
  return {member.bytes.begin(), member.bytes.end()};
}

std::string layer(const std::string &type, const std::string &name, const std::string &arguments,
                  const std::string &reads = "") {
  std::string nodes;
  if (!reads.empty())
    nodes = R"({"args": [{"class_name": "__keras_tensor__", "config": {"keras_history": [)" + reads +
            R"(]}}], "kwargs": {}})";
  return fmt::format(R"({{"class_name": "{}", "config": {{"name": "{}"{}{}}}, "inbound_nodes": [{}]}})", type,
                     name, arguments.empty() ? "" : ", ", arguments, nodes);
}

/// A Functional model of an image of 8x8x3 and layers behind it.
std::string model(const std::string &layers, const std::string &output,
                  const std::string &sizes = "null, 8, 8, 3") {
  return fmt::format(R"({{"class_name": "Functional", "config": {{"name": "m", "layers": [{}, {}], )"
                     R"("input_layers": ["x", 0, 0], "output_layers": [["{}", 0, 0]]}}}})",
                     layer("InputLayer", "x", fmt::format(R"("batch_shape": [{}])", sizes)), layers, output);
}

Graph read_config(const std::string &config, const InputShapes &sizes = {}) {
  static const FileBytes weights = example_weights();
  return keras::parse_keras_parts(config, weights, sizes);
}

std::string error_of_config(const std::string &config) {
  return error_of([&] { read_config(config); });
}

const std::string plain_arguments = R"("filters": 4, "kernel_size": [3, 3])";

/// Why the one convolution of x is refused.
std::string refusal_of(const std::string &arguments, const std::string &type = "Conv2D") {
  const FoldedModel folded = fold(read_config(model(layer(type, "conv", arguments, R"("x", 0, 0)"), "conv")));
  return folded.refused.size() == 1 ? folded.refused[0].reason : "taken";
}

TEST(KerasModel, ALayerWithItsActivation) {
  const Graph graph = read_config(
      model(layer("Conv2D", "conv", plain_arguments + R"(, "padding": "same", "activation": "relu")",
                  R"("x", 0, 0)"),
            "conv"));
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].name, "conv");
  EXPECT_EQ(graph.nodes[1].name, "conv/relu");
  EXPECT_EQ(graph.tensor(graph.outputs[0]).name, "conv");
  EXPECT_EQ(graph.tensor(graph.nodes[0].outputs[0]).name, "conv before relu");
  FoldedModel folded = fold(graph);
  ASSERT_EQ(folded.convolutions.size(), 1u);
  EXPECT_EQ(folded.convolutions[0].problem.name, "conv");
  folded.convolutions[0].problem.name.clear();
  EXPECT_EQ(folded.convolutions[0].problem.descriptor(), "g1mb1ic3ih8iw8oc4oh8ow8kh3kw3sh1sw1ph1pw1dh0dw0");
  EXPECT_EQ(folded.convolutions[0].problem.epilogue.text(), "bias,relu");
  EXPECT_EQ(folded.convolutions[0].constants[0].second, std::vector<float>(108, 1.0f));
}

TEST(KerasModel, SizesThatAreOpen) {
  const std::string layers = layer("Conv2D", "conv", plain_arguments, R"("x", 0, 0)");
  const auto shape = [&](const std::string &sizes, const InputShapes &given) {
    const Graph graph = read_config(model(layers, "conv", sizes), given);
    return text_of_shape(graph.tensor(graph.outputs[0]).sizes());
  };
  EXPECT_EQ(shape("null, 8, 8, 3", {}), "1x6x6x4");
  EXPECT_EQ(shape("null, null, null, 3", {{"x", {2, 5, 4, 3}}}), "2x3x2x4");
  const FoldedModel folded = fold(read_config(model(layers, "conv", "null, null, null, 3")));
  ASSERT_EQ(folded.refused.size(), 1u);
  EXPECT_EQ(folded.refused[0].reason,
            "input: 1x?x?x3 (expected a shape whose sizes are all known: --input says those "
            "of the model's inputs)");
  EXPECT_EQ(error_of([&] { shape("null, 8, 8, 3", {{"y", {1}}}); }),
            "--input: y (expected an input of the model: x)");
}

TEST(KerasModel, ConvolutionsThatAreRefused) {
  EXPECT_EQ(refusal_of(R"("filters": 4, "kernel_size": "three")"),
            "Conv2D 'conv': kernel_size: \"three\" (expected a whole number or a list of them)");
  EXPECT_EQ(refusal_of(R"("filters": 4.5, "kernel_size": 3)"),
            "Conv2D 'conv': filters: 4.5 (expected a whole number)");
  EXPECT_EQ(refusal_of(plain_arguments + R"(, "padding": "reflect")"),
            "padding: reflect (expected valid or same)");
  EXPECT_EQ(refusal_of(R"("filters": 5, "kernel_size": 3)"),
            "kernel: 3x3x3x4 of f32 (expected 3x3x3x5, floating-point numbers)");
  EXPECT_EQ(refusal_of(plain_arguments + R"(, "use_bias": 1)"),
            "Conv2D 'conv': use_bias: 1 (expected true or false)");
  EXPECT_EQ(refusal_of(plain_arguments + R"(, "dtype": "float64")").substr(0, 6), "dtype:");
  EXPECT_EQ(refusal_of(plain_arguments + R"(, "dtype": "float16")"),
            "input: elements of f32 (expected f16, which the layer computes in)");
}

TEST(KerasModel, LayersWithoutAWordStayBetween) {
  const Graph graph = read_config(model(layer("Attention", "other", "", R"("x", 0, 0)") + "," +
                                            layer("Conv2D", "conv", plain_arguments, R"("other", 0, 0)"),
                                        "conv"));
  const FoldedModel folded = fold(graph);
  EXPECT_TRUE(std::holds_alternative<OtherOperation>(graph.nodes[0].operation));
  EXPECT_EQ(graph.nodes[0].type, "Attention");
  ASSERT_EQ(folded.refused.size(), 1u);
  EXPECT_TRUE(folded.refused[0].reason.starts_with("input: no shape")) << folded.refused[0].reason;
}

TEST(KerasModel, ModelsThatAreRefused) {
  EXPECT_EQ(error_of_config(R"({"class_name": "MyModel", "config": {"name": "m"}})").substr(0, 28),
            "model: class_name: \"MyModel\"");
  EXPECT_EQ(error_of_config(model(layer("Conv2DTranspose", "up", plain_arguments, R"("x", 0, 0)"), "up")),
            "Conv2DTranspose 'up': kernel: missing (expected /layers/conv2d_transpose/vars/0)");
  EXPECT_EQ(error_of_config(model(layer("ReLU", "r", "", R"("y", 0, 0)"), "r")),
            "ReLU 'r': inbound_nodes: output 0 of call 0 of 'y' (expected an output of a layer's call)");
  EXPECT_EQ(error_of_config(model(layer("ReLU", "r", "", R"("x", 0, 1)"), "r")),
            "ReLU 'r': inbound_nodes: output 1 of call 0 of 'x' (expected an output of a layer's call)");
  EXPECT_EQ(error_of_config(model(layer("ReLU", "r", "", R"("r", 0, 0)"), "r")),
            "ReLU 'r': inbound_nodes: a circle (expected a layer that reads what is made before it)");
  EXPECT_EQ(error_of_config(model(layer("ReLU", "r", R"("max_value": "six")", R"("x", 0, 0)"), "r")),
            "ReLU 'r': max_value: \"six\" (expected a number)");
  EXPECT_EQ(error_of_config(
                model(layer("ZeroPadding2D", "p", R"("padding": [[1, -1], [0, 0]])", R"("x", 0, 0)"), "p")),
            "ZeroPadding2D 'p': padding: [[1,-1],[0,0]] (expected whole numbers from 0 on)");
  EXPECT_EQ(
      error_of_config(model(layer("ReLU", "r", "", R"("x", 0, 0)"), "s")),
      "Functional 'm': output_layers: output 0 of call 0 of 's' (expected an output of a layer's call)");
  EXPECT_EQ(error_of_config("{").substr(0, 12), "config.json:");
  EXPECT_EQ(error_of_config(std::string(200, '[')), "config.json: values 97 deep (expected at most 96)");
}

/// Models in models, each with two calls of the next: 2^n layers, were they not counted.
TEST(KerasModel, ModelsInModelsAreBounded) {
  std::string inner = layer("ReLU", "r", "", R"("x", 0, 0)"), output = "r";
  for (int depth = 0; depth < 9; ++depth) {
    std::string nested = model(inner, output);
    nested.insert(nested.size() - 1, R"(, "inbound_nodes": [[["x", 0, 0, {}]], [["m", 0, 0, {}]]])");
    inner = nested, output = "m";
  }
  EXPECT_EQ(error_of_config(model(inner, output)), "Functional 'm': in 8 models (expected fewer than 8)");
}

/// A layer without a word here that is called often, each time for its thousandth output.
TEST(KerasModel, OutputsThatNobodyMakesAreBounded) {
  std::string calls, reads;
  for (int i = 0; i < 500; ++i)
    calls += fmt::format(R"({}[["x", 0, 0, {{}}]])", i == 0 ? "" : ", "),
        reads += fmt::format(R"({}["o", {}, 999, {{}}])", i == 0 ? "" : ", ", i);
  const std::string other =
      fmt::format(R"({{"class_name": "Other", "config": {{"name": "o"}}, "inbound_nodes": [{}]}})", calls);
  const std::string sum =
      fmt::format(R"({{"class_name": "Add", "config": {{"name": "a"}}, "inbound_nodes": [[{}]]}})", reads);
  EXPECT_EQ(error_of_config(model(other + ", " + sum, "a")),
            "layers: 400000 tensors and more (expected no more)");
}

TEST(KerasModel, SizesThatNoNumberHolds) {
  const Graph graph = read_config(
      model(layer("Reshape", "r", R"("target_shape": [1048576, 1048576, 1073741824])", R"("x", 0, 0)"), "r",
            "null, 1048576, 1048576"));
  EXPECT_FALSE(graph.tensor(graph.outputs.front()).shape);
}

void expect_error_alone(
    const FileBytes &bytes, const std::string &what,
    Graph (*read)(std::span<const std::uint8_t>) = [](std::span<const std::uint8_t> file) {
      return keras::parse_keras_model(file);
    }) {
  try {
    const Graph graph = read(bytes);
    const FoldedModel folded = fold(graph);
    import_files(graph, folded, "model");
  } catch (const Error &error) {
    EXPECT_NE(error.what(), std::string()) << what;
  } catch (const std::exception &error) {
    ADD_FAILURE() << what << ": " << error.what();
  }
}

/// The configuration is that of the file; weights alone are damaged, as no checksum of an archive sees.
Graph read_example_weights(std::span<const std::uint8_t> weights) {
  static const std::string config = model(layer("Conv2D", "conv", plain_arguments, R"("x", 0, 0)"), "conv");
  return keras::parse_keras_parts(config, weights);
}

TEST(KerasModel, FilesThatAreCutOffAtEveryLength) {
  for (const char *name : {"example.h5", "example_newest.h5", "example.keras"}) {
    const FileBytes whole = kept_file(name);
    for (std::size_t size = 0; size < whole.size(); ++size)
      expect_error_alone({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)},
                         fmt::format("{} cut off at {}", name, size));
  }
}

TEST(KerasModel, BytesThatAreDamaged) {
  const auto damage = [](FileBytes bytes, std::size_t every, const std::string &name,
                         Graph (*read)(std::span<const std::uint8_t>)) {
    for (std::size_t i = 0; i < bytes.size(); i += every)
      for (const std::uint8_t bits : {std::uint8_t(1u << i % 8), std::uint8_t{0xff}}) {
        bytes[i] ^= bits;
        expect_error_alone(bytes, fmt::format("{}: byte {} with {:#x}", name, i, bits), read);
        bytes[i] ^= bits;
      }
  };
  const auto whole = [](std::span<const std::uint8_t> file) { return keras::parse_keras_model(file); };
  // Every byte takes half a minute, and passed once; the fuzz target has the rest.
  damage(kept_file("example.h5"), 5, "example.h5", whole);
  damage(kept_file("example_newest.h5"), 5, "example_newest.h5", whole);
  damage(kept_file("example.keras"), 7, "example.keras", whole);
  damage(kept_file("small_cnn_keras2.h5"), 499, "small_cnn_keras2.h5", whole);
  damage(example_weights(), 5, "weights", read_example_weights);
}

TEST(KerasModel, ArchivesThatAreRefused) {
  FileBytes file = kept_file("channels_first.keras");
  const auto error = [&] { return error_of([&] { keras::parse_keras_model(file); }); };
  const std::string_view deflated(reinterpret_cast<const char *>(file.data()), file.size());
  file[deflated.find("config.json") + 30] ^= 1;
  EXPECT_TRUE(error().starts_with("config.json: damaged") || error().starts_with("deflated bytes: "))
      << error();
  file = kept_file("example.keras");
  const std::string_view text(reinterpret_cast<const char *>(file.data()), file.size());
  const std::size_t entry = text.rfind("PK\1\2"); // the last one: model.weights.h5
  file[entry + 8] |= 1;
  EXPECT_EQ(error(), "model.weights.h5: flags 0x1, method 0 (expected a member that is stored or deflated, "
                     "without encryption)");
  file[entry + 8] = 0, file[entry + 27] = 0x7f; // 2 GiB, which are not there
  EXPECT_TRUE(error().starts_with("model.weights.h5: damaged")) << error();
  file.resize(100);
  EXPECT_TRUE(error().starts_with("zip archive: 100 bytes without a directory")) << error();
}

TEST(KerasModel, ArraysOfNumbersInChunks) {
  const FileBytes file = kept_file("small_cnn_keras2.h5"), archive = kept_file("small_cnn.keras");
  const FoldedModel legacy = fold(keras::parse_keras_model(file)),
                    newest = fold(keras::parse_keras_model(archive));
  ASSERT_EQ(legacy.convolutions.size(), newest.convolutions.size());
  for (std::size_t i = 0; i < legacy.convolutions.size(); ++i)
    EXPECT_EQ(legacy.convolutions[i].constants, newest.convolutions[i].constants);
}

} // namespace
