#include "network/lowering/operation_calls.hpp"

#include "base/error.hpp"
#include "network/lowering/view.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <numeric>

namespace convforge::network {
namespace {

/// The axes of a tensor from the outermost to the innermost.
Order by_stride(const View &view) {
  Order order = row_major(view.sizes.size());
  if (order.size() > CONVFORGE_MAX_RANK)
    throw Error(fmt::format("{} axes (expected at most {})", order.size(), CONVFORGE_MAX_RANK));
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t axis) {
    // What has one element may stand anywhere: in front, where its loop costs least.
    return view.sizes[axis] == 1 ? std::numeric_limits<std::int64_t>::max() : std::abs(view.strides[axis]);
  });
  return order;
}

/// Fills in the axes of a call in this order.
void fill_axes(const Order &order, const models::Shape &values, std::int64_t *to) {
  for (std::size_t i = 0; i < order.size(); ++i)
    to[i] = values[order[i]];
}

/// Place of an axis of the tensor among those of the call.
std::size_t place_in(const Order &order, std::size_t axis) {
  return static_cast<std::size_t>(std::ranges::find(order, axis) - order.begin());
}

std::int32_t kind_of(models::WindowPooling::Kind kind) {
  switch (kind) {
  case models::WindowPooling::Kind::maximum:
    return CONVFORGE_POOL_MAX;
  case models::WindowPooling::Kind::average:
    return CONVFORGE_POOL_AVG_NP;
  case models::WindowPooling::Kind::average_of_padding:
    return CONVFORGE_POOL_AVG_P;
  }
  return CONVFORGE_POOL_NONE;
}

/// The padding at the end that the last window reaches into.
models::Shape padding_at_end(const models::WindowPooling &pooling, const View &output, const View &input) {
  models::Shape end(output.sizes.size());
  for (std::size_t i = 0; i < end.size(); ++i) {
    const std::int64_t last = (output.sizes[i] - 1) * pooling.stride[i] - pooling.begin[i] +
                              (pooling.kernel[i] - 1) * pooling.dilation[i];
    end[i] = std::max<std::int64_t>(last + 1 - input.sizes[i], 0);
  }
  return end;
}

/// The place in the input of an element that lies `place` elements from its beginning; -1: none.
std::int32_t padded_place(PaddingMode mode, std::int64_t place, std::int64_t size) {
  if (place >= 0 && place < size)
    return static_cast<std::int32_t>(place);
  const std::int64_t period = mode == PaddingMode::reflect ? 2 * size - 2 : size;
  switch (mode) {
  case PaddingMode::zeros:
    return -1;
  case PaddingMode::replicate:
    return static_cast<std::int32_t>(place < 0 ? 0 : size - 1);
  case PaddingMode::reflect:
  case PaddingMode::circular:
    break;
  }
  if (period <= 0)
    return 0;
  const std::int64_t wrapped = (place % period + period) % period;
  return static_cast<std::int32_t>(wrapped < size ? wrapped : period - wrapped);
}

/// A call that copies, axis by axis.
ResamplingCall copying(const Order &order, const View &output, const View &input) {
  ResamplingCall call;
  call.operation.rank = static_cast<std::int32_t>(order.size());
  fill_axes(order, output.sizes, call.operation.size);
  fill_axes(order, output.strides, call.operation.output.along);
  fill_axes(order, input.strides, call.operation.input.along);
  return call;
}

/// The axes of an image with its pixels in blocks: image, row and column of the block, row and column in it,
/// channel.
View wide_blocks(const models::DepthToSpace &operation, const View &view) {
  const std::size_t c = operation.channel_axis, h = c == 1 ? 2 : 1, w = h + 1;
  const std::int64_t b = operation.block;
  return {view.buffer,
          view.offset,
          {view.sizes[0], view.sizes[h] / b, view.sizes[w] / b, b, b, view.sizes[c]},
          {view.strides[0], view.strides[h] * b, view.strides[w] * b, view.strides[h], view.strides[w],
           view.strides[c]}};
}

/// The same of the one that has blocks in its channels.
View deep_blocks(const models::DepthToSpace &operation, const View &view) {
  const std::size_t c = operation.channel_axis, h = c == 1 ? 2 : 1, w = h + 1;
  const std::int64_t b = operation.block, channels = view.sizes[c] / (b * b), stride = view.strides[c];
  const std::int64_t column = operation.block_innermost ? stride : stride * channels;
  return {view.buffer,
          view.offset,
          {view.sizes[0], view.sizes[h], view.sizes[w], b, b, channels},
          {view.strides[0], view.strides[h], view.strides[w], column * b, column,
           operation.block_innermost ? stride * b * b : stride}};
}

} // namespace

convforge_window_pooling pooling(const models::WindowPooling &pooling, const View &output,
                                 const View &input) {
  const Order order = by_stride(output);
  convforge_window_pooling call = {};
  call.kind = kind_of(pooling.kind);
  call.rank = static_cast<std::int32_t>(order.size());
  fill_axes(order, output.sizes, call.size);
  fill_axes(order, input.sizes, call.input_size);
  fill_axes(order, pooling.kernel, call.kernel);
  fill_axes(order, pooling.stride, call.stride);
  fill_axes(order, pooling.dilation, call.dilation);
  fill_axes(order, pooling.begin, call.begin);
  fill_axes(order, padding_at_end(pooling, output, input), call.end);
  fill_axes(order, output.strides, call.output.along);
  fill_axes(order, input.strides, call.input.along);
  return call;
}

convforge_reduction reduction(const models::Reduction &reduction, const View &output, const View &input) {
  using Kind = models::Reduction::Kind;
  const Order order = by_stride(input);
  const bool kept = output.sizes.size() == input.sizes.size();
  convforge_reduction call = {};
  call.kind = reduction.kind == Kind::mean      ? CONVFORGE_MEAN
              : reduction.kind == Kind::sum     ? CONVFORGE_SUM
              : reduction.kind == Kind::maximum ? CONVFORGE_LARGEST
                                                : CONVFORGE_SMALLEST;
  call.rank = static_cast<std::int32_t>(order.size());
  fill_axes(order, input.sizes, call.size);
  fill_axes(order, input.strides, call.input.along);
  std::size_t next = 0; // axis of the output
  for (std::size_t axis = 0; axis < input.sizes.size(); ++axis) {
    const std::size_t place = place_in(order, axis);
    const bool reduced = std::ranges::find(reduction.axes, axis) != reduction.axes.end();
    call.reduced[place] = reduced ? 1 : 0;
    if (!reduced)
      call.output.along[place] = output.strides[next];
    next += !reduced || kept ? 1 : 0;
  }
  return call;
}

convforge_softmax softmax(const models::Softmax &softmax, const View &output, const View &input) {
  const Order order = by_stride(output);
  convforge_softmax call = {};
  call.rank = static_cast<std::int32_t>(order.size());
  call.axis = static_cast<std::int32_t>(place_in(order, softmax.axis));
  fill_axes(order, output.sizes, call.size);
  fill_axes(order, output.strides, call.output.along);
  fill_axes(order, input.strides, call.input.along);
  return call;
}

ResamplingCall resampling(const models::Resampling &resampling, const View &output, const View &input) {
  const Order order = by_stride(output);
  ResamplingCall call = copying(order, output, input);
  for (const models::Resampling::Axis &axis : resampling.axes) {
    const std::size_t place = place_in(order, axis.axis);
    call.operation.axes[place].taps = static_cast<std::int32_t>(axis.taps);
    call.index[place] = axis.index;
    call.weight[place] = axis.weight;
  }
  return call;
}

Operation depth_to_space(ElementType type, const models::DepthToSpace &operation, const View &output,
                         const View &input) {
  return operation.to_depth ? copy(type, deep_blocks(operation, output), wide_blocks(operation, input))
                            : copy(type, wide_blocks(operation, output), deep_blocks(operation, input));
}

ResamplingCall padding(const models::Pad &pad, const View &output, const View &input) {
  const Order order = by_stride(output);
  ResamplingCall call = copying(order, output, input);
  call.operation.fill = static_cast<float>(pad.value);
  for (std::size_t axis = 0; axis < output.sizes.size(); ++axis) {
    if (pad.begin[axis] == 0 && pad.end[axis] == 0)
      continue;
    const std::size_t place = place_in(order, axis);
    call.operation.axes[place].taps = 1;
    for (std::int64_t i = 0; i < output.sizes[axis]; ++i)
      call.index[place].push_back(padded_place(pad.mode, i - pad.begin[axis], input.sizes[axis]));
  }
  return call;
}

} // namespace convforge::network
