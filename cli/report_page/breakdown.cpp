#include "cli/report_page/breakdown.hpp"

#include "cli/report_page/colours.hpp"
#include "cli/report_page/html.hpp"

#include <fmt/format.h>

namespace convforge::cli {
namespace {

constexpr double strip_width = 1000;

/// Stretched to the page's width: it holds no text.
std::string strip(const Report &report, const GroupColours &colours) {
  const double total = report.step_seconds();
  std::string out = "<svg class=\"strip\" viewBox=\"0 0 1000 40\" preserveAspectRatio=\"none\" role=\"img\" "
                    "aria-label=\"Time of each step, in order\">\n";
  double x = 0;
  for (const ReportStep &step : report.steps) {
    const double width = strip_width * step.seconds / total;
    out +=
        fmt::format("<rect class=\"c{}\" x=\"{:.2f}\" y=\"0\" width=\"{:.2f}\" height=\"40\"><title>{}: {}, "
                    "{}, {:.1f} %</title></rect>\n",
                    colours.of(step.group), x, width, escaped(step.layer), escaped(step.group),
                    duration(step.seconds), 100 * step.seconds / total);
    x += width;
  }
  return out + "</svg>\n";
}

std::string group_row(const ReportGroup &group, std::size_t colour, double total, double largest) {
  return fmt::format(
      "<tr><th scope=\"row\"><svg class=\"key\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect "
      "class=\"c{}\" width=\"10\" height=\"10\" rx=\"2\"/></svg>{}</th><td>{}</td>"
      "<td>{}</td><td>{:.1f} %</td><td class=\"wide\"><svg class=\"bar\" viewBox=\"0 0 100 10\" "
      "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"c{}\" width=\"{:.2f}\" "
      "height=\"10\"/></svg></td></tr>\n",
      colour, escaped(group.name), group.steps, duration(group.seconds), 100 * group.seconds / total, colour,
      100 * group.seconds / largest);
}

} // namespace

std::string breakdown_html(const Report &report) {
  const GroupColours colours(report);
  const double total = report.step_seconds();
  std::string rows;
  for (const ReportGroup &group : colours.groups())
    rows += group_row(group, colours.of(group.name), total, colours.groups().front().seconds);
  return strip(report, colours) +
         "<table class=\"groups\"><thead><tr><th scope=\"col\">Kernels by algorithm, operations</th><th "
         "scope=\"col\">Steps</th><th scope=\"col\">Time</th><th scope=\"col\">Share</th><th "
         "class=\"wide\"></th></tr></thead>\n<tbody>\n" +
         rows + "</tbody></table>\n";
}

} // namespace convforge::cli
