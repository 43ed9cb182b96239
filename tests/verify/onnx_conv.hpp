// Conv by ONNX's definition, in any number of dimensions, for NC... tensors: written from the operator's text
// (attributes dilations, group, pads, strides), without anything of ConvForge's, so that whole numbers must
// come out equal.
#pragma once

#include <cstddef>
#include <vector>

namespace onnx_conv {

using Ints = std::vector<int>;

/// X: N, C, then the axes. W: M, C/group, then the kernel. pads: all beginnings, then all ends.
struct Conv {
  Ints x_shape, w_shape, strides, dilations, pads;
  int group = 1;

  std::size_t axes() const { return x_shape.size() - 2; }
  int output(std::size_t axis) const {
    const int window = dilations[axis] * (w_shape[axis + 2] - 1) + 1;
    return (x_shape[axis + 2] + pads[axis] + pads[axis + axes()] - window) / strides[axis] + 1;
  }
  Ints y_shape() const {
    Ints shape = {x_shape[0], w_shape[0]};
    for (std::size_t axis = 0; axis < axes(); ++axis)
      shape.push_back(output(axis));
    return shape;
  }
};

inline std::size_t count(const Ints &shape) {
  std::size_t product = 1;
  for (const int extent : shape)
    product *= static_cast<std::size_t>(extent);
  return product;
}

/// The coordinates of an element of a dense tensor, and back.
inline Ints coordinates(const Ints &shape, std::size_t index) {
  Ints at(shape.size());
  for (std::size_t i = shape.size(); i-- > 0; index /= static_cast<std::size_t>(shape[i]))
    at[i] = static_cast<int>(index % static_cast<std::size_t>(shape[i]));
  return at;
}
inline std::size_t index_of(const Ints &shape, const Ints &at) {
  std::size_t index = 0;
  for (std::size_t i = 0; i < shape.size(); ++i)
    index = index * static_cast<std::size_t>(shape[i]) + static_cast<std::size_t>(at[i]);
  return index;
}

/// One product of the sum: 0 where the tap lies in the padding.
inline double product(const Conv &conv, const std::vector<float> &x, const std::vector<float> &w,
                      const Ints &y, std::size_t tap) {
  const Ints at_w = coordinates(conv.w_shape, tap); // m, c, kernel
  const int group = at_w[0] / (conv.w_shape[0] / conv.group);
  Ints at_x = {y[0], group * conv.w_shape[1] + at_w[1]};
  for (std::size_t axis = 0; axis < conv.axes(); ++axis) {
    const int at = y[axis + 2] * conv.strides[axis] + at_w[axis + 2] * conv.dilations[axis] - conv.pads[axis];
    if (at < 0 || at >= conv.x_shape[axis + 2])
      return 0;
    at_x.push_back(at);
  }
  return static_cast<double>(x[index_of(conv.x_shape, at_x)]) * w[tap];
}

inline std::vector<double> compute(const Conv &conv, const std::vector<float> &x,
                                   const std::vector<float> &w) {
  const std::size_t taps = count(conv.w_shape) / static_cast<std::size_t>(conv.w_shape[0]);
  std::vector<double> sums(count(conv.y_shape()));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Ints y = coordinates(conv.y_shape(), i);
    for (std::size_t tap = 0; tap < taps; ++tap)
      sums[i] += product(conv, x, w, y, static_cast<std::size_t>(y[1]) * taps + tap);
  }
  return sums;
}

/// The shapes of ONNX's node tests of 3-D Conv, which come from PyTorch's test suite: test_Conv3d,
/// _no_bias, _stride, _stride_padding, _groups, _dilated and _dilated_strided. Their numbers are random; ours
/// are whole.
inline std::vector<Conv> node_tests_3d() {
  const Ints ones = {1, 1, 1}, twos = {2, 2, 2}, none(6, 0), around(6, 1);
  return {
      {{2, 3, 3, 4, 5}, {4, 3, 2, 3, 4}, ones, ones, none},
      {{2, 3, 5, 5, 5}, {4, 3, 2, 2, 2}, twos, ones, none},
      {{2, 3, 5, 5, 5}, {4, 3, 2, 2, 2}, twos, ones, around},
      {{2, 4, 4, 5, 4}, {6, 2, 3, 3, 3}, ones, ones, none, 2},
      {{2, 3, 5, 5, 5}, {4, 3, 2, 2, 2}, ones, twos, none},
      {{2, 3, 5, 5, 5}, {4, 3, 2, 2, 2}, twos, twos, none},
      {{2, 3, 4, 3, 5}, {4, 3, 1, 1, 1}, ones, ones, none},
      // pads that differ at the two ends
      {{1, 2, 4, 6, 5}, {3, 2, 3, 2, 3}, {1, 2, 1}, ones, {0, 1, 2, 2, 0, 1}},
  };
}

} // namespace onnx_conv
