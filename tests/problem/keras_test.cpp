// Keras' layers: each argument, pairs of them, and what is refused.
#include "problem/frameworks.hpp"
#include "problem/problem_flags.hpp"

#include "framework_pairs.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

std::string line(const std::string &call, const LayerShape &input) {
  return one_line(parse_keras(call, input));
}

void expect_refused(const std::string &call, const LayerShape &input, const std::string &part) {
  const std::string error = error_of([&] { parse_keras(call, input); });
  EXPECT_TRUE(contains(error, part)) << call << "\n" << error;
}

const LayerShape image = {224, 224, 3};

TEST(Keras, LayersAreDescriptors) {
  EXPECT_EQ(line("Conv2D(filters=64, kernel_size=3, strides=2, padding='same', dilation_rate=1, groups=1, "
                 "data_format='channels_last')",
                 image),
            "g1mb1ic3ih224iw224oc64oh112ow112kh3kw3sh2sw2ph0pw0dh0dw0 --epilogue bias");
  EXPECT_EQ(line("Conv2D(64, 3)", {8, 224, 224, 3}),
            "g1mb8ic3ih224iw224oc64oh222ow222kh3kw3sh1sw1ph0pw0dh0dw0 --epilogue bias");
  EXPECT_EQ(line("layers.Conv2D(64, (3, 5), 1, 'valid', None, 1, 1, 'relu', False, name='c1')", image),
            "g1mb1ic3ih224iw224oc64oh222ow220kh3kw5sh1sw1ph0pw0dh0dw0n\"c1\" --epilogue relu");
  EXPECT_EQ(line("Conv1D(16, 9, padding='causal', dilation_rate=2)", {1000, 8}),
            "g1mb1ic8ih1iw1000oc16oh1ow1000kh1kw9sh1sw1ph0pw16dh0dw1 --epilogue bias");
  EXPECT_EQ(line("Conv3D(4, 3, padding='same', use_bias=False)", {8, 9, 10, 2}),
            "g1mb1ic2id8ih9iw10oc4od8oh9ow10kd3kh3kw3sd1sh1sw1pd1ph1pw1dd0dh0dw0");
  EXPECT_EQ(line("DepthwiseConv2D(3, depth_multiplier=2, padding='same')", {14, 14, 32}),
            "g32mb1ic32ih14iw14oc64oh14ow14kh3kw3sh1sw1ph1pw1dh0dw0 --epilogue bias");
  EXPECT_EQ(line("DepthwiseConv1D(3)", {14, 32}),
            "g32mb1ic32ih1iw14oc32oh1ow12kh1kw3sh1sw1ph0pw0dh0dw0 --epilogue bias");
  EXPECT_EQ(line("Conv2D(4, 3, data_format='channels_first')", {2, 8, 9}),
            "g1mb1ic2ih8iw9oc4oh6ow7kh3kw3sh1sw1ph0pw0dh0dw0 --layout nchw --weights-layout hwio --epilogue "
            "bias");
}

TEST(Keras, AnInputShapeIsTheInputs) {
  EXPECT_EQ(line("Conv2D(64, 3, input_shape=(224, 224, 3))", {8, 224, 224, 3}),
            line("Conv2D(64, 3)", {8, 224, 224, 3}));
  expect_refused("Conv2D(64, 3, input_shape=(224, 224, 1))", image,
                 "input_shape: (224, 224, 1) (expected that of the input, 224x224x3)");
}

TEST(Keras, TransposedLayersAreDescriptors) {
  EXPECT_EQ(line("Conv2DTranspose(32, 2, strides=2)", {10, 8, 128}),
            "transposed_g1mb1ic128ih10iw8oc32oh20ow16kh2kw2sh2sw2ph0pw0dh0dw0 --epilogue bias");
  // One row is cut off: at the end, where the gradient of "same" has its odd zero.
  EXPECT_EQ(line("Conv2DTranspose(32, 3, strides=2, padding='same')", {10, 8, 128}),
            "transposed_g1mb1ic128ih10iw8oc32oh20ow16kh3kw3sh2sw2ph0pw0dh0dw0 --epilogue bias");
  EXPECT_EQ(line("Conv2DTranspose(32, 3, strides=2, padding='same', output_padding=0)", {10, 8, 128}),
            "transposed_g1mb1ic128ih10iw8oc32oh19ow15kh3kw3sh2sw2ph1pw1dh0dw0 --epilogue bias");
  EXPECT_EQ(line("Conv1DTranspose(4, 4, strides=2, padding='same')", {10, 8}),
            "transposed_g1mb1ic8ih1iw10oc4oh1ow20kh1kw4sh1sw2ph0pw1dh0dw0 --epilogue bias");
  // A kernel below the stride: the output has its zeros, or with output_padding as many as said.
  EXPECT_EQ(line("Conv1DTranspose(4, 2, strides=4)", {10, 8}),
            "transposed_g1mb1ic8ih1iw10oc4oh1ow40kh1kw2sh1sw4ph0pw0dh0dw0 --epilogue bias");
  EXPECT_EQ(line("Conv1DTranspose(4, 2, strides=4, output_padding=1)", {10, 8}),
            "transposed_g1mb1ic8ih1iw10oc4oh1ow39kh1kw2sh1sw4ph0pw0dh0dw0 --epilogue bias");
  EXPECT_EQ(line("Conv3DTranspose(4, 3, data_format='channels_first')", {2, 4, 5, 6}),
            "transposed_g1mb1ic2id4ih5iw6oc4od6oh7ow8kd3kh3kw3sd1sh1sw1pd0ph0pw0dd0dh0dw0 --layout nchw "
            "--weights-layout hwoi --epilogue bias");
}

TEST(Keras, ArgumentsComeTogether) {
  const std::vector<Choice> choices = {
      {"strides=2", [](Expected &e) { e.stride = {2, 2}; }},
      {"strides=(1, 3)", [](Expected &e) { e.stride = {1, 3}; }},
      {"padding='same'", [](Expected &e) { e.padding = Expected::Padding::same; }},
      {"padding='valid'", [](Expected &) {}},
      {"dilation_rate=(2, 3)", [](Expected &e) { e.dilation = {2, 3}; }},
      {"groups=2", [](Expected &e) { e.groups = 2; }},
      {"activation='swish'", [](Expected &e) { e.activation = "silu"; }},
      {"use_bias=False", [](Expected &e) { e.bias = false; }},
      {"dtype='float16'", [](Expected &e) { e.half = true; }},
      {"kernel_initializer=initializers.HeNormal(seed=3)", [](Expected &) {}}};
  for_pairs(choices, [](const std::string &arguments, const Expected &expected) {
    EXPECT_EQ(parse_keras("Conv2D(12, (3, 5)" + arguments + ")", {23, 29, 8}), expected.problem())
        << arguments;
  });
}

TEST(Keras, ActivationsHaveTheirNames) {
  const auto epilogue = [](const std::string &activation) {
    return parse_keras("Conv2D(1, 1, use_bias=False, activation=" + activation + ")", {4, 4, 1})
        .epilogue.text();
  };
  EXPECT_EQ(epilogue("'leaky_relu'"), "leaky_relu:0.2");
  EXPECT_EQ(epilogue("keras.activations.hard_silu"), "hard_swish");
  EXPECT_EQ(epilogue("'elu'"), "elu:1");
  EXPECT_EQ(epilogue("None"), "");
  EXPECT_EQ(epilogue("'linear'"), "");
  EXPECT_EQ(parse_keras("Conv2D(1, 1, activation=tf.nn.relu)", {4, 4, 1}).epilogue.text(), "bias,relu");
}

TEST(Keras, RefusesTheOneArgumentThatCannotBeTaken) {
  expect_refused("SeparableConv2D(64, 3)", image,
                 "DepthwiseConv2D(kernel_size, ..., use_bias=False), then Conv2D(");
  expect_refused("Dense(64)", image, "layer: Dense (expected a convolution of Keras: Conv1D, ");
  expect_refused("Conv2D(kernel_size=3)", image, "filters: missing");
  expect_refused("Conv2D(64, 3, padding='causal')", image,
                 "padding: causal (expected valid or same: only Conv1D");
  expect_refused("Conv1DTranspose(64, 3, padding='causal')", {9, 3}, "padding: causal");
  expect_refused("Conv2D(64, 3, padding='full')", image, "padding: full (expected valid or same)");
  expect_refused("Conv2D(64, 3, padding=1)", image, "padding: 1 (expected a name or a string)");
  expect_refused("Conv2D(64, 3, groups=2)", image, "input channels: 3 (expected a multiple of groups = 2)");
  expect_refused("Conv2D(64, 3, groups=3)", image, "filters: 64 (expected a multiple of groups = 3)");
  expect_refused("Conv2D(0, 3)", image, "filters: 0 (expected at least 1)");
  expect_refused("Conv2D(64, 0)", image, "kernel_size: 0 (expected at least 1)");
  expect_refused("Conv2D(64, (3, 3, 3))", image, "kernel_size: (3, 3, 3) (expected one number, or 2");
  expect_refused("Conv2D(64, 3.0)", image, "kernel_size: 3.0 (expected a whole number");
  expect_refused("Conv2D(64, 3, strides=0)", image, "strides: 0 (expected at least 1)");
  expect_refused("Conv2D(64, 3, dilation_rate=-1)", image, "dilation_rate: -1");
  expect_refused("Conv2D(64, 225)", image, "output: 0 (expected at least 1");
  expect_refused("Conv2D(64, 3, use_bias=1)", image, "use_bias: 1 (expected True or False)");
  expect_refused("Conv2D(64, 3, activation='softmax')", image, "activation: softmax (expected one that");
  expect_refused("Conv2D(64, 3, activation=keras.layers.ReLU(6))", image, "activation: keras.layers.ReLU(6)");
  expect_refused("Conv2D(64, 3, dtype='bfloat16')", image, "dtype: bfloat16");
  expect_refused("Conv2D(64, 3, data_format='NHWC')", image, "data_format: NHWC");
  expect_refused("Conv2D(64, 3, stride=2)", image,
                 "stride: 2 (expected none: Conv2D takes filters, kernel_size, strides");
  expect_refused("Conv2D(64, 3, 1, strides=2)", image, "strides: 2 after 1");
  expect_refused("Conv2D(64, 3, 1, 'same', None, 1, 1, None, True, 'zeros')", image,
                 "argument 10 of Conv2D: 'zeros'");
  expect_refused("Conv2D(64, 3)", {224, 224},
                 "input: 224x224 (expected that of a Conv2D: heightxwidthxchannels");
  expect_refused("Conv2D(64, 3, output_padding=1)", image, "output_padding: 1");
  expect_refused("DepthwiseConv2D(3, groups=3)", image, "groups: 3");
  expect_refused("DepthwiseConv2D(3, depth_multiplier=0)", image, "depth_multiplier: 0");
  expect_refused("Conv2DTranspose(8, 3, strides=2, output_padding=2)", image,
                 "output_padding: 2 (expected 0 to 1");
  expect_refused("Conv2D(2147483647, 3)", image, "tensor");
}

TEST(Keras, IsMadeOfValuesToo) {
  EXPECT_EQ(
      problem_of(
          KerasConv{
              .filters = 64, .kernel_size = 3, .strides = {2, 1}, .padding = "same", .activation = "relu6"},
          image),
      parse_keras("Conv2D(64, 3, (2, 1), 'same', activation='relu6')", image));
  EXPECT_EQ(problem_of(KerasConv{.rank = 1,
                                 .kind = KerasConv::Kind::transposed,
                                 .filters = 4,
                                 .kernel_size = 2,
                                 .strides = 4,
                                 .output_padding = 1},
                       {10, 8}),
            parse_keras("Conv1DTranspose(4, 2, strides=4, output_padding=1)", {10, 8}));
  EXPECT_TRUE(contains(
      error_of([] { problem_of(KerasConv{.rank = 3, .kind = KerasConv::Kind::depthwise}, {4, 4, 4, 2}); }),
      "rank: 3"));
}

} // namespace
} // namespace convforge
