#include "problem/problem.hpp"

#include "base/error.hpp"
#include "problem/axis.hpp"

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
  return std::int64_t{axis.input} + axis.pad_begin + std::max(axis.pad_end, 0);
}

void check_tensors(const Problem &problem) {
  const ElementTypes &types = problem.types;
  check_bytes("input tensor", problem.input_shape(), types.source);
  check_bytes("padded input tensor",
              {problem.batch, padded(problem.height()), padded(problem.width()), problem.in_channels},
              types.accumulator()); // a copy with zeros around it
  check_bytes("weights tensor", problem.weights_shape(), types.weights);
  check_bytes("output tensor", problem.output_shape(), types.destination);
}

void check_types(const ElementTypes &types) {
  using enum ElementType;
  constexpr ElementTypes known[] = {{f32, f32, f32}, {f16, f16, f16}, {f32, f16, f32}};
  if (std::ranges::find(known, types) == std::end(known))
    fail("types", name_of(types), "f32, f16 or f32:f16:f32 (source:weights:destination)");
}

// What descriptor() could not print so that parse() reads it back.
void check_name(std::string_view name) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(name.begin(), name.end(), is_control))
    fail("name", fmt::format("{:?}", name), "no control characters");
  if (name.starts_with('"') || name.ends_with('"'))
    fail("name", fmt::format("{:?}", name), "no quotes around it");
}

Shape data_shape(Layout layout, int batch, int height, int width, int channels) {
  if (layout == Layout::nhwc)
    return {batch, height, width, channels};
  return {batch, channels, height, width};
}

/// FNV-1a over whole fields. Floats go in by value, so that equal ones (0 and -0) hash equally.
struct Mixer {
  std::size_t hash = 0xcbf29ce484222325u;
  void add(std::size_t field) { hash = (hash ^ field) * 0x100000001b3u; }
  void add(int field) { add(static_cast<std::size_t>(field)); }
  void add(const Axis &axis) {
    for (const int field :
         {axis.input, axis.output, axis.kernel, axis.stride, axis.dilation, axis.pad_begin, axis.pad_end})
      add(field);
  }
  void add(const EpilogueOp &op) {
    add(static_cast<int>(op.kind));
    add(static_cast<int>(op.activation.kind));
    add(std::hash<float>{}(op.activation.a));
    add(std::hash<float>{}(op.activation.b));
  }
};

auto arithmetic(const Problem &p) {
  return std::tie(p.batch, p.groups, p.in_channels, p.out_channels, p.axes, p.layout, p.weights_layout,
                  p.types, p.math, p.epilogue);
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
  check_axis(height(), height_fields);
  check_axis(width(), width_fields);
  check_tensors(*this);
  check_name(name);
}

Problem Problem::parse(std::string_view descriptor, const ProblemText &rest) {
  Problem problem = parse(descriptor);
  problem.epilogue = Epilogue::parse(rest.epilogue);
  problem.layout = parse_layout(rest.layout);
  problem.weights_layout = rest.weights_layout.empty() ? default_weights_layout(problem.layout)
                                                       : parse_weights_layout(rest.weights_layout);
  problem.types = parse_element_types(rest.dtype);
  problem.math = parse_math(rest.math);
  problem.validate();
  return problem;
}

std::string Problem::canonical() const {
  Problem unnamed = *this;
  unnamed.name.clear();
  return fmt::format("{} layout={} weights={} type={} math={} epilogue={}", unnamed.descriptor(),
                     name_of(layout), name_of(weights_layout), name_of(types), name_of(math),
                     epilogue.text());
}

std::int64_t Problem::multiply_adds() const {
  return std::int64_t{batch} * height().output * width().output * out_channels * group_in() *
         height().kernel * width().kernel;
}

std::int64_t Problem::parameters() const {
  const std::int64_t weights = std::int64_t{height().kernel} * width().kernel * group_in() * out_channels;
  return weights + (epilogue.has_bias() ? out_channels : 0);
}

Shape Problem::input_shape() const {
  return data_shape(layout, batch, height().input, width().input, in_channels);
}

Shape Problem::output_shape() const {
  return data_shape(layout, batch, height().output, width().output, out_channels);
}

Shape Problem::weights_shape() const {
  if (weights_layout == WeightsLayout::hwio)
    return {height().kernel, width().kernel, group_in(), out_channels};
  return {out_channels, group_in(), height().kernel, width().kernel};
}

bool Problem::operator==(const Problem &other) const {
  return arithmetic(*this) == arithmetic(other);
}

std::size_t hash_value(const Problem &problem) {
  // From the fields themselves: caches hash on every call, and text would cost a microsecond.
  Mixer mixer;
  for (const int field : {problem.batch, problem.groups, problem.in_channels, problem.out_channels})
    mixer.add(field);
  for (const Axis &axis : problem.axes)
    mixer.add(axis);
  for (const int field : {static_cast<int>(problem.layout), static_cast<int>(problem.weights_layout),
                          static_cast<int>(problem.types.source), static_cast<int>(problem.types.weights),
                          static_cast<int>(problem.types.destination), static_cast<int>(problem.math)})
    mixer.add(field);
  for (const EpilogueOp &op : problem.epilogue.ops())
    mixer.add(op);
  return mixer.hash;
}

} // namespace convforge
