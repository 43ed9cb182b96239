// Strides of input, residual and output where these are slices of larger tensors: some channels of a
// concatenation, some columns of a wider image. Constants of the kernel, as the shape is. The elements of a
// slice are the kernel's; what lies between them is another's, and is neither read nor written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace convforge {

enum class Layout; // problem.hpp

/// Elements from one image, channel, plane, row and column to the next. 0: as near as what it steps over
/// allows, so that all zeros is a dense tensor.
struct Strides {
  std::int64_t n = 0, c = 0, d = 0, h = 0, w = 0;
  bool operator==(const Strides &) const = default;
};

/// Those of a problem's data; weights and what is given by output channel are always dense.
struct TensorStrides {
  Strides input, residual, output;
  bool operator==(const TensorStrides &) const = default;
};

/// How many images, channels, planes, rows and columns a tensor has.
struct Extents {
  std::int64_t n = 1, c = 1, d = 1, h = 1, w = 1;
};

/// The strides with nothing left out. Those of a dimension of one element mean nothing, and become what they
/// are without being given; so equal slices have equal strides.
Strides filled(const Strides &given, const Extents &extents, Layout layout);
/// Elements from the first to the last, both counted. `strides` are filled.
std::int64_t span(const Strides &strides, const Extents &extents);
/// Throws Error unless the dimensions lie within one another in the order of the layout without a meeting of
/// elements, the innermost one dense, within 2^31 bytes. `tensor`: what the error calls it.
void check_strides(std::string_view tensor, const Strides &given, const Extents &extents, Layout layout,
                   std::size_t element_bytes);

/// "100352x1x1792x32": n, c, h, w; with planes n, c, d, h, w.
std::string text_of(const Strides &strides, bool planes);
/// The inverse; "" is a dense tensor, and three numbers are n, c, w. Throws Error.
Strides parse_strides(std::string_view text);
/// benchdnn's --strides=SRC:WEI:DST, parts that are empty or missing being dense, as the weights' must be.
/// The residual's have a flag of their own. Throws Error.
TensorStrides parse_tensor_strides(std::string_view text, std::string_view residual);

} // namespace convforge
