// layers_test LIST TARGET [SHARE]: every layer of a list assembles with no spilled byte and no stack and with
// barriers between stores to and loads from shared memory; explain has something to say of it; and, for dense
// layers whose channels fill chunks, at least SHARE of the hot loop's instructions are multiply-adds. One
// line a layer. Skipped without ptxas, or without nvdisasm where there is a SHARE.
#include "compiler/gpu/compile.hpp"
#include "missing.hpp"

#include "analysis/gpu/explanation.hpp"
#include "base/error.hpp"
#include "compiler/gpu/assemble.hpp"
#include "planner/gpu/planner.hpp"
#include "verify/problem_list.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace convforge;

namespace {

/// Whether barriers stand between stores to and loads from shared memory, in the order of the code: a store,
/// a load and the next store have one in between, each.
bool barriers_order_shared_memory(const std::string &sass) {
  std::istringstream lines(sass);
  char last = '\0'; // the kind of access since the last barrier
  for (std::string line; std::getline(lines, line);) {
    const bool store = line.find(" STS") != std::string::npos, load = line.find(" LDS") != std::string::npos;
    if (line.find(" BAR.SYNC") != std::string::npos) {
      last = '\0';
    } else if (store || load) {
      const char kind = store ? 'S' : 'L';
      if (last != '\0' && last != kind)
        return false;
      last = kind;
    }
  }
  return true;
}

/// Empty, or what is wrong with what `explain` prints.
std::string fault_of_text(const GpuExplanation &e) {
  const std::string text = render_text(e) + render_json(e).dump();
  for (const char *word : {"launch ", "shared memory", "registers ", "occupancy ", "waves ", "\"registers\""})
    if (text.find(word) == std::string::npos)
      return fmt::format("explain does not say {}", word);
  return text.find("nan") != std::string::npos || text.find("null") != std::string::npos
             ? "explain says nan or null"
             : "";
}

/// Empty, or what is wrong.
std::string fault(const GpuExplanation &e, double least) {
  if (e.spill_bytes != 0 || e.stack_bytes != 0)
    return fmt::format("{} bytes spilled, {} of stack", e.spill_bytes, e.stack_bytes);
  const GpuPlan &plan = e.artefact.plan;
  const bool dense = plan.algorithm != Algorithm::depthwise && !plan.flat_taps;
  if (dense && e.loop && e.loop->share("FFMA") < least)
    return fmt::format("FFMA share below {:.0f} %", 100 * least);
  const auto sass = disassemble_cubin(e.artefact.cubin);
  if (sass && !barriers_order_shared_memory(*sass))
    return "no barrier between a store to shared memory and a load";
  return fault_of_text(e);
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
      if (!e.assembled || (argc > 3 && !e.loop))
        return missing(e.assembled ? "nvdisasm (scripts/deps.sh --cuda)" : "ptxas (scripts/deps.sh --cuda)");
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
