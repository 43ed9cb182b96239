#include "analysis/explanation.hpp"

#include "analysis/parts.hpp"
#include "analysis/pieces_in_words.hpp"
#include "plan/channels_last.hpp"
#include "planner/family.hpp"
#include "planner/piece_plans.hpp"
#include "planner/planner.hpp"
#include "planner/pooled_plans.hpp"
#include "planner/tuned.hpp"

#include <fmt/format.h>

namespace convforge {
namespace {

std::string describe_tasks(const Plan &plan, const Problem &problem) {
  switch (plan.parallel) {
  case ParallelAxis::none:
    return "one: the work is too small to share";
  case ParallelAxis::channels:
    return "blocks of output channels";
  case ParallelAxis::pixels:
    break;
  }
  if (plan.pools())
    return fmt::format("{} of patches of {} x {} pooled outputs", counted(pooled_tasks(plan, problem), "row"),
                       plan.pooled.rows, plan.pooled.columns);
  const Problem planned = planned_problem(problem, plan);
  return family_of(plan, planned).task_in_words(plan, planned);
}

void describe_plan(Explanation &explanation, const Artefact &artefact, const Tuning &tuning) {
  const Problem &problem = artefact.problem;
  explanation.name = artefact.name;
  explanation.problem = problem.descriptor();
  explanation.epilogue = problem.epilogue.text();
  explanation.layout = name_of(problem.layout);
  explanation.weights_layout = name_of(problem.weights_layout);
  if (problem.types != ElementTypes{})
    explanation.types = name_of(problem.types);
  for (const auto &[flag, value] : quantisation_flags(problem))
    explanation.types += fmt::format(" {} {}", flag, value);
  for (const auto &[flag, value] : stride_flags(problem))
    explanation.strides += fmt::format("{}{} {}", explanation.strides.empty() ? "" : " ", flag, value);
  if (problem.pads_with() != PaddingMode::zeros)
    explanation.padding_mode = name_of(problem.padding_mode);
  explanation.pooling = text_of(problem.pooling);
  explanation.math = name_of(problem.math);
  explanation.target = artefact.target.name;
  explanation.algorithm = name_of(artefact.plan.algorithm);
  explanation.why = artefact.plan.why;
  explanation.plan_from =
      tuned_plan(problem, artefact.target, tuning).plan == artefact.plan ? "tuned" : "model";
  explanation.plan = artefact.plan;
  explanation.pieces = pieces_in_words(problem, artefact.plan);
  explanation.left_out_words = left_out_in_words(problem, artefact.plan);
  explanation.left_out = left_out(problem, artefact.plan);
  explanation.plain_sums = has_plain_sums(artefact.plan, problem);
  explanation.candidates = candidates(problem, artefact.target, tuning.machine);
  if (tuning.machine.is_any())
    explanation.machines = times_by_machine(artefact.plan, problem, artefact.target);
  if (problem.types.quantised())
    explanation.floats = float_kernel(artefact.plan, problem, artefact.target, tuning.machine);
  explanation.tasks = describe_tasks(artefact.plan, problem);
  explanation.regions = artefact.plan.regions;
  for (const Region &region : explanation.regions)
    explanation.registers.push_back(register_use(artefact.problem, artefact.plan, region, artefact.target));
  explanation.multiply_adds = problem.multiply_adds();
}

void measure(HotBlock &block, const Target &target, Dot dot, const std::string &mca_tool) {
  block.mca = run_mca(block.code.instructions, target, dot, mca_tool);
  for (const std::string_view cpu : target.other_cpus)
    block.others.emplace_back(cpu, run_mca(block.code.instructions, target, dot, mca_tool, cpu));
}

void measure_hot_code(Explanation &explanation, const Artefact &artefact, const McaUse &mca) {
  const std::vector<Function> functions = disassemble(artefact.object, artefact.target);
  for (const Function &function : functions) {
    const Spills spills = spills_in_loops(function);
    explanation.spills_in_loops.stores += spills.stores;
    explanation.spills_in_loops.reloads += spills.reloads;
  }
  HotCodeList list = find_hot_code(functions, artefact.target);
  explanation.exact_counts = list.exact;
  std::vector<std::string> parts = explanation.plain_sums ? std::vector<std::string>(list.code.size())
                                                          : name_parts(list.code, artefact.plan);
  for (std::size_t i = 0; i < list.code.size(); ++i) {
    HotBlock block{.code = std::move(list.code[i]), .part = std::move(parts[i])};
    block.spills = count_spills(block.code.instructions, block.code.frame_pointer);
    explanation.hot_share += block.code.share;
    try {
      if (i < mca.blocks && explanation.mca_missing.empty())
        measure(block, artefact.target, artefact.plan.dot, mca.tool);
    } catch (const McaUnavailable &error) {
      explanation.mca_missing = error.what();
    }
    explanation.hot.push_back(std::move(block));
  }
}

} // namespace

Explanation explain(const Artefact &artefact, const Tuning &tuning, const McaUse &mca) {
  Explanation explanation;
  describe_plan(explanation, artefact, tuning);
  explanation.packed = packed_size(artefact);
  explanation.workspace_shared = shared_workspace(artefact);
  explanation.workspace_thread = thread_workspace(artefact);
  explanation.code_bytes = artefact.code_bytes;
  explanation.mca_cpu = artefact.target.mca_cpu;
  measure_hot_code(explanation, artefact, mca);
  return explanation;
}

} // namespace convforge
