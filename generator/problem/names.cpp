// The choices of a problem as users write them.
#include "error.hpp"
#include "problem/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace convforge {
namespace {

template <typename Value>
struct Name {
  Value value;
  std::string_view text;
};
constexpr std::array<Name<Layout>, 2> layouts{{{Layout::nhwc, "nhwc"}, {Layout::nchw, "nchw"}}};
constexpr std::array<Name<WeightsLayout>, 2> weights_layouts{
    {{WeightsLayout::hwio, "hwio"}, {WeightsLayout::oihw, "oihw"}}};
constexpr std::array<Name<DataType>, 1> data_types{{{DataType::f32, "f32"}}};
constexpr std::array<Name<Math>, 3> maths{
    {{Math::standard, "default"}, {Math::exact, "exact"}, {Math::fast, "fast"}}};

template <typename Value, std::size_t N>
std::string_view text_of(const std::array<Name<Value>, N> &names, Value value) {
  const auto found = std::ranges::find(names, value, &Name<Value>::value);
  return found == names.end() ? "invalid" : found->text;
}

template <typename Value, std::size_t N>
Value value_of(const std::array<Name<Value>, N> &names, const char *field, std::string_view text) {
  const auto found = std::ranges::find(names, text, &Name<Value>::text);
  if (found != names.end())
    return found->value;
  std::string known;
  for (const Name<Value> &name : names)
    known.append(known.empty() ? "" : " or ").append(name.text);
  fail(field, fmt::format("{:?}", text), known);
}

} // namespace

std::string_view name_of(Layout layout) {
  return text_of(layouts, layout);
}
std::string_view name_of(WeightsLayout layout) {
  return text_of(weights_layouts, layout);
}
std::string_view name_of(DataType type) {
  return text_of(data_types, type);
}
std::string_view name_of(Math math) {
  return text_of(maths, math);
}

Layout parse_layout(std::string_view text) {
  return value_of(layouts, "layout", text);
}
WeightsLayout parse_weights_layout(std::string_view text) {
  return value_of(weights_layouts, "weights layout", text);
}
DataType parse_data_type(std::string_view text) {
  return value_of(data_types, "data type", text);
}
Math parse_math(std::string_view text) {
  return value_of(maths, "math", text);
}

WeightsLayout default_weights_layout(Layout layout) {
  return layout == Layout::nhwc ? WeightsLayout::hwio : WeightsLayout::oihw;
}

} // namespace convforge
