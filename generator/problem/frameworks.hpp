// Layers as frameworks describe them, made into problems: with the arguments, names and defaults of Keras 3,
// PyTorch and ONNX, as values here or as the text of a call. What a problem cannot take is an Error that
// names the one argument, its value and the reason.
//
//   problem_of(KerasConv{.filters = 64, .kernel_size = 3, .strides = 2, .padding = "same"}, {224, 224, 3});
//   problem_of(TorchConv{.in_channels = 3, .out_channels = 64, .kernel_size = 3, .padding = 1}, {3, 224,
//   224}); problem_of(OnnxConv{.pads = {1, 1, 1, 1}}, {.input = {1, 3, 224, 224}, .weights = {64, 3, 3, 3}});
//
// Shapes are those of the framework's tensors; of Keras and PyTorch without the batch, too. Fields are in the
// order of their declaration, as designated initialisers must be.
#pragma once

#include "problem.hpp" // beside it, also where the package puts them

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convforge {

using LayerShape = std::vector<std::int64_t>;

/// A number for each spatial axis, or one for all of them: 3, {3, 5}.
struct PerAxis {
  std::vector<int> values;
  PerAxis(int all) : values{all} {}
  PerAxis(std::initializer_list<int> each) : values(each) {}
  explicit PerAxis(std::vector<int> each) : values(std::move(each)) {}
};

/// Conv1D to Conv3D, by `rank`, DepthwiseConv1D and 2D, Conv1DTranspose to 3DTranspose.
struct KerasConv {
  enum class Kind { conv, depthwise, transposed };
  int rank = 2;
  Kind kind = Kind::conv;
  int filters = 1; ///< not of depthwise
  PerAxis kernel_size = 1, strides = 1;
  std::string padding = "valid"; ///< "same"; of Conv1D also "causal"
  /// Of transposed ones. Left out: what makes the output of "same" the input times the stride.
  std::optional<PerAxis> output_padding = std::nullopt;
  int depth_multiplier = 1; ///< of depthwise
  std::string data_format = "channels_last";
  PerAxis dilation_rate = 1;
  int groups = 1;
  std::string activation = ""; ///< Keras' name of it
  bool use_bias = true;
  std::string name = "";
  ElementTypes types = {};
};
Problem problem_of(const KerasConv &layer, const LayerShape &input);

/// PyTorch's padding: numbers, or "same" or "valid".
struct TorchPadding {
  PerAxis numbers = 0;
  std::string word = ""; ///< instead of numbers
  TorchPadding(int all) : numbers(all) {}
  TorchPadding(std::initializer_list<int> each) : numbers(each) {}
  TorchPadding(PerAxis each) : numbers(std::move(each)) {}
  TorchPadding(const char *name) : word(name) {}
};

/// Conv1d to Conv3d and ConvTranspose1d to 3d.
struct TorchConv {
  int rank = 2;
  bool transposed = false;
  int in_channels = 1, out_channels = 1;
  PerAxis kernel_size = 1, stride = 1;
  TorchPadding padding = 0;
  PerAxis output_padding = 0; ///< of transposed ones
  PerAxis dilation = 1;
  int groups = 1;
  bool bias = true;
  std::string padding_mode = "zeros";
  ElementTypes types = {};
};
Problem problem_of(const TorchConv &layer, const LayerShape &input);

/// Conv, ConvInteger, QLinearConv and ConvTranspose, whose number of axes is that of the weights. Lists that
/// are empty are attributes that the node does not have.
struct OnnxConv {
  bool transposed = false;
  std::vector<int> kernel_shape = {}, strides = {};
  std::vector<int> pads = {}; ///< all beginnings, then all ends
  std::vector<int> dilations = {};
  int group = 1;
  std::string auto_pad = "NOTSET";
  std::vector<int> output_padding = {}, output_shape = {}; ///< of ConvTranspose
  ElementTypes types = {};
  Quantisation quantisation = {};
};
/// The shapes of X, W and, where the node has one, B.
struct OnnxShapes {
  LayerShape input, weights, bias = {};
};
Problem problem_of(const OnnxConv &node, const OnnxShapes &shapes);

// The same from text: "keras.layers.Conv2D(64, 3, padding='same')", "nn.Conv2d(3, 64, kernel_size=3)",
// "Conv(kernel_shape=[3,3], pads=[1,1,1,1])". Arguments that change no arithmetic (initialisers, devices) are
// passed over.
Problem parse_keras(std::string_view call, const LayerShape &input);
Problem parse_torch(std::string_view call, const LayerShape &input);
/// `types` "": f32, of ConvInteger u8:s8:s32, of QLinearConv u8:s8:u8.
Problem parse_onnx(std::string_view call, const OnnxShapes &shapes, std::string_view types = "",
                   std::string_view zero_points = "");
/// "1x3x224x224" or "1,3,224,224". `field`: what errors call it.
LayerShape parse_layer_shape(std::string_view text, const std::string &field);

} // namespace convforge
