// PyTorch's layers: each argument, pairs of them, and what is refused.
#include "problem/frameworks.hpp"

#include "framework_pairs.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

const LayerShape image = {3, 224, 224};

std::string line(const std::string &call, const LayerShape &input) {
  return one_line(parse_torch(call, input));
}

void expect_refused(const std::string &call, const LayerShape &input, const std::string &part) {
  const std::string error = error_of([&] { parse_torch(call, input); });
  EXPECT_TRUE(contains(error, part)) << call << "\n" << error;
}

TEST(Torch, LayersAreDescriptors) {
  EXPECT_EQ(line("nn.Conv2d(3, 64, kernel_size=3, stride=2, padding=1, dilation=1, groups=1, bias=True, "
                 "padding_mode='zeros')",
                 image),
            "g1mb1ic3ih224iw224oc64oh112ow112kh3kw3sh2sw2ph1pw1dh0dw0 --layout nchw --epilogue bias");
  EXPECT_EQ(line("Conv2d(3, 64, (7, 5), (2, 1), (3, 2), 1, 1, False)", {2, 3, 224, 224}),
            "g1mb2ic3ih224iw224oc64oh112ow224kh7kw5sh2sw1ph3pw2dh0dw0 --layout nchw");
  EXPECT_EQ(line("nn.Conv1d(8, 16, 9, padding='same', dilation=2, dtype=torch.float16)", {8, 1000}),
            "g1mb1ic8ih1iw1000oc16oh1ow1000kh1kw9sh1sw1ph0pw8dh0dw1 --layout nchw --epilogue bias --dtype "
            "f16:f16:f16");
  EXPECT_EQ(
      line("nn.Conv3d(2, 4, 3, device=torch.device('cuda'), dtype=torch.float32)", {2, 8, 9, 10}),
      "g1mb1ic2id8ih9iw10oc4od6oh7ow8kd3kh3kw3sd1sh1sw1pd0ph0pw0dd0dh0dw0 --layout nchw --epilogue bias");
}

TEST(Torch, PaddingModesAreFlags) {
  EXPECT_EQ(line("nn.Conv2d(3, 64, 3, padding='same', padding_mode='replicate')", image),
            "g1mb1ic3ih224iw224oc64oh224ow224kh3kw3sh1sw1ph1pw1dh0dw0 --layout nchw --epilogue bias "
            "--padding-mode replicate");
}

TEST(Torch, TransposedLayersAreDescriptors) {
  EXPECT_EQ(
      line("nn.ConvTranspose2d(16, 33, (3, 5), stride=(2, 1), padding=(4, 2))", {20, 16, 50, 100}),
      "transposed_g1mb20ic16ih50iw100oc33oh93ow100kh3kw5sh2sw1ph4pw2dh0dw0 --layout nchw --epilogue bias");
  EXPECT_EQ(line("nn.ConvTranspose2d(16, 16, 3, 2, 1, 1, 4, False, 2)", {16, 6, 6}),
            "transposed_g4mb1ic16ih6iw6oc16oh14ow14kh3kw3sh2sw2ph1pw1dh1dw1 --layout nchw");
  EXPECT_EQ(line("ConvTranspose1d(8, 4, 4, stride=2, padding=1)", {8, 10}),
            "transposed_g1mb1ic8ih1iw10oc4oh1ow20kh1kw4sh1sw2ph0pw1dh0dw0 --layout nchw --epilogue bias");
  EXPECT_EQ(line("ConvTranspose3d(2, 4, 2, stride=2)", {2, 3, 4, 5}),
            "transposed_g1mb1ic2id3ih4iw5oc4od6oh8ow10kd2kh2kw2sd2sh2sw2pd0ph0pw0dd0dh0dw0 --layout nchw "
            "--epilogue bias");
}

TEST(Torch, ArgumentsComeTogether) {
  const std::vector<Choice> choices = {
      {"stride=2", [](Expected &e) { e.stride = {2, 2}; }},
      {"stride=(1, 3)", [](Expected &e) { e.stride = {1, 3}; }},
      {"padding=2", [](Expected &e) { e.pad_begin = e.pad_end = {2, 2}; }},
      {"padding=(0, 3)", [](Expected &e) { e.pad_begin = e.pad_end = {0, 3}; }},
      {"padding='valid'", [](Expected &) {}},
      {"dilation=(2, 3)", [](Expected &e) { e.dilation = {2, 3}; }},
      {"groups=4", [](Expected &e) { e.groups = 4; }},
      {"bias=False", [](Expected &e) { e.bias = false; }},
      {"dtype=torch.half", [](Expected &e) { e.half = true; }},
      {"padding_mode='reflect'", [](Expected &e) { e.mode = PaddingMode::reflect; }},
      {"padding_mode='circular'", [](Expected &e) { e.mode = PaddingMode::circular; }},
      {"device='cpu'", [](Expected &) {}}};
  Expected plain;
  plain.layout = Layout::nchw;
  for_pairs(
      choices,
      [](const std::string &arguments, const Expected &expected) {
        EXPECT_EQ(parse_torch("Conv2d(8, 12, (3, 5)" + arguments + ")", {8, 23, 29}), expected.problem())
            << arguments;
      },
      plain);
}

TEST(Torch, ArgumentsOfTransposedLayersComeTogether) {
  const std::vector<Choice> choices = {
      {"stride=(4, 3)", [](Expected &e) { e.stride = {4, 3}; }},
      {"padding=(1, 2)",
       [](Expected &e) { e.pad_begin[0] += 1, e.pad_begin[1] += 2, e.pad_end[0] += 1, e.pad_end[1] += 2; }},
      {"output_padding=(0, 1)", [](Expected &e) { e.pad_end[1] -= 1; }},
      {"dilation=(3, 2)", [](Expected &e) { e.dilation = {3, 2}; }},
      {"groups=2", [](Expected &e) { e.groups = 2; }},
      {"bias=False", [](Expected &e) { e.bias = false; }}};
  Expected plain;
  plain.layout = Layout::nchw, plain.transposed = true;
  for_pairs(
      choices,
      [](const std::string &arguments, const Expected &expected) {
        const std::string call = "ConvTranspose2d(8, 12, (3, 5)" + arguments + ")";
        if (contains(call, "output_padding") && !contains(call, "stride") && !contains(call, "dilation"))
          expect_refused(call, {8, 23, 29}, "output_padding: 1 (expected less than the stride of 1");
        else
          EXPECT_EQ(parse_torch(call, {8, 23, 29}), expected.problem()) << arguments;
      },
      plain);
}

TEST(Torch, RefusesTheOneArgumentThatCannotBeTaken) {
  expect_refused("nn.Linear(3, 64)", image, "layer: Linear (expected a convolution of torch.nn");
  expect_refused("nn.Conv2d(3, 64)", image, "kernel_size: missing");
  expect_refused("nn.Conv2d(4, 64, 3)", image, "in_channels: 4 (expected 3, the channels of the input)");
  expect_refused("nn.Conv2d(3, 64, 3, groups=3)", image,
                 "out_channels: 64 (expected a multiple of groups = 3)");
  expect_refused("nn.Conv2d(3, 64, 3, groups=2)", image,
                 "in_channels: 3 (expected a multiple of groups = 2)");
  expect_refused("nn.Conv2d(3, 64, 3, groups=0)", image, "groups: 0");
  expect_refused("nn.Conv2d(3, 64, 3, stride=2, padding='same')", image, "padding: same (expected numbers");
  expect_refused("nn.Conv2d(3, 64, 3, padding='full')", image,
                 "padding: full (expected numbers, same or valid)");
  expect_refused("nn.Conv2d(3, 64, 3, padding=-1)", image, "padding: -1 (expected at least 0)");
  expect_refused("nn.Conv2d(3, 64, 3, padding=(1, 1, 1))", image, "padding: (1, 1, 1)");
  expect_refused("nn.Conv2d(3, 64, 3, padding_mode='mirror')", image, "padding_mode: mirror");
  expect_refused("nn.Conv2d(3, 64, 3, output_padding=1)", image,
                 "output_padding: 1 (expected none: Conv2d takes");
  expect_refused("nn.Conv2d(3, 64, 3, bias=0)", image, "bias: 0 (expected True or False)");
  expect_refused("nn.Conv2d(3, 64, 3, dtype=torch.bfloat16)", image, "dtype: bfloat16");
  expect_refused("nn.Conv2d(3, 64, 3, strides=2)", image, "strides: 2 (expected none");
  expect_refused("nn.Conv2d(3, 64, 3)", {3, 224},
                 "input: 3x224 (expected that of a Conv2d: channelsxheightxwidth");
  expect_refused("nn.ConvTranspose2d(3, 4, 3, padding='same')", image,
                 "padding: same (expected numbers: a ConvTranspose2d");
  expect_refused("nn.ConvTranspose2d(3, 4, 3, padding_mode='circular')", image,
                 "padding_mode: circular (expected zeros: PyTorch");
  expect_refused("nn.ConvTranspose2d(3, 4, 3, 2, output_padding=2)", image, "output_padding: 2");
  expect_refused("nn.ConvTranspose2d(3, 4, 3, padding=300)", image, "output: -374");
}

TEST(Torch, IsMadeOfValuesToo) {
  EXPECT_EQ(
      problem_of(TorchConv{.in_channels = 3, .out_channels = 64, .kernel_size = {3, 5}, .padding = "same"},
                 image),
      parse_torch("Conv2d(3, 64, (3, 5), padding='same')", image));
  EXPECT_EQ(problem_of(TorchConv{.rank = 1,
                                 .transposed = true,
                                 .in_channels = 3,
                                 .out_channels = 4,
                                 .kernel_size = 4,
                                 .stride = 2,
                                 .padding = 1,
                                 .bias = false},
                       {3, 9}),
            parse_torch("ConvTranspose1d(3, 4, 4, 2, 1, bias=False)", {3, 9}));
  EXPECT_EQ(
      problem_of(TorchConv{.in_channels = 3, .out_channels = 64, .kernel_size = 3, .padding = {0, 1}}, image),
      parse_torch("Conv2d(3, 64, 3, padding=(0, 1))", image));
  EXPECT_TRUE(
      contains(error_of([] { problem_of(TorchConv{.output_padding = 1}, {1, 4, 4}); }), "output_padding: 1"));
}

} // namespace
} // namespace convforge
