#include "cli/operand_file.hpp"

#include "base/error.hpp"
#include "convforge/elements.h"
#include "problem/axis.hpp"
#include "problem/dtype.hpp"
#include "problem/weights_order.hpp"
#include "verify/npy.hpp"
#include "verify/npy_header.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>
#include <string_view>

namespace convforge::cli {
namespace {

using Shape = std::vector<std::int64_t>;

/// A shape of a tensor, and where depth, height and width stand in it.
struct Form {
  Shape shape;
  std::size_t first_spatial = 0, spatial = 0;
};

/// The same tensor in another layout, with the flag that says so.
struct OtherForm {
  Form form;
  std::string flag;
};

/// What is expected: one of `forms`, the first by its name, which hold the same bytes.
struct Expectation {
  std::vector<Form> forms;
  ElementType type;
  std::string axes;
  std::vector<OtherForm> others;
  std::string own_flag; ///< that says the layout which the problem has, of weights
  bool layout_is_said = false;
  bool one_for_all = false; ///< a single number stands for every channel's
};

Elements repeated(const Elements &element, std::int64_t times) {
  Elements all;
  for (std::int64_t i = 0; i < times; ++i)
    all.insert(all.end(), element.begin(), element.end());
  return all;
}

/// The shape without those spatial axes that have one element: what a Conv1D of some other program leaves
/// out, or a Conv3D has beside it.
Shape without_unit_axes(Shape shape, std::size_t first, std::size_t count) {
  const auto begin = shape.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = std::remove(begin, begin + static_cast<std::ptrdiff_t>(count), 1);
  shape.erase(end, begin + static_cast<std::ptrdiff_t>(count));
  return shape;
}

/// Is it this shape but for spatial axes of one element? Row by row the numbers are then the same.
bool resembles(const Shape &shape, const Form &form) {
  const std::size_t others = form.shape.size() - form.spatial;
  if (shape.size() < others)
    return false;
  return without_unit_axes(shape, form.first_spatial, shape.size() - others) ==
         without_unit_axes(form.shape, form.first_spatial, form.spatial);
}

/// A shape that is another layout's to the letter is not taken for one that resembles the expected one, nor
/// for one of those beside the first unless the layout is said.
bool fits(const Shape &shape, const Expectation &expected) {
  const auto is_same = [&](const Form &form) { return form.shape == shape; };
  if (is_same(expected.forms.front()) ||
      (expected.layout_is_said && std::ranges::any_of(expected.forms, is_same)))
    return true;
  const auto is_other = [&](const OtherForm &other) { return other.form.shape == shape; };
  const auto is_alike = [&](const Form &form) { return resembles(shape, form); };
  return std::ranges::none_of(expected.others, is_other) && std::ranges::any_of(expected.forms, is_alike);
}

/// "; for this file add --weights-layout oihw", naming each layout that has the shape.
std::string hint_for(const Shape &shape, const Expectation &expected) {
  std::vector<std::string> flags;
  if (std::ranges::find(expected.forms, shape, &Form::shape) != expected.forms.end())
    flags.push_back(expected.own_flag);
  for (const OtherForm &other : expected.others)
    if (resembles(shape, other.form) && std::ranges::find(flags, other.flag) == flags.end())
      flags.push_back(other.flag);
  return flags.empty() ? "" : fmt::format("; for this file add {}", fmt::join(flags, " or "));
}

bool has_nan(ElementType type) {
  return type == ElementType::f32 || type == ElementType::f16;
}

/// Where a training went wrong, its weights are NaN, and so is all that is computed from them.
void tell_of_nan(const std::string &flag, const std::string &path, std::span<const float> values) {
  const auto is_nan = [](float value) { return std::isnan(value); };
  const auto count = std::ranges::count_if(values, is_nan);
  if (count > 0)
    fmt::print(stderr, "convforge: {} {}: {} of {} numbers are NaN, the first at {}\n", flag, path, count,
               values.size(), std::ranges::find_if(values, is_nan) - values.begin());
}

/// The array with its numbers as elements of the expected type, where none of them changes.
void convert(NpyArray &array, ElementType type, const std::string &flag, const std::string &path) {
  if (array.type == ElementType::f64 && type == ElementType::f32) {
    array.elements = to_elements(type, floats_of(array, path));
    fmt::print(stderr, "convforge: {} {}: float64, converted to float32 (no number changes)\n", flag, path);
  } else if (array.type == ElementType::f32 && type == ElementType::f64) {
    array.elements = to_elements(type, floats_of(array, path));
  } else if (array.type != type) {
    throw Error(fmt::format("{} {}: {} elements (expected {}, as --dtype says: save array.astype('{}'))",
                            flag, path, convforge_dtype_name(dtype_of(array.type)),
                            convforge_dtype_name(dtype_of(type)), npy_descr(type)));
  }
  array.type = type;
}

Elements read_tensor(const std::string &flag, const std::string &path, const Expectation &expected) {
  if (path.empty())
    fail(flag, "missing", "a .npy file of shape " + shape_text(expected.forms.front().shape));
  NpyArray array = read_npy(path);
  convert(array, expected.type, flag, path);
  if (fits(array.shape, expected))
    return std::move(array.elements);
  const Shape &first = expected.forms.front().shape;
  if (expected.one_for_all && array.elements.size() == bytes_of(array.type))
    return repeated(array.elements, first.front());
  throw Error(fmt::format("{} {}: shape {} (expected {}: {}{})", flag, path, shape_text(array.shape),
                          shape_text(first), expected.axes, hint_for(array.shape, expected)));
}

/// What convforge_pack_operands() would refuse, with its place.
void check_multipliers(const std::string &flag, const std::string &path, const Elements &elements) {
  const auto values = from_elements<double>(ElementType::f64, elements);
  const auto wrong =
      std::ranges::find_if(values, [](double value) { return !(value >= 0 && value < 0x1p31); });
  if (wrong != values.end())
    throw Error(
        fmt::format("{} {}: element {} is {} (expected a number from 0 to below 2^31: the source's scale "
                    "times the weights', divided by the destination's)",
                    flag, path, wrong - values.begin(), *wrong));
}

/// "depth, height, width", as far as the tensors have them, each with `before` in front.
std::string axes_in_words(const Problem &problem, const std::string &before) {
  std::vector<std::string> names;
  for (const AxisFields &fields : std::span(problem_fields).last(problem.spatial().size()))
    names.push_back(before + std::string(fields.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string weights_axes(const Problem &problem) {
  const bool all_inputs = holds_all_inputs(problem.weights_layout);
  return fmt::format("{}", fmt::join(in_weights_order<std::string>(
                                         problem.weights_layout, axes_in_words(problem, "kernel "),
                                         all_inputs ? "input channels" : "input channels per group",
                                         all_inputs ? "output channels per group" : "output channels"),
                                     ", "));
}

std::string axes_of(const Problem &problem, const Operand &operand) {
  if (operand.by_channel())
    return operand.type == ElementType::f64 ? "output channels, or one number for all of them"
                                            : "output channels";
  if (operand.role == Role::weights)
    return weights_axes(problem);
  const char *channels = operand.role == Role::input ? "input channels" : "output channels";
  const std::string axes = axes_in_words(problem, "");
  return problem.layout == Layout::nhwc ? fmt::format("batch, {}, {}", axes, channels)
                                        : fmt::format("batch, {}, {}", channels, axes);
}

/// Where the spatial axes begin in an operand's shape.
std::size_t first_axis(const Problem &problem, const Operand &operand) {
  if (operand.role == Role::weights)
    return name_of(problem.weights_layout).find('h');
  return problem.layout == Layout::nhwc ? 1 : 2;
}

/// The shapes that hold the operand's bytes in its order: the problem's, and of depthwise weights, a filter
/// of one channel each, Keras' (R, S, C, M) and TensorFlow Lite's (1, R, S, C M).
std::vector<Form> forms_of(const Problem &problem, const Operand &operand) {
  if (operand.by_channel())
    return {{operand.shape}};
  const std::size_t axes = problem.spatial().size();
  std::vector<Form> forms{{operand.shape, first_axis(problem, operand), axes}};
  if (operand.role != Role::weights || problem.weights_layout != WeightsLayout::hwio || !problem.depthwise())
    return forms;
  Shape keras = operand.shape, lite = operand.shape;
  keras[axes] = problem.in_channels, keras[axes + 1] = problem.group_out();
  std::ranges::rotate(lite.begin(), lite.begin() + static_cast<std::ptrdiff_t>(axes), lite.end() - 1);
  forms.push_back({keras, 0, axes});
  forms.push_back({lite, 1, axes});
  return forms;
}

void add_others(const Problem &other, const Operand &operand, const std::string &flag,
                std::vector<OtherForm> &others) {
  for (const Operand &candidate : operands(other))
    if (candidate.name == operand.name)
      for (const Form &form : forms_of(other, candidate))
        others.push_back({form, flag});
}

/// The same operand of the problem in its other layouts: of weights first those that belong to its direction.
std::vector<OtherForm> other_forms(const Problem &problem, const Operand &operand) {
  std::vector<OtherForm> others;
  Problem other = problem;
  if (operand.role != Role::weights) {
    other.layout = problem.layout == Layout::nhwc ? Layout::nchw : Layout::nhwc;
    add_others(other, operand, fmt::format("--layout {}", name_of(other.layout)), others);
    return others;
  }
  std::vector<WeightsLayout> layouts{WeightsLayout::hwio, WeightsLayout::oihw, WeightsLayout::ohwi};
  layouts.insert(problem.transposed ? layouts.begin() : layouts.end(),
                 {WeightsLayout::iohw, WeightsLayout::hwoi});
  for (const WeightsLayout layout : layouts) {
    other.weights_layout = layout;
    if (layout != problem.weights_layout && (layout != WeightsLayout::hwoi || problem.groups == 1))
      add_others(other, operand, fmt::format("--weights-layout {}", name_of(layout)), others);
  }
  return others;
}

Expectation expectation(const Problem &problem, const Operand &operand) {
  Expectation expected{forms_of(problem, operand), operand.type, axes_of(problem, operand), {}};
  expected.one_for_all = operand.role == Role::packed && operand.type == ElementType::f64;
  expected.own_flag = fmt::format("--weights-layout {}", name_of(problem.weights_layout));
  if (!operand.by_channel())
    expected.others = other_forms(problem, operand);
  return expected;
}

} // namespace

Elements read_operand(const std::string &path, const Problem &problem, const Operand &operand,
                      bool layout_is_said) {
  const std::string flag = "--" + operand.name;
  Expectation expected = expectation(problem, operand);
  expected.layout_is_said = layout_is_said && operand.role == Role::weights;
  Elements elements = read_tensor(flag, path, expected);
  if (operand.type == ElementType::f64)
    check_multipliers(flag, path, elements);
  else if ((operand.role == Role::weights || operand.by_channel()) && has_nan(operand.type))
    tell_of_nan(flag, path, from_elements<float>(operand.type, elements));
  return elements;
}

} // namespace convforge::cli
