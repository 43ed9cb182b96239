#include "cli/report_page/page.hpp"

#include "cli/report_page/assets.hpp"
#include "cli/report_page/breakdown.hpp"
#include "cli/report_page/html.hpp"
#include "cli/report_page/roofline.hpp"
#include "cli/report_page/steps_table.hpp"
#include "cli/report_page/summary_tiles.hpp"

#include <fmt/format.h>

namespace convforge::cli {
namespace {

/// The policy lets nothing be fetched, whatever a name may smuggle in.
std::string opening(const Report &report) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{} by ConvForge</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
      escaped(report.model.name), page_css);
}

std::string section(const char *title, const std::string &note, const std::string &content) {
  if (content.empty())
    return "";
  return fmt::format("<section>\n<h2>{}</h2>\n{}{}</section>\n", title,
                     note.empty() ? "" : "<p class=\"note\">" + note + "</p>\n", content);
}

std::string time_section(const Report &report) {
  return section(
      "Where the time goes",
      report.coverage.missing.empty()
          ? "All steps in the order of the network; a group's time is the sum of its steps'."
          : "Kernels alone, in the order of the network; a group's time is the sum of its kernels'.",
      breakdown_html(report));
}

std::string roofline_section(const Report &report) {
  return section(
      "Roofline",
      "A dot is a kernel, its area its share of the time. Bytes are those of inputs, weights and "
      "output, each once. Winograd multiplies less than the direct method, by which operations are "
      "counted, and may lie above the peak; the slopes are bytes that one core copies a second" +
          std::string(report.machine.threads > 1 ? ", times the threads." : "."),
      roofline_svg(report));
}

std::string steps_section(const Report &report) {
  return section(
      "Steps",
      report.coverage.missing.empty()
          ? "Every call of the network. A title sorts by its column where scripts run."
          : "Kernels alone, each on random tensors: the network cannot be run, since operations are "
            "missing.",
      steps_table_html(report));
}

} // namespace

std::string report_page(const Report &report) {
  return opening(report) + header_html(report) + frameworks_html(report) + time_section(report) +
         roofline_section(report) + steps_section(report) + section("Coverage", "", coverage_html(report)) +
         "</main>\n<script>\n" + std::string(page_js) + "</script>\n</body>\n</html>\n";
}

} // namespace convforge::cli
