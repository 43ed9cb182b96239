// Problem to and from benchdnn's problem descriptors. The rules for users are in docs/descriptor.md.
#include "base/error.hpp"
#include "problem/axis.hpp"
#include "problem/descriptor_fields.hpp"
#include "problem/descriptor_note.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

namespace convforge {
namespace {

constexpr std::string_view transposed_word = "transposed_";

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos)
    return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

constexpr std::array<std::string_view, 25> known_fields{"g",  "mb", "ic", "oc", "id", "ih", "iw", "od", "oh",
                                                        "ow", "kd", "kh", "kw", "sd", "sh", "sw", "pd", "ph",
                                                        "pw", "ed", "eh", "ew", "dd", "dh", "dw"};

constexpr FieldNames descriptor_fields{"descriptor", known_fields, ", or n and a name", "ic64ih56oc64kh3ph1"};

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
  const Fields given = take_fields(line_of(descriptor).fields, descriptor_fields);
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
  Fields fields = take_fields(line.fields, descriptor_fields);
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
