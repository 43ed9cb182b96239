// A report with a step of each kind, and names that nobody should have.
#pragma once

#include "cli/report_page/report.hpp"

namespace convforge::test {

inline const char *hostile_name = "</title><script>alert('&\"')</script>";

inline cli::Report sample_report() {
  cli::Report report;
  report.model = {"model.onnx", "ONNX", {{"x", "1x3x8x8"}}, {{"y", "1x4x8x8"}}};
  report.machine = {.cpu = "CPU",
                    .target = "x86-64-avx2",
                    .planned_for = "haswell",
                    .threads = 1,
                    .peak = 50e9,
                    .bandwidths = {{"L2", 40e9}, {"memory", 10e9}}};
  report.coverage = {.convolutions = 2, .kernels = 2, .folded = "1 Relu", .between = "1 Add"};
  report.steps = {{.layer = hostile_name,
                   .type = "Conv",
                   .what = "ic3ih8oc4oh8kh3ph1 bias",
                   .group = "direct",
                   .why = "it is <b>fast</b>",
                   .is_kernel = true,
                   .seconds = 2e-6,
                   .multiply_adds = 20000,
                   .bytes_moved = 4000,
                   .code_bytes = 1234},
                  {.layer = "add", .type = "Add", .what = "add 256", .group = "elementwise", .seconds = 1e-6},
                  {.layer = "wino",
                   .type = "Conv",
                   .what = "ic4ih8oc4oh8kh3ph1",
                   .group = "winograd",
                   .why = "taps",
                   .is_kernel = true,
                   .seconds = 1e-6,
                   .multiply_adds = 36000,
                   .bytes_moved = 1000,
                   .packed_bytes = 7777}};
  report.seconds = 5e-6, report.passes = 10;
  report.code_bytes = 2000, report.constants_bytes = 9000, report.arena_bytes = 4096;
  return report;
}

} // namespace convforge::test
