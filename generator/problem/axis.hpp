// The rules that one spatial axis obeys, shared by the descriptor parser, the Axis factories and
// Problem::validate().
#pragma once

#include "problem/problem.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace convforge {

/// What errors call an axis and its fields: descriptor letters for those of a problem, words for an axis on
/// its own.
struct AxisFields {
  std::string_view name, input, output, kernel, stride, dilation, pad_begin, pad_end;
  int dense; ///< the dilation of adjacent taps as the field counts it: 0 in descriptors, 1 in Axis
};
/// In the order of Problem::axes.
inline constexpr std::array<AxisFields, 3> problem_fields{{
    {"depth", "id", "od", "kd", "sd", "dd", "pd", "ed", 0},
    {"height", "ih", "oh", "kh", "sh", "dh", "ph", "eh", 0},
    {"width", "iw", "ow", "kw", "sw", "dw", "pw", "ew", 0},
}};
inline constexpr AxisFields axis_fields{"axis",     "input",     "output",  "kernel", "stride",
                                        "dilation", "pad_begin", "pad_end", 1};

/// Throws Error unless input, kernel, stride and dilation are positive and the extent is an int.
void check_window(const Axis &axis, const AxisFields &fields);
/// Throws Error unless check_window passes and output, pad_begin and pad_end agree with it. Here and below
/// `transposed` is Problem::transposed.
void check_axis(const Axis &axis, const AxisFields &fields, bool transposed);

// The formulas below need an axis that passes check_window; with ints as arguments they cannot overflow.

/// floor((input + pads - extent) / stride) + 1: how many windows fit; below 1 when none does. Transposed:
/// (input - 1) * stride + extent - pads.
std::int64_t windows(const Axis &axis, std::int64_t pads, bool transposed);
/// What the output needs after the input: (output - 1) * stride + extent - input - pad_begin. Negative:
/// unused input. Transposed: with input and output in each other's place.
std::int64_t trailing(const Axis &axis, std::int64_t output, std::int64_t pad_begin, bool transposed);
/// Whether any tap of any output lies on the input. Large paddings, strides and dilations can all miss it.
bool meets_input(const Axis &axis);
/// The leading padding of a given output when none is given: half of what it needs beyond the input, rounded
/// down. Throws Error, naming the output, when that is out of range.
std::int64_t even_padding(const Axis &axis, std::int64_t output, const AxisFields &fields, bool transposed);
/// Is what an output needs after the input so little that it is said by the output alone? Below that a
/// smaller output would crop as much, above it the last one sees nothing but padding: then it is more likely
/// a slip, and descriptors say the padding at the end.
bool ends_nearby(const Axis &axis, std::int64_t pad_end);
/// Throws Error, naming the output and those that would be taken, unless it ends nearby or with as much
/// padding as before the input.
void check_end(const Axis &axis, const AxisFields &fields, bool transposed);
/// The axis with this output and leading padding, and the trailing padding they need. Checked.
Axis with_output(Axis axis, std::int64_t output, std::int64_t pad_begin, const AxisFields &fields,
                 bool transposed);

} // namespace convforge
