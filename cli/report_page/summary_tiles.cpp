#include "cli/report_page/summary_tiles.hpp"

#include "cli/report_page/html.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::cli {
namespace {

std::string tensors_text(const std::vector<ReportTensor> &tensors) {
  std::string out;
  for (const ReportTensor &tensor : tensors)
    out += fmt::format("{}<span class=\"name\">{}</span> {}", out.empty() ? "" : ", ", escaped(tensor.name),
                       escaped(tensor.shape));
  return out;
}

std::string tile(const char *title, const std::string &value, const std::string &below) {
  return fmt::format("<div><dt>{}</dt><dd>{}<small>{}</small></dd></div>\n", title, value, below);
}

std::string time_tile(const Report &report) {
  const bool runs = report.seconds > 0;
  return tile(runs ? "Network" : "Kernels", duration(report.total_seconds()),
              runs ? fmt::format("least of {} passes; steps at their best: {}", digits(report.passes),
                                 duration(report.step_seconds()))
                   : "sum of the kernels: operations are missing");
}

std::string tiles(const Report &report) {
  const double rate = report.operations_per_second();
  const bool has_peak = report.machine.peak > 0;
  std::string out = time_tile(report);
  out +=
      tile("Multiply-adds", count_text(static_cast<double>(report.multiply_adds())), "of the convolutions");
  out += tile("Speed", gigaflops(rate) + " GF/s",
              report.seconds > 0 ? "operations between kernels included" : "of the kernels");
  if (has_peak)
    out += tile("FMA peak", fmt::format("{:.0f} %", report.percent_of_peak(rate)),
                fmt::format("of {} GF/s", gigaflops(report.machine.peak)));
  out += tile("Code", bytes_text(static_cast<double>(report.code_bytes)),
              fmt::format("{} kernels", report.coverage.kernels));
  out += tile("Constants", bytes_text(static_cast<double>(report.constants_bytes)), "weights packed");
  out += tile("Arena", bytes_text(static_cast<double>(report.arena_bytes)),
              fmt::format("and {} of workspace", bytes_text(static_cast<double>(report.workspace_bytes))));
  return "<dl class=\"tiles\">\n" + out + "</dl>\n";
}

struct Bar {
  std::string name;
  double seconds;
  bool is_own;
};

std::string bar_row(const Bar &bar, double own, double largest) {
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"wide\"><svg class=\"bar\" viewBox=\"0 "
      "0 "
      "100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"{}\" width=\"{:.2f}\" "
      "height=\"10\"/></svg></td></tr>\n",
      escaped(bar.name), duration(bar.seconds), bar.is_own ? "" : fmt::format("{:.2f}×", bar.seconds / own),
      bar.is_own ? "own" : "other", 100 * bar.seconds / largest);
}

std::string gap_list(const char *title, const std::vector<ReportGap> &gaps) {
  if (gaps.empty())
    return "";
  std::string rows;
  for (const ReportGap &gap : gaps)
    rows += fmt::format("<li><span class=\"type\">{}</span> <span class=\"name\">{}</span>: {}</li>\n",
                        escaped(gap.type), escaped(gap.name), escaped(gap.reason));
  return fmt::format("<h3>{}</h3>\n<ul>\n{}</ul>\n", title, rows);
}

} // namespace

std::string header_html(const Report &report) {
  const ReportMachine &machine = report.machine;
  return fmt::format("<header>\n<h1>{}</h1>\n<p>{} model. Input {}. Output {}.</p>\n<p>{}: kernels for {}, "
                     "planned for {}, {} thread{}.</p>\n</header>\n",
                     escaped(report.model.name), escaped(report.model.format),
                     tensors_text(report.model.inputs), tensors_text(report.model.outputs),
                     escaped(machine.cpu), escaped(machine.target), escaped(machine.planned_for),
                     machine.threads, machine.threads == 1 ? "" : "s") +
         tiles(report);
}

std::string frameworks_html(const Report &report) {
  std::string out = "<section>\n<h2>Beside frameworks</h2>\n";
  if (!report.frameworks.empty()) {
    const double own = report.total_seconds();
    std::vector<Bar> bars{{report.seconds > 0 ? "ConvForge" : "ConvForge, kernels alone", own, true}};
    double largest = own;
    for (const ReportFramework &framework : report.frameworks) {
      bars.push_back({framework.name, framework.seconds, false});
      largest = std::max(largest, framework.seconds);
    }
    out += "<table class=\"groups\"><tbody>\n";
    for (const Bar &bar : bars)
      out += bar_row(bar, own, largest);
    out += "</tbody></table>\n";
  }
  if (!report.frameworks_note.empty())
    out += fmt::format("<p class=\"note\">{}</p>\n", escaped(report.frameworks_note));
  return out + "</section>\n";
}

std::string coverage_html(const Report &report) {
  const ReportCoverage &coverage = report.coverage;
  return fmt::format(
             "<p>{} convolutions by {} kernels; {} refused; {} operations missing.</p>\n<p>Folded into "
             "kernels: {}.</p>\n<p>Left between them: {}.</p>\n",
             coverage.convolutions, coverage.kernels, coverage.refused.size(), coverage.missing.size(),
             coverage.folded.empty() ? "nothing" : escaped(coverage.folded),
             coverage.between.empty() ? "nothing" : escaped(coverage.between)) +
         gap_list("Refused convolutions", coverage.refused) +
         gap_list("Missing operations", coverage.missing);
}

} // namespace convforge::cli
