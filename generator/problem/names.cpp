// The choices of a problem as users write them.
#include "base/error.hpp"
#include "base/split.hpp"
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
constexpr std::array<Name<WeightsLayout>, 5> weights_layouts{{{WeightsLayout::hwio, "hwio"},
                                                              {WeightsLayout::oihw, "oihw"},
                                                              {WeightsLayout::ohwi, "ohwi"},
                                                              {WeightsLayout::hwoi, "hwoi"},
                                                              {WeightsLayout::iohw, "iohw"}}};
constexpr std::array<Name<ElementType>, 7> element_types{{{ElementType::f32, "f32"},
                                                          {ElementType::f16, "f16"},
                                                          {ElementType::u8, "u8"},
                                                          {ElementType::s8, "s8"},
                                                          {ElementType::s16, "s16"},
                                                          {ElementType::s32, "s32"},
                                                          {ElementType::f64, "f64"}}};
constexpr std::array<Name<Rounding>, 3> roundings{
    {{Rounding::onnx, "onnx"}, {Rounding::tflite, "tflite"}, {Rounding::tflite_single, "tflite_single"}}};
constexpr std::array<Name<PaddingMode>, 4> padding_modes{{{PaddingMode::zeros, "zeros"},
                                                          {PaddingMode::reflect, "reflect"},
                                                          {PaddingMode::replicate, "replicate"},
                                                          {PaddingMode::circular, "circular"}}};
constexpr std::array<Name<PoolingKind>, 4> pooling_kinds{{{PoolingKind::none, "none"},
                                                          {PoolingKind::max, "max"},
                                                          {PoolingKind::avg_np, "avg_np"},
                                                          {PoolingKind::avg_p, "avg_p"}}};
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
std::string_view name_of(ElementType type) {
  return text_of(element_types, type);
}
std::string name_of(const ElementTypes &types) {
  if (types == ElementTypes{})
    return std::string(name_of(types.source));
  return fmt::format("{}:{}:{}", name_of(types.source), name_of(types.weights), name_of(types.destination));
}
std::string_view name_of(Rounding rounding) {
  return text_of(roundings, rounding);
}
std::string_view name_of(Math math) {
  return text_of(maths, math);
}
std::string_view name_of(PaddingMode mode) {
  return text_of(padding_modes, mode);
}
std::string_view name_of(PoolingKind kind) {
  return text_of(pooling_kinds, kind);
}

Layout parse_layout(std::string_view text) {
  return value_of(layouts, "layout", text);
}
WeightsLayout parse_weights_layout(std::string_view text) {
  return value_of(weights_layouts, "weights layout", text);
}
PaddingMode parse_padding_mode(std::string_view text) {
  return value_of(padding_modes, "padding mode", text);
}
PoolingKind parse_pooling_kind(std::string_view text) {
  return value_of(pooling_kinds, "pooling", text);
}
ElementType parse_element_type(std::string_view text) {
  return value_of(element_types, "element type", text);
}
ElementTypes parse_element_types(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() == 1) {
    const ElementType type = parse_element_type(text);
    return {type, type, type};
  }
  if (parts.size() != 3)
    fail("element types", fmt::format("{:?}", text.substr(0, 60)),
         "one for all tensors, as in f32, or those of source, weights and destination, as in u8:s8:u8");
  return {parse_element_type(parts[0]), parse_element_type(parts[1]), parse_element_type(parts[2])};
}
Rounding parse_rounding(std::string_view text) {
  return value_of(roundings, "rounding", text);
}
Math parse_math(std::string_view text) {
  return value_of(maths, "math", text);
}

WeightsLayout default_weights_layout(Layout layout) {
  return layout == Layout::nhwc ? WeightsLayout::hwio : WeightsLayout::oihw;
}
WeightsLayout default_weights_layout(const Problem &problem) {
  if (!problem.transposed)
    return default_weights_layout(problem.layout);
  return problem.layout == Layout::nhwc && problem.groups == 1 ? WeightsLayout::hwoi : WeightsLayout::iohw;
}

} // namespace convforge
