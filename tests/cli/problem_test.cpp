// `convforge problem`, and what the other commands say of problems as people write them.
#include "error_of.hpp"
#include "program.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace convforge;
using nlohmann::json;

namespace {

std::string line_of(const std::string &arguments) {
  const ProcessResult result = run_shell("\"$convforge\" problem " + arguments);
  EXPECT_EQ(result.exit_code, 0) << arguments << "\n" << result.errors;
  EXPECT_EQ(result.errors, "") << arguments;
  return result.output;
}

void expect_refused(int code, const std::string &arguments, const std::string &part) {
  const ProcessResult result = run_shell("\"$convforge\" problem " + arguments);
  EXPECT_EQ(result.exit_code, code) << arguments;
  EXPECT_EQ(result.output, "") << arguments;
  EXPECT_TRUE(contains(result.errors, part)) << arguments << "\n" << result.errors;
}

TEST(ProblemCommand, PrintsWhatOtherCommandsTake) {
  EXPECT_EQ(
      line_of("--keras \"Conv2D(64, 3, strides=2, padding='same', activation='relu')\" --input 224x224x3"),
      "--problem g1mb1ic3ih224iw224oc64oh112ow112kh3kw3sh2sw2ph0pw0dh0dw0 --epilogue bias,relu\n");
  EXPECT_EQ(
      line_of("--torch \"nn.Conv2d(3, 64, 3, stride=2, padding=1)\" --input 1x3x224x224"),
      "--problem g1mb1ic3ih224iw224oc64oh112ow112kh3kw3sh2sw2ph1pw1dh0dw0 --layout nchw --epilogue bias\n");
  EXPECT_EQ(line_of("--onnx \"Conv(pads=[1,1,1,1])\" --input 1x3x8x8 --weights-shape 4x3x3x3 --bias-shape 4"),
            "--problem g1mb1ic3ih8iw8oc4oh8ow8kh3kw3sh1sw1ph1pw1dh0dw0 --layout nchw --epilogue bias\n");
  EXPECT_EQ(line_of("--onnx \"QLinearConv()\" --input 1x3x8x8 --weights-shape 4x3x3x3 --zero-points 128:3"),
            "--problem g1mb1ic3ih8iw8oc4oh6ow6kh3kw3sh1sw1ph0pw0dh0dw0 --layout nchw --dtype u8:s8:u8 "
            "--zero-points 128:3\n");
}

TEST(ProblemCommand, ItsLineIsPastedBehindOthers) {
  for (const char *layer :
       {"--keras \"Conv2DTranspose(4, 3, 2, 'same', name='up')\" --input 5x6x3",
        "--torch \"nn.Conv1d(3, 4, 3, padding=1, padding_mode='circular')\" --input 3x20"}) {
    const ProcessResult result =
        run_shell(std::string("\"$convforge\" check $(\"$convforge\" problem ") + layer + ")");
    EXPECT_EQ(result.exit_code, 0) << layer << "\n" << result.errors;
  }
  EXPECT_EQ(line_of("--keras \"Conv2D(1, 1, use_bias=False, name='a b')\" --input 2x2x1"),
            "--problem 'g1mb1ic1ih2iw2oc1oh2ow2kh1kw1sh1sw1ph0pw0dh0dw0n\"a b\"'\n");
}

TEST(ProblemCommand, PrintsJson) {
  const json layer = json::parse(line_of("--torch \"nn.Conv2d(3, 64, 3)\" --input 3x9x9 --json"));
  EXPECT_EQ(layer["problem"], "g1mb1ic3ih9iw9oc64oh7ow7kh3kw3sh1sw1ph0pw0dh0dw0");
  EXPECT_EQ(layer["flags"]["--layout"], "nchw");
  EXPECT_EQ(layer["output_shape"], json({1, 64, 7, 7}));
}

TEST(ProblemCommand, NamesWhatCannotBeTaken) {
  expect_refused(1, "--keras \"SeparableConv2D(64, 3)\" --input 9x9x3", "DepthwiseConv2D(");
  expect_refused(1, "--torch \"nn.Conv2d(4, 64, 3)\" --input 3x9x9", "in_channels: 4 (expected 3");
  expect_refused(1, "--onnx \"Conv(auto_pad=SAME)\" --input 1x3x9x9 --weights-shape 4x3x3x3",
                 "auto_pad: SAME");
  expect_refused(1, "--keras \"Conv2D(64, 3\" --input 9x9x3", "layer: at its end");
  expect_refused(1, "--keras \"Conv2D(64, 3)\" --input 9x9xC", "--input: 9x9xC");
  expect_refused(2, "", "one of --keras, --torch and --onnx");
  expect_refused(2, "--keras \"Conv2D(64, 3)\" --torch \"nn.Conv2d(3, 4, 3)\" --input 3x9x9", "2 of them");
  expect_refused(2, "--keras \"Conv2D(64, 3)\"", "--input");
  expect_refused(2, "--onnx \"Conv()\" --input 1x3x9x9", "--weights-shape");
  expect_refused(2, "--torch \"nn.Conv2d(3, 4, 3)\" --input 3x9x9 --weights-shape 4x3x3x3", "beside --onnx");
}

TEST(Descriptors, ThatLookSquareAndAreNotAreTold) {
  const ProcessResult result = run_convforge("summary --problem ic3ih224iw224oc64kh3kw3sh2ph1");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(
      result.errors,
      "convforge: --problem: sw is 1 where sh is 2, pw is 0 where ph is 1, as left out beside other sizes "
      "of its axis: the output is 112 x 222\n");
  EXPECT_EQ(run_convforge("summary --problem ic3ih224oc64kh3sh2ph1").errors, "");
  const ScratchDirectory directory;
  std::ofstream(directory / "list") << "ic3ih8oc4kh3\nic3ih8iw8oc4kh3kw3sh2\n";
  EXPECT_TRUE(contains(run_convforge("summary --batch " + (directory / "list")).errors,
                       "list:2: sw is 1 where sh is 2"));
}

TEST(Explain, OfOneDimensionIsAPage) {
  for (const char *problem : {"ic64iw1000oc64kw3pw1", "ic64iw16000oc64kw3pw1", "g64ic64iw16000oc64kw31pw15"})
    for (const char *target : {"x86-64-avx512", "x86-64-avx2", "arm-64-neon"}) {
      const std::string page = output_of(std::string("explain --problem ") + problem + " --target " + target);
      EXPECT_LT(std::ranges::count(page, '\n'), 130) << problem << " " << target;
    }
}

/// What a depthwise convolution of 2x3 taps, 4 channels and 2 filters of each gives, its weights in this
/// shape.
std::string depthwise_output(const std::vector<std::int64_t> &shape, const std::string &flags = "") {
  const ScratchDirectory directory;
  std::vector<float> input(3 * 5 * 4), weights(2 * 3 * 8);
  for (std::size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<float>(i % 7) - 3;
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = static_cast<float>(i % 11) - 5;
  write_npy(directory / "x.npy", {1, 3, 5, 4}, input);
  write_npy(directory / "w.npy", shape, weights);
  const std::string line = "run --problem g4ic4ih3iw5oc8kh2kw3 --input " + (directory / "x.npy") +
                           " --weights " + (directory / "w.npy") + " --output - " + flags;
  const ProcessResult result = run_convforge(line);
  return result.exit_code == 0 ? result.output : result.errors;
}

TEST(Weights, OfDepthwiseLayersAreTakenInTheFrameworksShapes) {
  const std::string output = depthwise_output({2, 3, 1, 8});
  EXPECT_FALSE(contains(output, "expected"));
  EXPECT_EQ(depthwise_output({2, 3, 4, 2}), output); // Keras
  EXPECT_EQ(depthwise_output({1, 2, 3, 8}), output); // TensorFlow Lite
  EXPECT_TRUE(contains(depthwise_output({2, 3, 8, 1}), "(expected (2, 3, 1, 8)"));
  EXPECT_TRUE(contains(depthwise_output({8, 1, 2, 3}), "add --weights-layout oihw"));
  EXPECT_TRUE(contains(depthwise_output({8, 2, 3, 1}), "add --weights-layout ohwi"));
  EXPECT_TRUE(contains(depthwise_output({2, 3, 4, 2}, "--weights-layout ohwi"), "add --weights-layout hwio"));
}

// 3 taps each way of 3 channels: Keras' (3, 3, 3, 1) is also that of 3 filters in TensorFlow Lite's order.
TEST(Weights, OfAShapeOfTwoLayoutsAreTakenWhereTheLayoutIsSaid) {
  const ScratchDirectory directory;
  write_npy(directory / "x.npy", {1, 4, 5, 3}, std::vector<float>(60, 2));
  write_npy(directory / "w.npy", {3, 3, 3, 1}, std::vector<float>(27, 1));
  const std::string files = " --input " + (directory / "x.npy") + " --weights " + (directory / "w.npy") +
                            " --output " + (directory / "y.npy");
  const ProcessResult unsaid = run_convforge("run --problem g3ic3ih4iw5oc3kh3kw3" + files);
  EXPECT_EQ(unsaid.exit_code, 1);
  EXPECT_TRUE(contains(unsaid.errors, "add --weights-layout hwio or --weights-layout ohwi")) << unsaid.errors;
  const std::string flags = output_of("problem --keras DepthwiseConv2D(3,use_bias=False) --input 4x5x3");
  EXPECT_TRUE(contains(flags, " --weights-layout hwio")) << flags;
  EXPECT_EQ(run_convforge("run " + flags.substr(0, flags.find('\n')) + files).exit_code, 0);
}

TEST(Weights, OfOtherLayoutsAreToldByTheirFlags) {
  const ScratchDirectory directory;
  const auto expect_hint = [&](const std::string &problem, const std::vector<std::int64_t> &shape,
                               const std::string &hint) {
    write_npy(directory / "w.npy", shape, std::vector<float>(2 * 3 * 5 * 7));
    expect_error("compile --problem " + problem + " --emit header --out " + (directory / "out") +
                     " --weights " + (directory / "w.npy"),
                 hint);
  };
  const std::string forward = "ic5ih4iw4oc7kh2kw3", transposed = "transposed_ic5ih4iw4oc7kh2kw3";
  expect_hint(forward, {7, 5, 2, 3}, "add --weights-layout oihw)");
  expect_hint(forward, {7, 2, 3, 5}, "add --weights-layout ohwi)");
  expect_hint(forward + " --layout nchw", {2, 3, 5, 7}, "add --weights-layout hwio)");
  expect_hint(transposed, {5, 7, 2, 3}, "add --weights-layout iohw)");
  expect_hint(transposed, {7, 2, 3, 5}, "add --weights-layout ohwi)");
  expect_hint(transposed + " --layout nchw", {2, 3, 7, 5}, "add --weights-layout hwoi)");
  expect_hint("ic5iw9oc7kw6", {7, 5, 6}, "add --weights-layout oihw)"); // PyTorch's Conv1d
}

} // namespace
