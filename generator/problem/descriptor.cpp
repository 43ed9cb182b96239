// Problem to and from benchdnn's problem descriptors. The rules for users are in docs/descriptor.md.
#include "base/error.hpp"
#include "problem/axis.hpp"
#include "problem/descriptor_note.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace convforge {
namespace {

// One less than the largest int, because dilation counts from 0 in descriptors and from 1 in Axis.
constexpr int max_value = std::numeric_limits<int>::max() - 1;

constexpr std::string_view transposed_word = "transposed_";

constexpr std::array<std::string_view, 25> known_fields{"g",  "mb", "ic", "oc", "id", "ih", "iw", "od", "oh",
                                                        "ow", "kd", "kh", "kw", "sd", "sh", "sw", "pd", "ph",
                                                        "pw", "ed", "eh", "ew", "dd", "dh", "dw"};

class Fields {
public:
  void add(std::string_view name, int value) {
    const auto [old, added] = values_.emplace(name, value);
    if (!added)
      fail(std::string(name), fmt::format("{} after {}", value, old->second), "one value for each field");
  }
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  int get(std::string_view name, int otherwise) const {
    const auto field = values_.find(name);
    return field == values_.end() ? otherwise : field->second;
  }
  int require(std::string_view name, std::string_view meaning) const {
    if (!has(name))
      fail(std::string(name), "missing", fmt::format("{0}, {1}: write {0} and a number", name, meaning));
    return get(name, 0);
  }
  bool has_axis(char axis) const {
    return std::any_of(values_.begin(), values_.end(),
                       [&](const auto &field) { return is_on(field.first, axis); });
  }
  void copy_axis(char from, char to) {
    const auto fields = values_;
    for (const auto &[name, value] : fields)
      if (is_on(name, from))
        values_.emplace(std::string{name[0], to}, value);
  }

private:
  static bool is_on(std::string_view name, char axis) { return name.size() == 2 && name[1] == axis; }
  std::map<std::string, int, std::less<>> values_;
};

/// As much of a user's text as an error should repeat, quoted and with unprintable characters escaped.
std::string excerpt(std::string_view text) {
  constexpr std::size_t longest = 40;
  return text.size() <= longest ? fmt::format("{:?}", text) : fmt::format("{:?}...", text.substr(0, longest));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_known(std::string_view name) {
  return std::find(known_fields.begin(), known_fields.end(), name) != known_fields.end();
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
void take_field(std::string_view &text, Fields &fields) {
  const auto digits = std::find_if(text.begin(), text.end(), is_digit);
  std::string_view name = text.substr(0, static_cast<std::size_t>(digits - text.begin()));
  const bool negative = name.ends_with('-') && is_known(name.substr(0, name.size() - 1));
  if (negative && !name.starts_with('p') && !name.starts_with('e'))
    refuse_sign(text, name);
  if (negative)
    name.remove_suffix(1);
  if (!is_known(name))
    fail("descriptor", "unknown field at " + excerpt(text),
         "a field of g mb ic oc id ih iw od oh ow kd kh kw sd sh sw pd ph pw ed eh ew dd dh dw with its "
         "number, or n "
         "and a name");
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

Fields take_fields(std::string_view written) {
  std::string joined(written);
  std::erase(joined, '_');
  std::string_view text = joined;
  if (text.empty())
    fail("descriptor", "empty", "fields such as ic64ih56oc64kh3ph1");
  Fields fields;
  while (!text.empty())
    take_field(text, fields);
  return fields;
}

/// Cubic, square and 1-D problems, written short.
void complete_axes(Fields &fields) {
  const bool has_depth = fields.has_axis('d');
  if (!has_depth)
    for (const std::string_view name : {"id", "kd", "od"})
      fields.add(name, 1);
  else if (!fields.has_axis('h') && !fields.has_axis('w'))
    fields.copy_axis('d', 'h');
  if (!fields.has_axis('w'))
    fields.copy_axis('h', 'w');
  else if (!fields.has_axis('h') && !has_depth)
    for (const std::string_view name : {"ih", "kh", "oh"})
      fields.add(name, 1);
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

/// A name as benchdnn writes it, in quotes, or without.
std::string name_of(std::string_view written) {
  const auto first = written.find_first_not_of('"');
  if (first == written.npos)
    return {};
  return std::string(written.substr(first, written.find_last_not_of('"') - first + 1));
}

struct DescriptorLine {
  bool transposed;
  std::string_view fields, name;
};

/// Does the output alone, beside the padding at the beginning?
bool says_its_end(const Axis &axis, bool transposed) {
  return ends_nearby(axis, axis.pad_end) ||
         axis.output == windows(axis, 2 * std::int64_t{axis.pad_begin}, transposed);
}

DescriptorLine line_of(std::string_view descriptor) {
  std::string_view line = trim(descriptor);
  const bool transposed = line.starts_with(transposed_word);
  if (transposed)
    line.remove_prefix(transposed_word.size());
  const auto name_at = std::min(line.find('n'), line.size());
  return {transposed, line.substr(0, name_at), line.substr(std::min(name_at + 1, line.size()))};
}

/// Of the axis `from` given, of the axis `to` left out and so another: "sw is 1 where sh is 2".
void note_left_out(const Fields &given, const Axis &axis, char from, char to,
                   std::vector<std::string> &notes) {
  // Then the padding is what the output needs, or one-sided by choice.
  const bool sized = given.has(std::string{'o', to}) || given.has(std::string{'e', to});
  const auto note = [&](char letter, int taken, bool matters) {
    const std::string near{letter, from}, far{letter, to};
    if (matters && given.has(near) && !given.has(far) && given.get(near, 0) != taken)
      notes.push_back(fmt::format("{} is {} where {} is {}", far, taken, near, given.get(near, 0)));
  };
  note('s', axis.stride, axis.input > 1);
  note('p', axis.pad_begin, axis.kernel > 1 && !sized);
  note('d', axis.dilation - 1, axis.kernel > 1);
}

} // namespace

std::string descriptor_note(std::string_view descriptor) {
  const Problem problem = Problem::parse(descriptor);
  const Fields given = take_fields(line_of(descriptor).fields);
  std::vector<std::string> notes;
  for (const auto &[from, to] : {std::pair{'d', 'h'}, std::pair{'h', 'w'}})
    if (given.has_axis(from) && given.has_axis(to))
      note_left_out(given, to == 'h' ? problem.height() : problem.width(), from, to, notes);
  if (notes.empty())
    return "";
  std::vector<int> outputs;
  for (const Axis &axis : problem.spatial())
    outputs.push_back(axis.output);
  return fmt::format("{}, as left out beside other sizes of its axis: the output is {}",
                     fmt::join(notes, ", "), fmt::join(outputs, " x "));
}

Problem Problem::parse(std::string_view descriptor) {
  const DescriptorLine line = line_of(descriptor);
  Problem problem;
  problem.transposed = line.transposed;
  Fields fields = take_fields(line.fields);
  complete_axes(fields);
  problem.batch = fields.get("mb", 1);
  problem.groups = fields.get("g", 1);
  problem.in_channels = fields.require("ic", "the input channels");
  problem.out_channels = fields.require("oc", "the output channels");
  for (std::size_t i = 0; i < problem.axes.size(); i++)
    problem.axes[i] = axis_of(fields, problem_fields[i], problem.transposed);
  problem.name = name_of(line.name);
  problem.weights_layout = default_weights_layout(problem);
  problem.validate();
  return problem;
}

std::string Problem::descriptor() const {
  const std::span<const Axis> axes_shown = spatial();
  const auto names = std::span(problem_fields).last(axes_shown.size());
  std::string text =
      fmt::format("{}g{}mb{}ic{}", transposed ? transposed_word : "", groups, batch, in_channels);
  const auto add = [&](std::string_view AxisFields::*name, int Axis::*field, std::int64_t dense = 0) {
    for (std::size_t i = 0; i < axes_shown.size(); i++)
      text += fmt::format("{}{}", names[i].*name, axes_shown[i].*field - dense);
  };
  add(&AxisFields::input, &Axis::input);
  text += fmt::format("oc{}", out_channels);
  add(&AxisFields::output, &Axis::output);
  add(&AxisFields::kernel, &Axis::kernel);
  add(&AxisFields::stride, &Axis::stride);
  add(&AxisFields::pad_begin, &Axis::pad_begin);
  for (std::size_t i = 0; i < axes_shown.size(); i++)
    if (const Axis &axis = axes_shown[i]; !says_its_end(axis, transposed))
      text += fmt::format("{}{}", names[i].pad_end, axis.pad_end);
  add(&AxisFields::dilation, &Axis::dilation, 1);
  if (!name.empty())
    text += fmt::format("n\"{}\"", name);
  return text;
}

} // namespace convforge
