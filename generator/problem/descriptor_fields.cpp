#include "problem/descriptor_fields.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace convforge {
namespace {

// One less than the largest int, because dilation counts from 0 in descriptors and from 1 in Axis.
constexpr int max_value = std::numeric_limits<int>::max() - 1;

/// As much of a user's text as an error should repeat, quoted and with unprintable characters escaped.
std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 40;
  return text.size() <= longest ? fmt::format("{:?}", text) : fmt::format("{:?}...", text.substr(0, longest));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_on(std::string_view name, char axis) {
  return name.size() == 2 && name[1] == axis;
}

/// Only padding may be negative: "ph-1" leaves the input's first row out.
void refuse_sign(std::string_view text, std::string_view name) {
  const auto end =
      std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(name.size()), text.end(), is_digit);
  fail(std::string(name.substr(0, name.size() - 1)),
       excerpt(text.substr(name.size() - 1, static_cast<std::size_t>(end - text.begin()) - name.size() + 1)),
       fmt::format("a number from 0 to {}", max_value));
}

/// Takes one field off the front of `text`.
void take_field(std::string_view &text, const FieldNames &names, Fields &fields) {
  const auto is_known = [&](std::string_view name) {
    return std::ranges::find(names.known, name) != names.known.end();
  };
  const auto digits = std::find_if(text.begin(), text.end(), is_digit);
  std::string_view name = text.substr(0, static_cast<std::size_t>(digits - text.begin()));
  const bool negative = name.ends_with('-') && is_known(name.substr(0, name.size() - 1));
  if (negative && !name.starts_with('p') && !name.starts_with('e'))
    refuse_sign(text, name);
  if (negative)
    name.remove_suffix(1);
  if (!is_known(name))
    fail(std::string(names.text), "unknown field at " + excerpt(text),
         fmt::format("a field of {} with its number{}", fmt::join(names.known, " "), names.more));
  text.remove_prefix(name.size() + (negative ? 1 : 0));
  int value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = static_cast<std::size_t>(end - text.data());
  if (status != std::errc{} || value > max_value)
    fail(std::string(name), length == 0 ? "no number" : excerpt(text.substr(0, length)),
         fmt::format("a number from 0 to {}", max_value));
  text.remove_prefix(length);
  fields.add(name, negative ? -value : value);
}

/// The output follows from the padding at both ends, and may be said beside them.
Axis axis_with_end(const Axis &axis, const Fields &given, const AxisFields &fields, std::int64_t pad_begin,
                   bool transposed) {
  const std::int64_t output = windows(axis, pad_begin + given.get(fields.pad_end, 0), transposed);
  if (given.has(fields.output) && given.get(fields.output, 0) != output)
    fail(std::string(fields.output), std::to_string(given.get(fields.output, 0)),
         fmt::format("{}, which {} = {} and {} = {} give", output, fields.pad_begin, pad_begin,
                     fields.pad_end, given.get(fields.pad_end, 0)));
  return with_output(axis, output, pad_begin, fields, transposed);
}

} // namespace

void Fields::add(std::string_view name, int value) {
  const auto [old, added] = values_.emplace(name, value);
  if (!added)
    fail(std::string(name), fmt::format("{} after {}", value, old->second), "one value for each field");
}

int Fields::get(std::string_view name, int otherwise) const {
  const auto field = values_.find(name);
  return field == values_.end() ? otherwise : field->second;
}

int Fields::require(std::string_view name, std::string_view meaning) const {
  if (!has(name))
    fail(std::string(name), "missing", fmt::format("{0}, {1}: write {0} and a number", name, meaning));
  return get(name, 0);
}

bool Fields::has_axis(char axis) const {
  return std::ranges::any_of(values_, [&](const auto &field) { return is_on(field.first, axis); });
}

void Fields::copy_axis(char from, char to) {
  const auto fields = values_;
  for (const auto &[name, value] : fields)
    if (is_on(name, from))
      values_.emplace(std::string{name[0], to}, value);
}

Fields take_fields(std::string_view written, const FieldNames &names) {
  std::string joined(written);
  std::erase(joined, '_');
  std::string_view text = joined;
  if (text.empty())
    fail(std::string(names.text), "empty", fmt::format("fields such as {}", names.example));
  Fields fields;
  while (!text.empty())
    take_field(text, names, fields);
  return fields;
}

Axis axis_of(const Fields &given, const AxisFields &fields, bool transposed) {
  Axis axis{.input = given.require(fields.input, fmt::format("the input's {}", fields.name)),
            .kernel = given.require(fields.kernel, fmt::format("the filter's {}", fields.name)),
            .stride = given.get(fields.stride, 1),
            .dilation = given.get(fields.dilation, 0) + 1};
  check_window(axis, fields);
  std::int64_t pad = given.get(fields.pad_begin, 0);
  if (given.has(fields.output) && !given.has(fields.pad_begin) && !given.has(fields.pad_end))
    pad = even_padding(axis, given.get(fields.output, 0), fields, transposed);
  if (given.has(fields.pad_end))
    return axis_with_end(axis, given, fields, pad, transposed);
  const std::int64_t output =
      given.has(fields.output) ? given.get(fields.output, 0) : windows(axis, 2 * pad, transposed);
  axis = with_output(axis, output, pad, fields, transposed);
  check_end(axis, fields, transposed);
  return axis;
}

} // namespace convforge
