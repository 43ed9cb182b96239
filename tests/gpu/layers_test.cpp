// layers_test LIST TARGET [SHARE]: every layer of a list assembles with no spilled byte and no stack, and,
// for dense layers whose channels fill chunks, at least SHARE of the hot loop's instructions are
// multiply-adds. One line a layer. Skipped without ptxas, or without nvdisasm where there is a SHARE.
#include "missing.hpp"

#include "error.hpp"
#include "gpu/explanation.hpp"
#include "gpu/gpu_planner.hpp"
#include "verify/problem_list.hpp"

#include <cstdlib>
#include <fmt/format.h>

using namespace convforge;

namespace {

/// Empty, or what is wrong.
std::string fault(const GpuExplanation &e, double least) {
  if (e.spill_bytes != 0 || e.stack_bytes != 0)
    return fmt::format("{} bytes spilled, {} of stack", e.spill_bytes, e.stack_bytes);
  const GpuPlan &plan = e.artefact.plan;
  const bool dense = plan.algorithm != Algorithm::depthwise && !plan.flat_taps;
  if (dense && e.loop && e.loop->share("FFMA") < least)
    return fmt::format("FFMA share below {:.0f} %", 100 * least);
  return "";
}

void print(const Problem &problem, const GpuExplanation &e, const std::string &wrong) {
  fmt::print("{:60} {:3} regs {:5.1f} % FFMA {:3.0f} % occupancy {:5.2f} waves {:.3f} B/FLOP {}\n",
             problem.descriptor(), e.registers, e.loop ? 100 * e.loop->share("FFMA") : 0.0,
             100 * e.occupancy.share, e.waves, e.bytes_per_flop, wrong.empty() ? "ok" : "FAILED: " + wrong);
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 3) {
    fmt::print(stderr, "usage: layers_test LIST TARGET [SHARE]\n");
    return 2;
  }
  try {
    const Target &target = find_target(argv[2]);
    int failed = 0;
    for (const Problem &problem : read_problem_list(argv[1])) {
      const GpuExplanation e =
          explain_gpu(compile_gpu(problem, make_gpu_plan(problem, target), target, "conv"));
      if (!e.assembled || (argc > 3 && !e.loop)) {
        return missing(e.assembled ? "nvdisasm (scripts/deps.sh --cuda)" : "ptxas (scripts/deps.sh --cuda)");
      }
      const std::string wrong = fault(e, argc > 3 ? std::atof(argv[3]) : 0);
      failed += wrong.empty() ? 0 : 1;
      print(problem, e, wrong);
    }
    return failed == 0 ? 0 : 1;
  } catch (const std::exception &error) {
    fmt::print("FAILED {}\n", error.what());
    return 1;
  }
}
