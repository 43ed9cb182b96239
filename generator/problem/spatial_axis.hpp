// Axis: one spatial axis of a convolution or of a pooling.
#pragma once

namespace convforge {

/// One spatial axis: depth, height or width. All in elements. One shape has one Axis: pad_end is always what
/// the output still needs, (output - 1) * stride + extent() - input - pad_begin, or of a transposed
/// convolution, (input - 1) * stride + extent() - output - pad_begin. The factories make it so and throw
/// Error on an impossible axis.
struct Axis {
  int input = 1, output = 1, kernel = 1, stride = 1;
  int dilation = 1;  ///< distance between taps: 1 is dense (descriptors write it 0-based)
  int pad_begin = 0; ///< zeros before the first input element; negative: as many elements are never read
  int pad_end = 0;   ///< zeros after the last one; negative: that many trailing elements are never read
                     // Of a transposed convolution: what is cut off its output, or added to it.

  /// Input elements from the first tap to the last.
  int extent() const { return (kernel - 1) * dilation + 1; }
  /// Input elements that `outputs` neighbouring outputs need.
  int window(int outputs) const { return (outputs - 1) * stride + extent(); }
  /// Output size without padding.
  static Axis valid(int input, int kernel, int stride = 1, int dilation = 1);
  /// Keras' "same" padding: output = ceil(input / stride), and an odd zero goes to the end.
  static Axis same(int input, int kernel, int stride = 1, int dilation = 1);
  /// Output size from explicit padding on both sides. Padding at the end that no output reads is dropped.
  static Axis padded(int input, int kernel, int pad_begin, int pad_end, int stride = 1, int dilation = 1);
  /// Of a transposed convolution: output = (input - 1) * stride + extent() - pad_begin - pad_end. What
  /// frameworks call output padding makes pad_end less.
  static Axis transposed(int input, int kernel, int pad_begin, int pad_end, int stride = 1, int dilation = 1);
  bool operator==(const Axis &) const = default;
};

} // namespace convforge
