// Problem: one convolution of a fixed shape and everything else that changes its arithmetic. A plain value:
// copyable, comparable, hashable. Nothing downstream of it parses text again. Fields may be set by hand;
// validate() says whether they agree, and the functions below that compute from them expect that they do.
#pragma once

#include "element_type.hpp" // beside it, also where the package puts them
#include "epilogue.hpp"
#include "padding_mode.hpp"
#include "pooling.hpp"
#include "quantisation.hpp"
#include "spatial_axis.hpp"
#include "strides.hpp"
#include "zero_weights.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace convforge {

// 3-D problems have a depth before the height: N,D,H,W,C and T,R,S,C/g,K.
enum class Layout { nhwc, nchw }; ///< of input, residual and output
/// R,S,C/g,K; K,C/g,R,S; K,R,S,C/g (TensorFlow Lite). Of what ConvTranspose has, where the output channels
/// of a group come before all input channels: R,S,K/g,C (Keras) and C,K/g,R,S (ONNX, PyTorch).
enum class WeightsLayout { hwio, oihw, ohwi, hwoi, iohw };
/// What may replace the plain sum: `standard` allows Winograd up to F(4x4,3x3), `exact` forbids it, `fast`
/// allows more.
enum class Math { standard, exact, fast };

/// What a descriptor cannot say, as text. weights_layout empty: the one that models of the layout use.
struct ProblemText {
  std::string_view epilogue = "", layout = "nhwc", weights_layout = "", math = "default", dtype = "f32",
                   strides = "", residual_strides = "", zero_points = "", rounding = "onnx",
                   output_scale = "", padding_mode = "zeros", pooling = "";
};

struct Problem {
  int batch = 1, groups = 1, in_channels = 1, out_channels = 1;
  /// Is every input element spread over a window of outputs, a stride apart (ConvTranspose; benchdnn's
  /// deconv)?
  bool transposed = false;
  /// Depth, height, width. What a problem lacks is Axis{}: one element under a kernel of one tap.
  std::array<Axis, 3> axes;
  Layout layout = Layout::nhwc;
  WeightsLayout weights_layout = WeightsLayout::hwio;
  ElementTypes types;
  Quantisation quantisation; ///< of 8-bit types; else Quantisation{}
  Math math = Math::standard;
  Epilogue epilogue;
  PaddingMode padding_mode = PaddingMode::zeros; ///< of no account without padding: pads_with()
  Pooling pooling; ///< of what the epilogue gives, before it is stored. `axes` are the convolution's own
  TensorStrides strides; ///< of slices of larger tensors; all zeros: dense
  ZeroWeights zeros; ///< where weights are constants: what is left out. No text says it: parse() knows none
  std::string name;  ///< a label only: not part of equality, hash or generated code

  /// Parses a benchdnn descriptor (rules: docs/descriptor.md); layouts, type, math and epilogue keep their
  /// defaults. The result is validated. Throws Error naming the field, its value and what was expected.
  static Problem parse(std::string_view descriptor);
  /// The same with everything else given as text. Throws Error.
  static Problem parse(std::string_view descriptor, const ProblemText &rest);
  /// The descriptor in full: every field of the shape in one order, then the name if there is one. parse() of
  /// it gives the same shape and name.
  std::string descriptor() const;
  /// Everything that equality compares, as text: the shape, layout, weights layout, type, math and epilogue,
  /// strides unless all are those of dense tensors, what the padding is made of unless it is zeros, and the
  /// pooling if there is one.
  std::string canonical() const;
  /// Throws Error naming the first field that is out of range or contradicts another.
  void validate() const;

  Axis &depth() { return axes[0]; }
  Axis &height() { return axes[1]; }
  Axis &width() { return axes[2]; }
  const Axis &depth() const { return axes[0]; }
  const Axis &height() const { return axes[1]; }
  const Axis &width() const { return axes[2]; }
  /// Have the tensors a depth? What is not 3-D has none, and no letters for it in descriptors.
  bool has_depth() const { return depth() != Axis{}; }
  /// The axes that the tensors have: height and width, and before them depth where has_depth().
  std::span<const Axis> spatial() const { return std::span(axes).subspan(has_depth() ? 0 : 1); }
  /// The same quantity of every axis multiplied: taps of the window, outputs of an image, its elements.
  std::int64_t volume(int Axis::*field) const;
  int group_in() const { return in_channels / groups; }   ///< C/g
  int group_out() const { return out_channels / groups; } ///< K/g
  /// What the sums take from outside of the input: `zeros` where nothing is padded.
  PaddingMode pads_with() const;
  bool pools() const { return pooling.kind != PoolingKind::none; }
  bool depthwise() const { return groups > 1 && groups == in_channels; }
  std::int64_t multiply_adds() const; ///< of the direct method, padding included
  std::int64_t parameters() const;    ///< weights, and what the epilogue takes by channel, bias included
  // Shapes of the row-major tensors in the order of the problem's layouts.
  std::vector<std::int64_t> input_shape() const;
  std::vector<std::int64_t> weights_shape() const;
  std::vector<std::int64_t> output_shape() const;   ///< of what is stored: pooled, if it is
  std::vector<std::int64_t> residual_shape() const; ///< of what the epilogue gives
  Extents input_extents() const;
  Extents output_extents() const;
  Extents residual_extents() const;
  // Elements from one neighbour to the next, of slices and dense tensors alike: filled().
  Strides input_strides() const;
  Strides residual_strides() const;
  Strides output_strides() const;
  bool strided() const; ///< is any of them not what a dense tensor has?

  bool operator==(const Problem &other) const;
};

/// --strides and --residual-strides with their values, as far as strides are not those of dense tensors.
std::vector<std::pair<std::string, std::string>> stride_flags(const Problem &problem);
/// --zero-points, --rounding and --output-scale with their values, as far as they are not the default ones.
std::vector<std::pair<std::string, std::string>> quantisation_flags(const Problem &problem);
std::size_t hash_value(const Problem &problem); ///< equal for equal problems, within one build of the library
std::string_view name_of(Layout layout);
std::string_view name_of(WeightsLayout layout);
std::string_view name_of(Math math); ///< "default", "exact", "fast"
// The inverse of name_of; each throws Error listing the names it knows.
Layout parse_layout(std::string_view text);
WeightsLayout parse_weights_layout(std::string_view text);
Math parse_math(std::string_view text);
/// What a model of this data layout keeps its weights in: nhwc -> hwio (Keras), nchw -> oihw (ONNX, PyTorch).
WeightsLayout default_weights_layout(Layout layout);
/// The same of a problem: hwoi and iohw of transposed ones.
WeightsLayout default_weights_layout(const Problem &problem);
/// Elements from one weight to its neighbours, in the problem's layout.
struct WeightsStrides {
  std::array<std::int64_t, 3> tap; ///< along the axes
  std::int64_t c, k, group;        ///< input and output channel within a group
};
WeightsStrides weights_strides(const Problem &problem);
/// The output channel, among those of all groups, of a weight by its place.
std::int64_t channel_of_weight(const Problem &problem, std::int64_t place);

} // namespace convforge
