// Pools, resized images and products with matrices of TensorFlow Lite.
#include "models/tflite/flat_operator.hpp"

#include "base/integer.hpp"
#include "models/matrix_product.hpp"
#include "models/refusal.hpp"
#include "models/resize_taps.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace convforge::models::tflite {
namespace {

/// Of images [N, H, W, C].
struct ImageSizes {
  const Shape &in, &out;
};

ImageSizes image_sizes(const FlatOperator &op) {
  const Tensor *in = op.input(0), *out = op.output;
  if (!in || !out)
    refuse("tensors", "left out", "an input and an output");
  if (!in->known() || !out->known())
    throw Error(sizes_not_known);
  for (const Tensor *tensor : {in, out})
    if (tensor->sizes().size() != 4)
      refuse("input", text_of_shape(tensor->sizes()), "4 axes");
  return {in->sizes(), out->sizes()};
}

std::int64_t positive_option(const FlatOperator &op, int field, const char *name) {
  const auto number = op.option<std::int32_t>(field, 0);
  constexpr std::int32_t most = 1 << 20;
  if (number < 1 || number > most)
    refuse(name, std::to_string(number), fmt::format("1 to {}", most));
  return number;
}

/// One axis; an odd element of padding goes to the end.
void pool_axis(WindowPooling &pooling, const FlatOperator &op, const ImageSizes &sizes, std::size_t axis) {
  const auto padding = op.option<std::int8_t>(pool_2d::padding, 0);
  if (padding != 0 && padding != 1)
    refuse("padding", std::to_string(padding), "0, SAME, or 1, VALID");
  const std::int64_t in = sizes.in[axis], kernel = pooling.kernel[axis], stride = pooling.stride[axis],
                     out = padding == 0  ? ceil_div(in, stride)
                           : in < kernel ? 0
                                         : (in - kernel) / stride + 1;
  if (out != sizes.out[axis])
    refuse("output", text_of_shape(sizes.out), fmt::format("{} elements of axis {}", out, axis));
  pooling.begin[axis] = padding == 0 ? std::max<std::int64_t>((out - 1) * stride + kernel - in, 0) / 2 : 0;
}

Operation pooling_operation(const FlatOperator &op) {
  const ImageSizes sizes = image_sizes(op);
  WindowPooling pooling{op.code == MAX_POOL_2D ? WindowPooling::Kind::maximum : WindowPooling::Kind::average,
                        Shape(4, 1), Shape(4, 1), Shape(4, 1), Shape(4, 0)};
  pooling.kernel[1] = positive_option(op, pool_2d::filter_h, "filter_height");
  pooling.kernel[2] = positive_option(op, pool_2d::filter_w, "filter_width");
  pooling.stride[1] = positive_option(op, pool_2d::stride_h, "stride_h");
  pooling.stride[2] = positive_option(op, pool_2d::stride_w, "stride_w");
  for (const std::size_t axis : {1u, 2u})
    pool_axis(pooling, op, sizes, axis);
  return pooling;
}

/// As the reference kernels have it, in floats: the step between outputs is a factor here, where ONNX divides
/// by the scale, and halves are added before the multiplication.
Resampling::Axis flat_resized_axis(const FlatOperator &op, const ResizedAxis &axis) {
  const bool nearest = op.code == RESIZE_NEAREST_NEIGHBOR;
  const int earlier = nearest ? 2 : 0;
  const bool corners = op.option<std::uint8_t>(resize_bilinear::align_corners - earlier, 0) != 0,
             halves = op.option<std::uint8_t>(resize_bilinear::half_pixel_centers - earlier, 0) != 0;
  check_resized(axis);
  const float step = corners && axis.output > 1
                         ? static_cast<float>(axis.input - 1) / static_cast<float>(axis.output - 1)
                         : static_cast<float>(axis.input) / static_cast<float>(axis.output);
  std::vector<float> at;
  for (std::int64_t i = 0; i < axis.output; ++i) {
    const float x = (static_cast<float>(i) + (halves ? 0.5f : 0)) * step;
    at.push_back(halves && !nearest ? x - 0.5f : x);
  }
  if (!nearest)
    return linear_taps(axis, at);
  return nearest_taps(axis, at, corners ? NearestRule::round_prefer_ceil : NearestRule::floor);
}

Operation resize_operation(const FlatOperator &op) {
  const auto &[in, out] = image_sizes(op);
  if (const Tensor *size = op.input(1); size && size->constant())
    if (const auto wanted = integers_of(*size); wanted != std::vector{out[1], out[2]})
      refuse("size", text_of_numbers(wanted), fmt::format("{},{} of the output", out[1], out[2]));
  Resampling resampling;
  for (const std::size_t axis : {1u, 2u})
    if (in[axis] != out[axis])
      resampling.axes.push_back(flat_resized_axis(op, {axis, in[axis], out[axis], 1}));
  return resampling;
}

/// Rows are cut from the data row-major, whatever its axes.
Operation product_operation(const FlatOperator &op) {
  const Tensor *data = op.input(0), *matrix = op.input(1), *bias = op.input(2);
  if (!data || !matrix)
    refuse("tensors", "left out", "data and weights");
  if (const auto format = op.option<std::int8_t>(fully_connected::weights_format, 0); format != 0)
    refuse("weights_format", std::to_string(format), "0");
  Tensor rows = *data;
  if (data->known() && matrix->constant() && matrix->sizes().size() == 2) {
    const std::int64_t columns = matrix->sizes()[1], elements = elements_of(data->sizes());
    if (columns < 1 || elements % columns != 0)
      refuse("weights", text_of_shape(matrix->sizes()), fmt::format("rows that {} consists of", elements));
    rows.shape = Shape{elements / columns, columns};
  }
  Convolution product = matrix_product(rows, *matrix, WeightsLayout::ohwi, bias != nullptr);
  if (bias && (!bias->constant() || bias->sizes() != Shape{product.problem->out_channels}))
    refuse("bias", bias->constant() ? text_of_shape(bias->sizes()) : "computed",
           fmt::format("{} constants", product.problem->out_channels));
  return product;
}

} // namespace

Operation window_operation(const FlatOperator &op) {
  if (op.code == FULLY_CONNECTED)
    return operation_or_refusal([&] { return product_operation(op); });
  if (op.code == MAX_POOL_2D || op.code == AVERAGE_POOL_2D)
    return operation_or_refusal([&] { return pooling_operation(op); });
  return operation_or_refusal([&] { return resize_operation(op); });
}

} // namespace convforge::models::tflite
