#include "models/onnx/operators/call.hpp"

#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <map>

namespace convforge::models::onnx {
namespace {

std::map<std::string_view, Operator> all_operators() {
  std::map<std::string_view, Operator> all;
  for (const auto &table :
       {elementwise_operators(), arithmetic_operators(), window_operators(), shape_operators(),
        slice_operators(), resize_operators(), product_operators(), byte_operators(), quantised_operators()})
    for (const OperatorRow &row : table)
      all.emplace(row.type, row.meaning);
  return all;
}

} // namespace

const Tensor *Call::input(std::size_t i) const {
  return i < inputs_.size() ? inputs_[i] : nullptr;
}

std::optional<Shape> Call::shape(std::size_t i) const {
  return input(i) ? input(i)->shape : std::nullopt;
}

std::optional<Shape> Call::known_shape(std::size_t i) const {
  return input(i) && input(i)->known() ? input(i)->shape : std::nullopt;
}

std::optional<std::vector<std::int64_t>> Call::integers(std::size_t i, std::string_view name) const {
  if (input(i))
    return input(i)->constant() ? std::optional(integers_of(*input(i))) : std::nullopt;
  if (const Attribute *found = attribute(name); found && !name.empty())
    return found->ints;
  return std::nullopt;
}

std::optional<double> Call::number(std::size_t i) const {
  if (!input(i) || !input(i)->constant() || elements_of(input(i)->sizes()) != 1)
    return std::nullopt;
  return numbers_of(*input(i)).front();
}

std::int64_t Call::integer(std::string_view name, std::int64_t otherwise) const {
  const Attribute *found = attribute(name);
  return found ? found->i : otherwise;
}

double Call::real(std::string_view name, double otherwise) const {
  const Attribute *found = attribute(name);
  return found ? found->f : otherwise;
}

std::string_view Call::text(std::string_view name, std::string_view otherwise) const {
  const Attribute *found = attribute(name);
  return found ? found->s : otherwise;
}

std::vector<std::int64_t> Call::list(std::string_view name) const {
  const Attribute *found = attribute(name);
  return found ? found->ints : std::vector<std::int64_t>{};
}

std::vector<int> Call::int_list(std::string_view name) const {
  std::vector<int> ints;
  for (const std::int64_t number : list(name)) {
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
      fail(std::string(name), std::to_string(number), "a number below 2^31");
    ints.push_back(static_cast<int>(number));
  }
  return ints;
}

Operator find_operator(std::string_view type) {
  static const std::map<std::string_view, Operator> all = all_operators();
  const auto found = all.find(type);
  return found == all.end() ? nullptr : found->second;
}

Meaning without_word(const Call &call, std::string_view attribute) {
  for (std::size_t i = 0; i < call.inputs(); ++i)
    if (call.input(i) && !call.shape(i))
      return {.operation = OtherOperation{sizes_not_known}};
  const Shape shape = call.shape(0).value_or(Shape{});
  return {.operation = OtherOperation{fmt::format("{} does not fit {}", attribute, text_of_shape(shape))}};
}

std::optional<Shape> broadcast(const std::optional<Shape> &a, const std::optional<Shape> &b) {
  if (!a || !b)
    return std::nullopt;
  const Shape &longer = a->size() >= b->size() ? *a : *b, &shorter = a->size() >= b->size() ? *b : *a;
  Shape result = longer;
  const std::size_t ahead = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t &size = result[ahead + i];
    const std::int64_t other = shorter[i];
    if (size == 1 || (size == unknown_size && other != 1))
      size = other;
    else if (other != 1 && other != unknown_size && other != size)
      return std::nullopt;
  }
  return result;
}

std::optional<std::size_t> axis_of(std::int64_t axis, std::size_t rank) {
  const auto count = static_cast<std::int64_t>(rank);
  if (axis < -count || axis >= count)
    return std::nullopt;
  return static_cast<std::size_t>(axis < 0 ? axis + count : axis);
}

bool computable(const Tensor *tensor) {
  return tensor && tensor->constant() && elements_of(tensor->sizes()) <= most_computed;
}

} // namespace convforge::models::onnx
