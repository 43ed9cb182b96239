#include "cli/report_page/steps_table.hpp"

#include "cli/report_page/colours.hpp"
#include "cli/report_page/html.hpp"

#include <fmt/format.h>

namespace convforge::cli {
namespace {

/// A number; the script sorts by `value`.
std::string number_cell(double value, const std::string &text) {
  return fmt::format("<td data-value=\"{:.9g}\">{}</td>", value, text);
}

std::string share_cell(double share, double largest, std::size_t colour) {
  return fmt::format("<td data-value=\"{:.9g}\" class=\"share\"><svg class=\"bar\" viewBox=\"0 0 100 10\" "
                     "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"c{}\" width=\"{:.2f}\" "
                     "height=\"10\"/></svg> <span>{:.1f} %</span></td>",
                     share, colour, 100 * share / largest, 100 * share);
}

/// What describes the kernel in full and why it is planned so opens without a script.
std::string algorithm_cell(const ReportStep &step) {
  if (!step.is_kernel)
    return fmt::format("<td class=\"text\">{}</td>", escaped(step.group));
  return fmt::format(
      "<td class=\"text\"><details><summary title=\"{}\">{}</summary><p>{}</p>{}</details></td>",
      escaped(step.why), escaped(step.group), escaped(step.why),
      step.flags.empty() ? "" : "<p><code>" + escaped(step.flags) + "</code></p>");
}

std::string layer_cell(const ReportStep &step) {
  return fmt::format("<th scope=\"row\"><span class=\"name\">{}</span> <span class=\"type\">{}</span>"
                     "<code>{}</code></th>",
                     escaped(step.layer), escaped(step.type), escaped(step.what));
}

/// Numbers that only kernels have.
std::string kernel_cells(const Report &report, const ReportStep &step) {
  if (!step.is_kernel)
    return "<td></td><td></td>";
  const double rate = step.operations_per_second(), percent = report.percent_of_peak(rate);
  return number_cell(rate, gigaflops(rate)) + number_cell(percent, fmt::format("{:.0f} %", percent));
}

std::string size_cells(const ReportStep &step) {
  if (!step.is_kernel)
    return "<td></td><td></td><td></td>";
  std::string cells;
  for (const std::uint64_t bytes : {step.code_bytes, step.packed_bytes, step.workspace_bytes})
    cells += number_cell(static_cast<double>(bytes), digits(bytes));
  return cells;
}

struct HeadColumn {
  const char *title, *meaning;
};
constexpr HeadColumn head_columns[] = {
    {"#", "Place in the network"},
    {"Layer", "The model's node, and what is computed of it: a kernel's problem with its epilogue"},
    {"µs", "The least time of a call, among all passes over the network"},
    {"Share", "Of the sum of all steps"},
    {"GF/s", "2 × multiply-adds of the direct method, padding included, a second"},
    {"Peak", "GF/s as a share of the FMA peak of the threads; Winograd multiplies less and may exceed 100 %"},
    {"Algorithm", "Of a kernel; opens to say why it was chosen"},
    {"Code", "Bytes of machine code"},
    {"Weights", "Bytes of packed weights"},
    {"Workspace", "Bytes of scratch memory"}};

std::string head() {
  std::string cells;
  for (const auto &[title, meaning] : head_columns)
    cells += fmt::format("<th scope=\"col\" title=\"{}\">{}</th>", meaning, title);
  return "<thead><tr>" + cells + "</tr></thead>\n";
}

} // namespace

std::string steps_table_html(const Report &report) {
  const GroupColours colours(report);
  const double total = report.step_seconds();
  double largest = 0;
  for (const ReportStep &step : report.steps)
    largest = std::max(largest, step.seconds / total);
  std::string rows;
  for (std::size_t i = 0; i < report.steps.size(); ++i) {
    const ReportStep &step = report.steps[i];
    rows += fmt::format("<tr{}>", step.is_kernel ? "" : " class=\"operation\"");
    rows += number_cell(static_cast<double>(i + 1), std::to_string(i + 1)) + layer_cell(step) +
            number_cell(step.seconds, microseconds(step.seconds)) +
            share_cell(step.seconds / total, largest, colours.of(step.group)) + kernel_cells(report, step) +
            algorithm_cell(step) + size_cells(step) + "</tr>\n";
  }
  return "<div class=\"scroll\"><table class=\"steps\">" + head() + "<tbody>\n" + rows +
         "</tbody></table></div>\n";
}

} // namespace convforge::cli
