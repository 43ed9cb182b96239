// What the frameworks' layers share: a tensor's shape taken apart, and axes from their words for padding.
#pragma once

#include "problem/axis.hpp"
#include "problem/frameworks.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// What errors call the fields of a framework's axis.
inline constexpr AxisFields keras_fields{
    "axis", "input", "output", "kernel_size", "strides", "dilation_rate", "padding", "padding", 1};
inline constexpr AxisFields torch_fields{"axis",    "input",   "output", "kernel_size", "stride", "dilation",
                                         "padding", "padding", 1};
inline constexpr AxisFields onnx_fields{"axis", "input", "output", "kernel_shape", "strides", "dilations",
                                        "pads", "pads",  1};

struct LayerInput {
  int batch = 1, channels = 1;
  std::vector<int> sizes; ///< of the spatial axes
};
/// Of an input with or without its batch. Throws Error naming `layer`, which has `rank` spatial axes.
LayerInput layer_input(const LayerShape &shape, int rank, Layout layout, const std::string &layer);

/// The numbers of an argument, one an axis. Throws Error unless there are one or `rank` of them.
std::vector<int> on_axes(std::string_view argument, const PerAxis &numbers, int rank);
/// "(3, 3)"
std::string numbers_text(std::span<const int> numbers);

void check_at_least_one(std::string_view argument, std::int64_t value);
/// Throws Error unless `groups` divides the channels, which errors call `argument`.
void check_groups(std::string_view argument, int channels, int groups, std::string_view groups_argument);
/// As an int, or Error.
int channels_of(std::string_view argument, std::int64_t channels);

/// Input, kernel, stride and dilation of an axis, by their number. Output and padding are still to be found.
using Windows = std::vector<Axis>;
Windows layer_windows(const LayerInput &input, std::span<const int> kernel, std::span<const int> stride,
                      std::span<const int> dilation, const AxisFields &fields);
Axis padded_axis(const Axis &window, int pad_begin, int pad_end, const AxisFields &fields);
/// The output is the input divided by the stride, rounded up. An odd zero goes to the end, or to the
/// beginning.
Axis same_axis(const Axis &window, bool odd_at_end, const AxisFields &fields);
/// What a transposed axis has without padding: (input - 1) * stride + extent.
std::int64_t spread(const Axis &window);
/// Places the axes as the last ones of a problem.
void set_axes(Problem &problem, std::span<const Axis> axes);

} // namespace convforge
