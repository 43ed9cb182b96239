// `convforge import` and `convforge summary` of a model's file.
#include "error_of.hpp"
#include "file_content.hpp"
#include "onnx_writer.hpp"
#include "program.hpp"
#include "verify/npy.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace convforge;
using nlohmann::json;

namespace {

using test::node;
using test::tensor;
using test::value;

/// Two equal convolutions, one behind the other, a pool between them, and one whose weights are computed.
std::string small_model(const std::string &path) {
  const std::vector<float> ones(9, 1.0f);
  const std::string file = test::onnx_file(
      {{node("Conv", {"x", "w"}, {"a"}, {test::ints("pads", {1, 1, 1, 1})}, "first/conv"),
        node("Relu", {"a"}, {"b"}, {}, "act"), node("GlobalAveragePool", {"b"}, {"p"}, {}, "pool"),
        node("Mul", {"b", "p"}, {"c"}, {}, "gate"),
        node("Conv", {"c", "v"}, {"d"}, {test::ints("pads", {1, 1, 1, 1})}, "second/conv"),
        node("Relu", {"d"}, {"e"}, {}, "act2"), node("Conv", {"e", "k"}, {"y"}, {}, "third")},
       {tensor("w", {1, 1, 3, 3}, ones), tensor("v", {1, 1, 3, 3}, std::vector<float>(9, 2.0f))},
       {value("x", {1, 1, -1, 4}), value("k", {1, 1, 3, 3})},
       {value("y", {})}});
  std::ofstream(path, std::ios::binary) << file;
  return path;
}

TEST(ModelCommands, ImportWritesWhatRunTakes) {
  const ScratchDirectory scratch;
  const std::string model = small_model(scratch / "small.onnx"), out = scratch / "out";
  const std::string said = output_of("import " + model + " --input x=1x1x4x4 --out " + out);
  EXPECT_TRUE(contains(said, "Convolutions: 3: 2 by 1 kernels, 1 refused\n")) << said;
  EXPECT_TRUE(contains(said, "refused: Conv 'third': weights: 'k' is computed")) << said;
  EXPECT_TRUE(contains(said, "Folded into them: 2 nodes: 2 Relu\n")) << said;
  const json manifest = json::parse(test::read_text(out + "/manifest.json"));
  const json &kernel = manifest["kernels"][0], &first = manifest["convolutions"][0];
  EXPECT_EQ(first["ends"], "2 nodes read it: GlobalAveragePool 'pool', Mul 'gate'");
  EXPECT_EQ(first["output"], "b");
  EXPECT_EQ(manifest["convolutions"][1]["operands"]["weights"]["file"],
            "weights/0001_second_conv.weights.npy");
  EXPECT_EQ(manifest["glue"].size(), 3u);
  write_npy(scratch / "x.npy", {1, 1, 4, 4}, std::vector<float>(16, 1.0f));
  output_of("run --problem " + kernel["problem"].get<std::string>() +
            " --layout nchw --epilogue relu --input " + (scratch / "x.npy") + " --weights " + out + "/" +
            first["operands"]["weights"]["file"].get<std::string>() + " --output " + (scratch / "y.npy"));
  const std::vector<float> y = floats_of(read_npy(scratch / "y.npy"));
  EXPECT_EQ(std::vector<float>(y.begin(), y.begin() + 5), (std::vector<float>{4, 6, 6, 4, 6}));
  output_of("check --batch " + out + "/problems.txt");
}

/// Two convolutions of dequantised integers, the second one with a bias in floats.
std::string quantised_model(const std::string &path) {
  const std::string file = test::onnx_file(
      {{node("DequantizeLinear", {"x", "xs", "xz"}, {"xf"}, {}, "dx"),
        node("DequantizeLinear", {"w", "ws"}, {"wf"}, {}, "dw"),
        node("DequantizeLinear", {"b", "bs"}, {"bf"}, {}, "db"),
        node("Conv", {"xf", "wf", "bf"}, {"c"}, {}, "first"), node("Relu", {"c"}, {"r"}, {}, "act"),
        node("QuantizeLinear", {"r", "ys", "xz"}, {"q"}, {}, "q"),
        node("DequantizeLinear", {"q", "ys", "xz"}, {"qf"}, {}, "dq"),
        node("Conv", {"qf", "wf", "bias"}, {"y"}, {}, "second")},
       {tensor("xs", {}, {0.5f}), test::raw_tensor<std::uint8_t>("xz", {}, 2, {100}),
        test::raw_tensor<std::int8_t>("w", {1, 1, 1, 1}, 3, {-3}), tensor("ws", {}, {2}),
        test::raw_tensor<std::int32_t>("b", {1}, 6, {7}), tensor("bs", {}, {1}), tensor("ys", {}, {4}),
        tensor("bias", {1}, {0.1f})},
       {value("x", {1, 1, 2, 2}, 2)},
       {value("y", {})}});
  std::ofstream(path, std::ios::binary) << file;
  return path;
}

TEST(ModelCommands, ImportWritesIntegers) {
  const ScratchDirectory scratch;
  const std::string out = scratch / "out";
  const std::string said = output_of("import " + quantised_model(scratch / "q.onnx") + " --out " + out);
  EXPECT_TRUE(contains(said, "Convolutions: 2: 2 by 2 kernels, 0 refused\n")) << said;
  EXPECT_TRUE(contains(said, "in floats: 'second': bias: 'bias' is f32 (expected a constant of integers"))
      << said;
  const json manifest = json::parse(test::read_text(out + "/manifest.json"));
  const json &first = manifest["convolutions"][0], &kernel = manifest["kernels"][0];
  EXPECT_EQ(kernel["flags"]["--dtype"], "u8:s8:u8");
  EXPECT_EQ(kernel["flags"]["--zero-points"], "100:100");
  EXPECT_EQ(manifest["convolutions"][1]["in_floats"],
            "bias: 'bias' is f32 (expected a constant of integers that are dequantised)");
  const std::vector<std::uint8_t> x{0, 98, 100, 255};
  const std::vector<std::uint8_t> npy =
      format_npy({{1, 1, 2, 2}, ElementType::u8, to_elements(ElementType::u8, x)});
  std::ofstream(scratch / "x.npy", std::ios::binary)
      << std::string(reinterpret_cast<const char *>(npy.data()), npy.size());
  std::string line = "run --problem " + kernel["problem"].get<std::string>();
  for (const auto &[flag, text] : kernel["flags"].items())
    line += " " + flag + " " + text.get<std::string>();
  for (const auto &[name, operand] : first["operands"].items())
    line.append(" --").append(name).append(" ").append(out).append("/").append(
        operand["file"].get<std::string>());
  output_of(line + " --input " + (scratch / "x.npy") + " --output " + (scratch / "y.npy"));
  // (-3 (x - 100) + 7) / 4, to the nearest step, from 100 on.
  EXPECT_EQ(from_elements<int>(ElementType::u8, read_npy(scratch / "y.npy").elements),
            (std::vector<int>{177, 103, 102, 100}));
  output_of("check --batch " + out + "/problems.txt");
}

TEST(ModelCommands, MatchTakesSomeOfThem) {
  const ScratchDirectory scratch;
  const std::string line =
      "import " + small_model(scratch / "small.onnx") + " --input x=1x1x4x4 --out " + (scratch / "out");
  EXPECT_TRUE(contains(output_of(line + " --match ^second"), "Convolutions: 1: 1 by 1 kernels, 0 refused\n"));
  const json manifest = json::parse(test::read_text(scratch / "out/manifest.json"));
  EXPECT_EQ(manifest["convolutions"][0]["name"], "second/conv");
  EXPECT_EQ(manifest["glue"].size(), 5u); // what is done by no kernel
  expect_error(line + " --match nothing", "--match: nothing (expected an expression that the name");
  expect_error(line + " --match (", "a POSIX extended regular expression");
}

TEST(ModelCommands, SummaryListsEveryLayer) {
  const ScratchDirectory scratch;
  const std::string line = "summary " + small_model(scratch / "small.onnx") + " --input x=1x1x4x4";
  const std::string said = output_of(line);
  EXPECT_TRUE(contains(said, "first/conv (Conv)         (1, 1, 4, 4)        9  conv_0   direct")) << said;
  EXPECT_TRUE(contains(said, "pool (GlobalAveragePool)  (1, 1, 1, 1)        0\n")) << said;
  EXPECT_TRUE(contains(said, "third (Conv)              (1, 1, 2, 2)        0  refused\n")) << said;
  EXPECT_TRUE(contains(said, "Total params: 18\nMultiply-adds of the kernels: 288\nPredicted: ")) << said;
  EXPECT_TRUE(contains(said, "Left between them: 3 nodes: 1 Conv, 1 GlobalAveragePool, 1 Mul\n")) << said;
  const json layers = json::parse(output_of(line + " --json"));
  EXPECT_EQ(layers["layers"].size(), 7u);
  EXPECT_EQ(layers["layers"][1]["kernel"], "conv_0");
}

/// Two convolutions of 16 channels: behind the one whole windows of Winograd's tiles, behind the other all
/// that overlaps and is looked at nine times.
std::string pooled_model(const std::string &path) {
  std::vector<float> weights(std::size_t{16} * 16 * 9);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(i % 5) - 2;
  const std::string file =
      test::onnx_file({{node("Conv", {"x", "w"}, {"a"}, {test::ints("pads", {1, 1, 1, 1})}, "first"),
                        node("Relu", {"a"}, {"b"}, {}, "act"),
                        node("MaxPool", {"b"}, {"c"},
                             {test::ints("kernel_shape", {2, 2}), test::ints("strides", {2, 2})}, "pool"),
                        node("Conv", {"c", "w"}, {"d"}, {test::ints("pads", {1, 1, 1, 1})}, "second"),
                        node("MaxPool", {"d"}, {"y"}, {test::ints("kernel_shape", {9, 9})}, "wide")},
                       {tensor("w", {16, 16, 3, 3}, weights)},
                       {value("x", {1, 16, 32, 32})},
                       {value("y", {})}});
  std::ofstream(path, std::ios::binary) << file;
  return path;
}

TEST(ModelCommands, PoolsBecomePooling) {
  const ScratchDirectory scratch;
  const std::string model = pooled_model(scratch / "pools.onnx"), out = scratch / "out";
  const std::string said = output_of("import " + model + " --out " + out);
  EXPECT_TRUE(contains(said, "Convolutions: 2: 2 by 2 kernels, 0 refused\n")) << said;
  EXPECT_TRUE(contains(said, "Folded into them: 2 nodes: 1 MaxPool, 1 Relu\n")) << said;
  EXPECT_TRUE(contains(said, "Left between them: 1 nodes: 1 MaxPool\n")) << said;
  const json manifest = json::parse(test::read_text(out + "/manifest.json"));
  EXPECT_EQ(manifest["kernels"][0]["flags"]["--pooling"], "max:kh2kw2sh2sw2ph0pw0eh0ew0");
  EXPECT_EQ(manifest["convolutions"][0]["output"], "c");
  EXPECT_EQ(manifest["convolutions"][0]["folded"].size(), 2u);
  EXPECT_EQ(manifest["convolutions"][0]["ends"], "Conv 'second' stands behind the pooling");
  EXPECT_EQ(manifest["convolutions"][1]["ends"], "MaxPool 'wide': pooling: kh: 9 (expected 1 to 8)");
  output_of("check --batch " + out + "/problems.txt");
  const std::string summary = output_of("summary " + model);
  EXPECT_TRUE(contains(summary, "pool (MaxPool)  (1, 16, 16, 16)        0  conv_0")) << summary;
  EXPECT_TRUE(contains(summary, "--pooling max:kh2kw2sh2sw2ph0pw0eh0ew0")) << summary;
  const json kernels = json::parse(output_of("summary " + model + " --json"))["kernels"];
  EXPECT_EQ(kernels[0]["pooling"], "max:kh2kw2sh2sw2ph0pw0eh0ew0");
  EXPECT_FALSE(kernels[1].contains("pooling"));
  EXPECT_TRUE(contains(output_of("import " + model + " --target cuda-sm90 --out " + out),
                       "Left between them: 2 nodes: 2 MaxPool\n")); // whose kernels do not pool
}

TEST(ModelCommands, WhatIsWrongIsNamed) {
  const ScratchDirectory scratch;
  const std::string model = small_model(scratch / "small.onnx");
  expect_error("summary " + model + " --input x=1x1x4",
               "--input x: 1x1x4 (expected 1x1x?x4 as the model has it");
  expect_error("summary " + (scratch / "none.onnx"), "none.onnx (expected a file)");
  expect_usage_error("summary " + model + " --problem ic1ih3oc1kh3",
                     "either a model, or --problem or --batch");
  expect_usage_error("import " + model, "--out");
  std::ofstream(scratch / "text.onnx") << "no model";
  expect_error("import " + (scratch / "text.onnx") + " --out " + (scratch / "out"), "text.onnx: ");
  const std::string open = output_of("summary " + model);
  EXPECT_TRUE(
      contains(open, "first/conv': X: 1x1x?x4 (expected a shape whose sizes are all known: --input says"))
      << open;
}

} // namespace
