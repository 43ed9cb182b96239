#include "cli/report_page/roofline.hpp"

#include "cli/report_page/colours.hpp"
#include "cli/report_page/html.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numbers>

namespace convforge::cli {
namespace {

constexpr double width = 720, height = 420, left = 56, right = 12, top = 16, bottom = 48;

struct Plot {
  LogAxis x, y; ///< operations a byte; operations a second
};

double smallest_dot(const Report &report, double (ReportStep::*value)() const) {
  double least = HUGE_VAL;
  for (const ReportStep &step : report.steps)
    if (step.is_kernel)
      least = std::min(least, (step.*value)());
  return least;
}

double largest_dot(const Report &report, double (ReportStep::*value)() const) {
  double most = 0;
  for (const ReportStep &step : report.steps)
    if (step.is_kernel)
      most = std::max(most, (step.*value)());
  return most;
}

/// Room for all dots, and for the corners where slopes meet the roof.
Plot plot_of(const Report &report) {
  const double peak = report.machine.peak;
  double first = HUGE_VAL, last = 0; // corners
  for (const ReportBandwidth &bandwidth : report.machine.bandwidths)
    if (peak > 0) {
      first = std::min(first, peak / bandwidth.bytes_per_second);
      last = std::max(last, peak / bandwidth.bytes_per_second);
    }
  const double slowest = smallest_dot(report, &ReportStep::operations_per_second);
  Plot plot;
  plot.x.from = std::min(smallest_dot(report, &ReportStep::operations_per_byte) / 1.6, first / 3);
  plot.x.to = 1.6 * std::max(largest_dot(report, &ReportStep::operations_per_byte), last);
  plot.x.from_pixel = left, plot.x.to_pixel = width - right;
  plot.y.from = std::min(slowest / 1.8, peak > 0 ? peak / 10 : HUGE_VAL);
  plot.y.to = 1.8 * std::max(largest_dot(report, &ReportStep::operations_per_second), peak);
  plot.y.from_pixel = height - bottom, plot.y.to_pixel = top;
  return plot;
}

std::string grid(const Plot &plot) {
  std::string out;
  for (const double tick : plot.x.ticks())
    out += fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" y1=\"{1}\" x2=\"{0:.1f}\" y2=\"{2}\"/>"
                       "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4:g}</text>\n",
                       plot.x.pixel(tick), top, height - bottom, height - bottom + 17, tick);
  for (const double tick : plot.y.ticks())
    out +=
        fmt::format("<line class=\"grid\" x1=\"{1}\" y1=\"{0:.1f}\" x2=\"{2}\" y2=\"{0:.1f}\"/>"
                    "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5:g}</text>\n",
                    plot.y.pixel(tick), left, width - right, left - 7, plot.y.pixel(tick) + 4, tick * 1e-9);
  return out + fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">operations a byte</text>"
                           "<text x=\"{}\" y=\"{}\">GF/s</text>\n",
                           width - right, height - 8, left + 7, top + 12);
}

/// What is drawn below the dots, and what above them.
struct Roofs {
  std::string lines, labels;
};

std::string line(double x1, double y1, double x2, double y2) {
  return fmt::format("<line class=\"roof\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", x1,
                     y1, x2, y2);
}

/// From the plot's edge to the peak; its label is beside its beginning.
void add_slope(const Plot &plot, const ReportBandwidth &bandwidth, double peak, bool above, Roofs &roofs) {
  const double rate = bandwidth.bytes_per_second;
  const double end = peak > 0 ? std::min(peak / rate, plot.x.to) : plot.x.to;
  // Where it comes into the plot: at the left edge, or from below.
  const double begin = std::max(plot.x.from, plot.y.from / rate);
  if (end <= begin)
    return;
  const double x1 = plot.x.pixel(begin), y1 = plot.y.pixel(begin * rate), x2 = plot.x.pixel(end),
               y2 = plot.y.pixel(end * rate);
  const double angle = std::atan2(y2 - y1, x2 - x1) * 180 / std::numbers::pi;
  const double x = x1 + 0.06 * (x2 - x1), y = y1 + 0.06 * (y2 - y1);
  roofs.lines += line(x1, y1, x2, y2);
  roofs.labels += fmt::format("<text class=\"halo\" x=\"{:.1f}\" y=\"{:.1f}\" dy=\"{}\" "
                              "transform=\"rotate({:.2f} {:.1f} {:.1f})\">{}: {:.1f} GB/s</text>\n",
                              x, y, above ? -6 : 16, angle, x, y, escaped(bandwidth.of), rate * 1e-9);
}

/// From where the fastest slope ends; fast kernels are mostly further right than its label.
void add_peak(const Plot &plot, double peak, double fastest, Roofs &roofs) {
  const double begin = fastest > 0 ? std::max(peak / fastest, plot.x.from) : plot.x.from;
  const double x = plot.x.pixel(begin), y = plot.y.pixel(peak);
  roofs.lines += line(x, y, width - right, y);
  roofs.labels += fmt::format("<text class=\"halo\" x=\"{:.1f}\" y=\"{:.1f}\">FMA peak: {} GF/s</text>\n",
                              std::min(x, width - right - 160), y - 7, gigaflops(peak));
}

Roofs roofs_of(const Plot &plot, const ReportMachine &machine) {
  double fastest = 0;
  for (const ReportBandwidth &bandwidth : machine.bandwidths)
    fastest = std::max(fastest, bandwidth.bytes_per_second);
  Roofs roofs;
  for (const ReportBandwidth &bandwidth : machine.bandwidths)
    add_slope(plot, bandwidth, machine.peak, bandwidth.bytes_per_second == fastest, roofs);
  if (machine.peak > 0)
    add_peak(plot, machine.peak, fastest, roofs);
  return roofs;
}

/// A dot's area is its share of the time.
std::string dot(const Plot &plot, const Report &report, const ReportStep &step, std::size_t colour) {
  const double share = step.seconds / report.step_seconds();
  return fmt::format("<circle class=\"c{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\"><title>{}: {}, {} GF/s, "
                     "{:.1f} operations "
                     "a byte, {}, {:.1f} % of the time</title></circle>\n",
                     colour, plot.x.pixel(step.operations_per_byte()),
                     plot.y.pixel(step.operations_per_second()), 2.5 + 24 * std::sqrt(share),
                     escaped(step.layer), escaped(step.group), gigaflops(step.operations_per_second()),
                     step.operations_per_byte(), duration(step.seconds), 100 * share);
}

} // namespace

double LogAxis::pixel(double value) const {
  return from_pixel + (to_pixel - from_pixel) * std::log(value / from) / std::log(to / from);
}

std::vector<double> LogAxis::ticks() const {
  const bool only_powers = to / from > 3000;
  const int first = static_cast<int>(std::floor(std::log10(from))),
            last = static_cast<int>(std::floor(std::log10(to)));
  std::vector<double> list;
  for (int power = first; power <= last; ++power)
    for (const int factor : {1, 2, 5}) {
      const double tick = factor * std::pow(10, power);
      if (tick >= from && tick <= to && (factor == 1 || !only_powers))
        list.push_back(tick);
    }
  return list;
}

std::string roofline_svg(const Report &report) {
  std::vector<const ReportStep *> kernels;
  for (const ReportStep &step : report.steps)
    if (step.is_kernel && step.multiply_adds > 0 && step.bytes_moved > 0 && step.seconds > 0)
      kernels.push_back(&step);
  if (kernels.empty())
    return "";
  const Plot plot = plot_of(report);
  const GroupColours colours(report);
  const Roofs roofs = roofs_of(plot, report.machine);
  std::string dots;
  // Large ones first, so that none hides another.
  std::ranges::stable_sort(kernels, std::greater<>(), [](const ReportStep *step) { return step->seconds; });
  for (const ReportStep *step : kernels)
    dots += dot(plot, report, *step, colours.of(step->group));
  return fmt::format("<svg class=\"roofline\" viewBox=\"0 0 {} {}\" role=\"img\" "
                     "aria-label=\"Roofline: operations a byte and GF/s of each kernel\">\n{}{}{}{}</svg>\n",
                     width, height, grid(plot), roofs.lines, dots, roofs.labels);
}

} // namespace convforge::cli
