#include "problem/frameworks/call_arguments.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace convforge {
namespace {

using ValueKind = CallValue::Kind;

bool has_name(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string name_of_argument(const Call &call, std::size_t place, const CallSignature &signature) {
  const auto &[name, value] = call.arguments[place];
  if (name.empty() && place < signature.positional.size())
    return std::string(signature.positional[place]);
  if (name.empty())
    fail(fmt::format("argument {} of {}", place + 1, call.name), value.written,
         fmt::format("at most {} arguments without a name", signature.positional.size()));
  if (!has_name(signature.positional, name) && !has_name(signature.by_name, name) &&
      !has_name(signature.ignored, name))
    fail(repeated_text(name), value.written,
         fmt::format("none: {} takes {}{}{}", call.name, fmt::join(signature.positional, ", "),
                     signature.by_name.empty() ? "" : ", ", fmt::join(signature.by_name, ", ")));
  return name;
}

bool is_int(const CallValue &value) {
  return value.kind == ValueKind::integer && value.integer <= std::numeric_limits<int>::max() &&
         value.integer >= -std::numeric_limits<int>::max();
}

int int_of(std::string_view name, const CallValue &value, const CallValue &whole, const char *expected) {
  if (!is_int(value))
    fail(std::string(name), whole.written, expected);
  return static_cast<int>(value.integer);
}

std::vector<int> ints_of(std::string_view name, const CallValue &list, const char *expected) {
  std::vector<int> numbers;
  numbers.reserve(list.items.size());
  for (const CallValue &item : list.items)
    numbers.push_back(int_of(name, item, list, expected));
  if (numbers.empty())
    fail(std::string(name), list.written, expected);
  return numbers;
}

} // namespace

CallArguments::CallArguments(const Call &call, const CallSignature &signature) : layer_(call.name) {
  for (std::size_t place = 0; place < call.arguments.size(); ++place) {
    const std::string name = name_of_argument(call, place, signature);
    const auto [old, added] = values_.emplace(name, call.arguments[place].value);
    if (!added)
      fail(name, fmt::format("{} after {}", call.arguments[place].value.written, old->second.written),
           "one value for each argument");
  }
}

const CallValue *CallArguments::value_of(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() || found->second.kind == ValueKind::none ? nullptr : &found->second;
}

void CallArguments::require(std::string_view name) const {
  if (!given(name))
    fail(std::string(name), "missing", fmt::format("a number: {} has no default for it", layer_));
}

int CallArguments::number(std::string_view name, int otherwise) const {
  const CallValue *value = value_of(name);
  return value ? int_of(name, *value, *value, "a whole number") : otherwise;
}

bool CallArguments::flag(std::string_view name, bool otherwise) const {
  const CallValue *value = value_of(name);
  if (value && value->kind != ValueKind::boolean)
    fail(std::string(name), value->written, "True or False");
  return value ? value->integer != 0 : otherwise;
}

PerAxis CallArguments::per_axis(std::string_view name, int otherwise) const {
  const char *expected = "a whole number, or one for each axis, as in (3, 3)";
  const CallValue *value = value_of(name);
  if (!value)
    return otherwise;
  return value->kind == ValueKind::list ? PerAxis(ints_of(name, *value, expected))
                                        : PerAxis(int_of(name, *value, *value, expected));
}

std::vector<int> CallArguments::numbers(std::string_view name) const {
  const char *expected = "a list of whole numbers, as in [3,3]";
  const CallValue *value = value_of(name);
  if (value && value->kind != ValueKind::list)
    fail(std::string(name), value->written, expected);
  return value ? ints_of(name, *value, expected) : std::vector<int>{};
}

bool CallArguments::is_word(std::string_view name) const {
  const CallValue *value = value_of(name);
  return value && (value->kind == ValueKind::string || value->kind == ValueKind::name);
}

std::string CallArguments::word(std::string_view name, std::string_view otherwise) const {
  const CallValue *value = value_of(name);
  if (!value)
    return std::string(otherwise);
  if (!is_word(name))
    fail(std::string(name), value->written, "a name or a string");
  return value->kind == ValueKind::string ? value->text : std::string(last_name(value->text));
}

} // namespace convforge
