#include "problem/problem.hpp"

#include "base/error.hpp"
#include "problem/axis.hpp"
#include "problem/operand.hpp"
#include "problem/type_combinations.hpp"
#include "problem/weights_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <tuple>

namespace convforge {
namespace {

using Shape = std::vector<std::int64_t>;

void check_positive(const char *field, int value) {
  if (value < 1)
    fail(field, std::to_string(value), "at least 1");
}

void check_divides(const char *field, int channels, int groups) {
  if (channels % groups != 0)
    fail(field, std::to_string(channels), fmt::format("a multiple of g = {}", groups));
}

// Kernels address with 32-bit byte offsets. Doubles hold every product below the limit exactly and cannot
// overflow here.
void check_bytes(std::string_view tensor, const Shape &shape, ElementType type) {
  constexpr double limit = 2147483648.0; // 2^31
  double bytes = static_cast<double>(bytes_of(type));
  for (const std::int64_t extent : shape)
    bytes *= static_cast<double>(extent);
  if (bytes >= limit)
    fail(std::string(tensor), fmt::format("{:.15g} bytes, {}", bytes, fmt::join(shape, " x ")),
         "less than 2147483648 bytes; split the problem, for example along mb or oc");
}

std::int64_t padded(const Axis &axis) {
  return std::int64_t{axis.input} + std::max(axis.pad_begin, 0) + std::max(axis.pad_end, 0);
}

void check_tensors(const Problem &problem) {
  const ElementTypes &types = problem.types;
  check_bytes("input tensor", problem.input_shape(), types.source);
  Shape padded_input = {problem.batch};
  for (const Axis &axis : problem.spatial())
    padded_input.push_back(problem.transposed ? axis.input : padded(axis));
  padded_input.push_back(problem.in_channels);
  check_bytes("padded input tensor", padded_input, types.accumulator()); // a copy with zeros around it
  check_bytes("weights tensor", problem.weights_shape(), types.weights);
  check_bytes("output tensor", problem.residual_shape(), types.destination); // pooled, it is no larger
}

/// Neighbouring channels of different groups would lie in no order that depthwise kernels know.
void check_weights_layout(const Problem &problem) {
  if (problem.weights_layout == WeightsLayout::hwoi && problem.groups > 1)
    fail("weights layout", "hwoi", fmt::format("iohw, hwio, oihw or ohwi with g = {}", problem.groups));
}

// What descriptor() could not print so that parse() reads it back.
void check_name(std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(name.begin(), name.end(), is_control))
    fail("name", fmt::format("{:?}", name), "no control characters");
  if (name.starts_with('"') || name.ends_with('"'))
    fail("name", fmt::format("{:?}", name), "no quotes around it");
}

/// The axes of what is stored: the pooling's, if there is one.
const std::array<Axis, 3> &stored_axes(const Problem &problem) {
  return problem.pools() ? problem.pooling.axes : problem.axes;
}

/// One quantity of the axes that the tensors have, in their order.
Shape extents(const Problem &problem, const std::array<Axis, 3> &axes, int Axis::*field) {
  Shape shape;
  for (const Axis &axis : std::span(axes).last(problem.spatial().size()))
    shape.push_back(axis.*field);
  return shape;
}

/// The axes' extents with what stands before and after them.
Shape around(Shape shape, std::initializer_list<std::int64_t> before,
             std::initializer_list<std::int64_t> after) {
  shape.insert(shape.begin(), before);
  shape.insert(shape.end(), after);
  return shape;
}

Shape data_shape(const Problem &problem, const std::array<Axis, 3> &axes, int Axis::*field, int channels) {
  if (problem.layout == Layout::nhwc)
    return around(extents(problem, axes, field), {problem.batch}, {channels});
  return around(extents(problem, axes, field), {problem.batch, channels}, {});
}

Extents output_extents(const Problem &problem, const std::array<Axis, 3> &axes) {
  return {problem.batch, problem.out_channels, axes[0].output, axes[1].output, axes[2].output};
}

/// A problem's strides as equality sees them: what was left out is filled in.
TensorStrides all_strides(const Problem &p) {
  return {p.input_strides(), p.residual_strides(), p.output_strides()};
}

TensorStrides dense_strides(const Problem &p) {
  return {filled({}, p.input_extents(), p.layout), filled({}, p.residual_extents(), p.layout),
          filled({}, p.output_extents(), p.layout)};
}

void check_all_strides(const Problem &p) {
  const TensorStrides &given = p.strides;
  check_strides("input", given.input, p.input_extents(), p.layout, bytes_of(p.types.source));
  check_strides("output", given.output, p.output_extents(), p.layout, bytes_of(p.types.destination));
  check_strides("residual", given.residual, p.residual_extents(), p.layout, bytes_of(p.types.destination));
  if (given.residual != Strides{} && p.epilogue.count(EpilogueOp::Kind::residual) == 0)
    fail("residual strides", text_of(given.residual, p.has_depth()), "none: the epilogue has no residual");
  // Kernels count the rows of all of an input's planes through.
  if (const Strides input = p.input_strides(); p.height().input > 1 && input.d % input.h != 0)
    fail("input stride d", std::to_string(input.d),
         fmt::format("a multiple of the stride of rows, {}", input.h));
}

/// Numbers of what is known to be zero ascend below `count`.
void check_zeros(const char *what, const std::vector<int> &zeros, std::int64_t count) {
  if (std::ranges::adjacent_find(zeros, std::greater_equal()) != zeros.end() ||
      (!zeros.empty() && (zeros.front() < 0 || zeros.back() >= count)))
    fail(what, ranges_in_words(zeros), fmt::format("ascending numbers below {}", count));
}

auto arithmetic(const Problem &p) {
  return std::tie(p.transposed, p.batch, p.groups, p.in_channels, p.out_channels, p.axes, p.layout,
                  p.weights_layout, p.types, p.quantisation, p.math, p.epilogue, p.pooling, p.zeros);
}

} // namespace

void Problem::validate() const {
  check_types(types);
  check_positive("mb", batch);
  check_positive("g", groups);
  check_positive("ic", in_channels);
  check_positive("oc", out_channels);
  check_divides("ic", in_channels, groups);
  check_divides("oc", out_channels, groups);
  for (std::size_t i = 0; i < axes.size(); i++)
    check_axis(axes[i], problem_fields[i], transposed);
  check_weights_layout(*this);
  check_pooling(*this);
  check_zeros("taps of zeros", zeros.taps, volume(&Axis::kernel));
  check_zeros("input channels of zeros", zeros.in_channels, in_channels);
  check_zeros("output channels of zeros", zeros.out_channels, out_channels);
  check_tensors(*this);
  check_all_strides(*this);
  check_quantisation(*this);
  check_padding_mode(*this);
  check_name(name);
}

Problem Problem::parse(std::string_view descriptor, const ProblemText &rest) {
  Problem problem = parse(descriptor);
  problem.epilogue = Epilogue::parse(rest.epilogue);
  problem.layout = parse_layout(rest.layout);
  problem.weights_layout = rest.weights_layout.empty() ? default_weights_layout(problem)
                                                       : parse_weights_layout(rest.weights_layout);
  problem.types = parse_element_types(rest.dtype);
  problem.math = parse_math(rest.math);
  parse_zero_points(rest.zero_points, problem.quantisation);
  problem.quantisation.rounding = parse_rounding(rest.rounding);
  parse_output_scale(rest.output_scale, problem.quantisation);
  problem.padding_mode = parse_padding_mode(rest.padding_mode);
  problem.pooling = parse_pooling(rest.pooling, problem);
  problem.strides = parse_tensor_strides(rest.strides, rest.residual_strides);
  problem.validate();
  return problem;
}

std::string Problem::canonical() const {
  Problem unnamed = *this;
  unnamed.name.clear();
  std::string more;
  for (const auto &flags : {quantisation_flags(*this), stride_flags(*this)})
    for (const auto &[flag, value] : flags)
      more += fmt::format(" {}={}", flag.substr(2), value);
  if (pads_with() != PaddingMode::zeros)
    more += fmt::format(" padding-mode={}", name_of(padding_mode));
  if (pools())
    more += fmt::format(" pooling={}", text_of(pooling));
  for (const auto &[what, numbers] : {std::pair("taps", &zeros.taps), std::pair("ic", &zeros.in_channels),
                                      std::pair("oc", &zeros.out_channels)})
    if (!numbers->empty())
      more += fmt::format(" zero-{}={}", what, ranges_in_words(*numbers));
  return fmt::format("{} layout={} weights={} type={} math={} epilogue={}{}", unnamed.descriptor(),
                     name_of(layout), name_of(weights_layout), name_of(types), name_of(math), epilogue.text(),
                     more);
}

std::int64_t Problem::volume(int Axis::*field) const {
  std::int64_t product = 1;
  for (const Axis &axis : axes)
    product *= axis.*field;
  return product;
}

std::int64_t Problem::multiply_adds() const {
  const std::int64_t windows = volume(transposed ? &Axis::input : &Axis::output);
  return std::int64_t{batch} * windows * out_channels * group_in() * volume(&Axis::kernel);
}

std::int64_t Problem::parameters() const {
  std::int64_t count = volume(&Axis::kernel) * group_in() * out_channels;
  for (const Operand &operand : operands(*this)) // multipliers are no parameters: scales are not trained
    if (operand.by_channel() && operand.type != ElementType::f64)
      count += operand.elements();
  return count;
}

Shape Problem::input_shape() const {
  return data_shape(*this, axes, &Axis::input, in_channels);
}

Shape Problem::output_shape() const {
  return data_shape(*this, stored_axes(*this), &Axis::output, out_channels);
}

Shape Problem::residual_shape() const {
  return data_shape(*this, axes, &Axis::output, out_channels);
}

Shape Problem::weights_shape() const {
  const bool all_inputs = holds_all_inputs(weights_layout);
  const Shape inputs{all_inputs ? in_channels : group_in()}, outputs{all_inputs ? group_out() : out_channels};
  Shape shape;
  for (const Shape &part :
       in_weights_order(weights_layout, extents(*this, axes, &Axis::kernel), inputs, outputs))
    shape.insert(shape.end(), part.begin(), part.end());
  return shape;
}

Extents Problem::input_extents() const {
  return {batch, in_channels, depth().input, height().input, width().input};
}

Extents Problem::output_extents() const {
  return convforge::output_extents(*this, stored_axes(*this));
}

Extents Problem::residual_extents() const {
  return convforge::output_extents(*this, axes);
}

Strides Problem::input_strides() const {
  return filled(strides.input, input_extents(), layout);
}

Strides Problem::residual_strides() const {
  return filled(strides.residual, residual_extents(), layout);
}

Strides Problem::output_strides() const {
  return filled(strides.output, output_extents(), layout);
}

bool Problem::strided() const {
  return strides != TensorStrides{} && all_strides(*this) != dense_strides(*this);
}

bool Problem::operator==(const Problem &other) const {
  return arithmetic(*this) == arithmetic(other) && pads_with() == other.pads_with() &&
         (strides == other.strides || all_strides(*this) == all_strides(other));
}

std::vector<std::pair<std::string, std::string>> stride_flags(const Problem &problem) {
  if (!problem.strided())
    return {};
  const TensorStrides used = all_strides(problem), dense = dense_strides(problem);
  const bool planes = problem.has_depth();
  std::vector<std::pair<std::string, std::string>> flags;
  if (used.input != dense.input || used.output != dense.output)
    flags.emplace_back("--strides", (used.input != dense.input ? text_of(used.input, planes) : "") + "::" +
                                        (used.output != dense.output ? text_of(used.output, planes) : ""));
  if (used.residual != dense.residual)
    flags.emplace_back("--residual-strides", text_of(used.residual, planes));
  return flags;
}

} // namespace convforge
