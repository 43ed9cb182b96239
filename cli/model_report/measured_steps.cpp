#include "cli/model_report/measured_steps.hpp"

#include "cli/operand_memory.hpp"
#include "network/execution/operation_text.hpp"
#include "problem/problem_flags.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::cli {
namespace {

/// A problem in two texts: the descriptor with the epilogue, and all other flags.
void describe_problem(Problem problem, ReportStep &step) {
  problem.name.clear();
  step.what = problem.descriptor();
  for (const auto &[flag, value] : problem_flags(problem))
    if (flag == "--epilogue")
      step.what += " " + value;
    else
      step.flags += fmt::format("{}{} {}", step.flags.empty() ? "" : " ", flag, value);
}

ReportStep kernel_step(const ReadModel &model, const LoadedNetwork &network, std::size_t convolution,
                       int threads) {
  const std::size_t number = network.program.kernel_of[convolution];
  const convforge_kernel &kernel = *network.kernels[number]->kernel();
  const models::Node &node =
      model.graph.nodes[static_cast<std::size_t>(model.folded.convolutions[convolution].node)];
  ReportStep step{.layer = node.name,
                  .type = node.type,
                  .group = kernel.algorithm,
                  .why = kernel.why,
                  .is_kernel = true,
                  .multiply_adds = kernel.multiply_adds,
                  .bytes_moved = bytes_moved(kernel),
                  .code_bytes = kernel.code_bytes,
                  .packed_bytes = kernel.packed_bytes,
                  .workspace_bytes = convforge_workspace_size(&kernel, threads)};
  describe_problem(network.program.kernels[number], step);
  return step;
}

ReportStep operation_step(const ReadModel &model, const network::Step &step) {
  const network::OperationText text = network::text_of(step.operation);
  const auto node = std::ranges::find(model.graph.nodes, step.name, &models::Node::name);
  return {.layer = step.name,
          .type = node == model.graph.nodes.end() ? "" : node->type, // a copy that the model does not have
          .what = text.what,
          .group = text.kind};
}

} // namespace

std::vector<ReportStep> measured_steps(const ReadModel &model, const LoadedNetwork &network,
                                       std::span<const double> seconds, int threads) {
  std::vector<ReportStep> steps;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (!network.runs())
      steps.push_back(kernel_step(model, network, i, threads));
    else if (const auto *call = std::get_if<network::KernelCall>(&network.program.steps[i].operation))
      steps.push_back(kernel_step(model, network, call->convolution, threads));
    else
      steps.push_back(operation_step(model, network.program.steps[i]));
    steps.back().seconds = seconds[i];
  }
  return steps;
}

} // namespace convforge::cli
