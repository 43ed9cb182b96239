// Layers of Keras that pad, pool and repeat: what has a number for each spatial axis.
#include "models/keras/layer_call.hpp"

#include "base/integer.hpp"
#include "models/refusal.hpp"
#include "models/resize_taps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::keras {
namespace {

/// The digit before the D of "ZeroPadding2D"; find_layer() knows names with one alone.
std::size_t spatial_axes(const LayerCall &call) {
  const std::string &type = call.layer.type();
  return static_cast<std::size_t>(type[type.rfind('D') - 1] - '0');
}

/// The input's shape where it has as many axes as the layer's name says.
std::optional<Shape> fitting_shape(const LayerCall &call, std::size_t axes) {
  const std::optional<Shape> &shape = call.input().shape;
  return shape && shape->size() == axes + 2 ? shape : std::nullopt;
}

std::size_t first_spatial(const LayerCall &call) {
  return call.layer.channels_first() ? 2 : 1;
}

/// 1, [1, 2] or [[1, 1], [0, 2]]: one number, one an axis, or two an axis; of a single axis also its two.
std::vector<std::pair<std::int64_t, std::int64_t>> paddings(const LayerCall &call, std::size_t axes) {
  const LayerConfig &layer = call.layer;
  const Json *value = layer.find("padding");
  const Json one = 1;
  const auto amount = [&](const Json &each) -> std::int64_t {
    constexpr std::int64_t most = 1 << 30;
    if (!each.is_number_integer() || each < 0 || each > most)
      layer.refuse("padding", value ? *value : one, "whole numbers from 0 on");
    return each.get<std::int64_t>();
  };
  const auto both_ends = [&](const Json &each) -> std::pair<std::int64_t, std::int64_t> {
    if (each.is_array() && each.size() == 2)
      return {amount(each[0]), amount(each[1])};
    return {amount(each), amount(each)};
  };
  if (!value || !value->is_array() || (axes == 1 && value->size() == 2))
    return std::vector(axes, both_ends(value ? *value : one));
  if (value->size() != axes)
    layer.refuse("padding", *value, fmt::format("a number, or one or two for each of {} axes", axes));
  std::vector<std::pair<std::int64_t, std::int64_t>> all;
  for (const Json &each : *value)
    all.push_back(both_ends(each));
  return all;
}

TensorId padding_layer(const LayerCall &call) {
  const std::size_t axes = spatial_axes(call);
  std::optional<Shape> shape = fitting_shape(call, axes);
  if (!shape)
    return call.add(OtherOperation{}, std::nullopt);
  Pad pad{Shape(axes + 2), Shape(axes + 2), PaddingMode::zeros, 0};
  const auto amounts = paddings(call, axes);
  for (std::size_t i = 0; i < axes; ++i) {
    const std::size_t axis = first_spatial(call) + i;
    std::tie(pad.begin[axis], pad.end[axis]) = amounts[i];
    if ((*shape)[axis] != unknown_size)
      (*shape)[axis] += amounts[i].first + amounts[i].second;
  }
  return call.add(std::move(pad), std::move(shape));
}

/// Averages are of what lies in the image.
Operation pooling_operation(const LayerCall &call, const std::vector<int> &windows,
                            const std::vector<int> &strides, const std::optional<Shape> &output) {
  if (!output || !all_known(*output) || !call.input().known())
    throw Error(sizes_not_known);
  const std::string padding = call.layer.text("padding", "valid");
  if (padding != "valid" && padding != "same")
    refuse("padding", padding, "valid or same");
  const std::size_t rank = output->size();
  WindowPooling pooling{call.layer.type().starts_with("Max") ? WindowPooling::Kind::maximum
                                                             : WindowPooling::Kind::average,
                        Shape(rank, 1), Shape(rank, 1), Shape(rank, 1), Shape(rank, 0)};
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::size_t axis = first_spatial(call) + i;
    pooling.kernel[axis] = windows[i], pooling.stride[axis] = strides[i];
    const std::int64_t needed = ((*output)[axis] - 1) * strides[i] + windows[i] - call.input().sizes()[axis];
    pooling.begin[axis] = padding == "same" ? std::max<std::int64_t>(needed, 0) / 2 : 0;
  }
  return pooling;
}

TensorId pooling_layer(const LayerCall &call) {
  const std::size_t axes = spatial_axes(call);
  std::optional<Shape> shape = fitting_shape(call, axes);
  const std::vector<int> windows = call.layer.integers("pool_size", 2, axes);
  const std::vector<int> strides =
      call.layer.find("strides") ? call.layer.integers("strides", 1, axes) : windows;
  const bool same = call.layer.text("padding", "valid") == "same";
  for (std::size_t i = 0; shape && i < axes; ++i) {
    std::int64_t &size = (*shape)[first_spatial(call) + i];
    if (strides[i] < 1 || windows[i] < 1 || size == unknown_size || (!same && size < windows[i]))
      size = unknown_size;
    else
      size = same ? ceil_div(size, std::int64_t{strides[i]}) : (size - windows[i]) / strides[i] + 1;
  }
  Operation operation =
      operation_or_refusal([&] { return pooling_operation(call, windows, strides, shape); });
  return call.add(std::move(operation), std::move(shape));
}

TensorId global_pooling_layer(const LayerCall &call) {
  const std::size_t axes = spatial_axes(call);
  std::optional<Shape> shape = fitting_shape(call, axes);
  Reduction reduction{
      call.layer.type().starts_with("GlobalMax") ? Reduction::Kind::maximum : Reduction::Kind::mean, {}};
  for (std::size_t i = 0; i < axes; ++i)
    reduction.axes.push_back(first_spatial(call) + i);
  if (shape) {
    const auto first = shape->begin() + static_cast<std::ptrdiff_t>(first_spatial(call)),
               end = first + static_cast<std::ptrdiff_t>(axes);
    if (call.layer.flag("keepdims", false))
      std::fill(first, end, 1);
    else
      shape->erase(first, end);
  }
  return call.add(std::move(reduction), std::move(shape));
}

/// Nearest ones are repeated, others lie between pixels' centers.
Resampling::Axis upsampled_axis(const ResizedAxis &axis, int factor, bool nearest) {
  if (!nearest)
    return linear_taps(axis, coordinates_of(axis, ResizeCoordinates::half_pixel));
  check_resized(axis);
  std::vector<std::int32_t> places;
  for (std::int64_t i = 0; i < axis.output; ++i)
    places.push_back(static_cast<std::int32_t>(i / factor));
  return gathered(axis.axis, std::move(places));
}

Operation upsampling_operation(const LayerCall &call, const std::vector<int> &factors,
                               const std::optional<Shape> &output) {
  if (!output || !call.input().known())
    throw Error(sizes_not_known);
  check_resampled(*output);
  const std::string method = call.layer.text("interpolation", "nearest");
  if (method != "nearest" && method != "bilinear")
    refuse("interpolation", method, "nearest or bilinear");
  Resampling resampling;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const std::size_t axis = first_spatial(call) + i;
    if (factors[i] != 1)
      resampling.axes.push_back(
          upsampled_axis({axis, call.input().sizes()[axis], (*output)[axis], static_cast<float>(factors[i])},
                         factors[i], method == "nearest"));
  }
  return resampling;
}

TensorId upsampling_layer(const LayerCall &call) {
  const std::size_t axes = spatial_axes(call);
  std::optional<Shape> shape = fitting_shape(call, axes);
  const std::vector<int> factors = call.layer.integers("size", 2, axes);
  constexpr std::int64_t most = 1 << 30;
  for (std::size_t i = 0; shape && i < axes; ++i) {
    std::int64_t &size = (*shape)[first_spatial(call) + i];
    size = size == unknown_size || factors[i] < 1 || size > most ? unknown_size : size * factors[i];
  }
  Operation operation = operation_or_refusal([&] { return upsampling_operation(call, factors, shape); });
  return call.add(std::move(operation), std::move(shape));
}

} // namespace

std::vector<LayerRow> window_layers() {
  return {{"AveragePooling1D", pooling_layer},
          {"AveragePooling2D", pooling_layer},
          {"AveragePooling3D", pooling_layer},
          {"GlobalAveragePooling1D", global_pooling_layer},
          {"GlobalAveragePooling2D", global_pooling_layer},
          {"GlobalAveragePooling3D", global_pooling_layer},
          {"GlobalMaxPooling1D", global_pooling_layer},
          {"GlobalMaxPooling2D", global_pooling_layer},
          {"GlobalMaxPooling3D", global_pooling_layer},
          {"MaxPooling1D", pooling_layer},
          {"MaxPooling2D", pooling_layer},
          {"MaxPooling3D", pooling_layer},
          {"UpSampling1D", upsampling_layer},
          {"UpSampling2D", upsampling_layer},
          {"UpSampling3D", upsampling_layer},
          {"ZeroPadding1D", padding_layer},
          {"ZeroPadding2D", padding_layer},
          {"ZeroPadding3D", padding_layer}};
}

} // namespace convforge::models::keras
