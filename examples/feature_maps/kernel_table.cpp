#include "kernel_table.hpp"

#include <convforge_tools/measure.h>

#include <cstdio>
#include <string>

namespace {

// "320x320x3 -> 320x320x32"
std::string shape(const convforge_kernel &kernel) {
  const auto sizes = [](const convforge_operand &t) {
    return std::to_string(t.shape[1]) + "x" + std::to_string(t.shape[2]) + "x" + std::to_string(t.shape[3]);
  };
  return sizes(*convforge_input(&kernel)) + " -> " + sizes(*convforge_output(&kernel));
}

// "7x7"
std::string window(const convforge_kernel &kernel) {
  return std::to_string(convforge_weights(&kernel)->shape[0]) + "x" +
         std::to_string(convforge_weights(&kernel)->shape[1]);
}

// "90.9"; "-" on a CPU whose peak is not known.
std::string percent(double rate, double peak) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f", 100 * rate / peak);
  return peak > 0 ? text : "-";
}

} // namespace

void print_kernel_table(const std::vector<KernelRow> &rows) {
  std::printf("\n%-12s %-25s %-6s %-10s %-13s %10s %9s %7s %9s\n", "kernel", "shape", "window", "algorithm",
              "target", "code bytes", "time us", "GF/s", "% of peak");
  for (const KernelRow &row : rows) {
    const convforge_kernel &kernel = *row.kernel;
    const double rate = 2.0 * static_cast<double>(kernel.multiply_adds) / row.seconds;
    std::printf("%-12s %-25s %-6s %-10s %-13s %10zu %9.1f %7.1f %9s\n", kernel.name, shape(kernel).c_str(),
                window(kernel).c_str(), kernel.algorithm, kernel.target, kernel.code_bytes, 1e6 * row.seconds,
                1e-9 * rate, percent(rate, convforge_fma_peak(kernel.cpu_features)).c_str());
  }
  std::printf("One thread; fastest of many calls; GF/s counts 2 x multiply-adds; peak is a loop of FMAs "
              "measured here.\n");
}
