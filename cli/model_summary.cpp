#include "cli/model_summary.hpp"

#include "cli/kernel.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"
#include "cli/report/table.hpp"
#include "plan/plan.hpp"
#include "planner/rearranged_plans.hpp"
#include "problem/problem_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace convforge::cli {
namespace {

using models::Node;

/// A kernel's plan, and the cycles of one call on one core that the planner's model predicts.
struct PlannedKernel {
  std::string algorithm, target;
  double cycles;
};

std::vector<PlannedKernel> plan_all(const std::vector<Problem> &problems, const KernelFlags &flags) {
  Progress progress("planning", problems.size());
  const Tuning tuning = flags.tuning();
  std::vector<PlannedKernel> planned;
  for (const Problem &problem : problems) {
    const Target &target = flags.target(problem.types);
    const Plan plan = plan_kernel(problem, target, tuning, flags.algorithm());
    planned.push_back({std::string(name_of(plan.algorithm)), std::string(target.name),
                       cost_of(plan, problem, Platform(target, tuning.machine)).total()});
    progress.step("planning");
  }
  return planned;
}

/// Of the first output; null where it is not known, or there is none.
const models::Shape *output_shape(const models::Graph &graph, const Node &node) {
  if (node.outputs.empty() || node.outputs[0] == models::no_tensor)
    return nullptr;
  const models::Tensor &output = graph.tensor(node.outputs[0]);
  return output.shape ? &output.sizes() : nullptr;
}

/// "(1, 64, None, None)", as Keras writes it.
std::string output_shape_text(const models::Graph &graph, const Node &node) {
  const models::Shape *shape = output_shape(graph, node);
  if (!shape)
    return "?";
  std::vector<std::string> sizes;
  for (const std::int64_t size : *shape)
    sizes.push_back(size < 0 ? "None" : std::to_string(size));
  return fmt::format("({}{})", fmt::join(sizes, ", "), sizes.size() == 1 ? "," : "");
}

/// The end of a long name tells layers apart better than its beginning.
std::string short_name(const std::string &name) {
  constexpr std::size_t most = 40;
  return name.size() <= most ? name : "..." + name.substr(name.size() - most + 3);
}

/// Who does the work of each node: a convolution by its place in the list; -1: nobody.
std::vector<int> doers(const ReadModel &model) {
  std::vector<int> doer(model.graph.nodes.size(), -1);
  for (std::size_t i = 0; i < model.folded.convolutions.size(); ++i) {
    const models::FoldedConvolution &convolution = model.folded.convolutions[i];
    for (const int node : convolution.folded)
      doer[static_cast<std::size_t>(node)] = static_cast<int>(i);
    doer[static_cast<std::size_t>(convolution.node)] = static_cast<int>(i);
  }
  for (const int node : model.folded.glue)
    doer[static_cast<std::size_t>(node)] = -1;
  return doer;
}

std::string kilocycles(double cycles) {
  return cycles < 10000 ? fmt::format("{:.1f}", cycles / 1000)
                        : grouped(static_cast<long long>(cycles / 1000));
}

void add_row(const ReadModel &model, std::size_t n, int doer, const std::vector<PlannedKernel> &planned,
             Table &table) {
  const Node &node = model.graph.nodes[n];
  std::vector<std::string> cells{fmt::format("{} ({})", short_name(node.name), node.type),
                                 output_shape_text(model.graph, node),
                                 grouped(models::parameters_of(model.graph, node)),
                                 "",
                                 "",
                                 "",
                                 ""};
  if (doer >= 0) {
    const models::FoldedConvolution &convolution = model.folded.convolutions[static_cast<std::size_t>(doer)];
    const std::size_t kernel = model.kernels.of_each[static_cast<std::size_t>(doer)];
    cells[3] = model.kernels.problems[kernel].name;
    if (convolution.node == static_cast<int>(n))
      cells[4] = planned[kernel].algorithm, cells[5] = grouped(convolution.problem.multiply_adds()),
      cells[6] = kilocycles(planned[kernel].cycles);
  } else if (std::holds_alternative<models::Convolution>(node.operation)) {
    cells[3] = "refused";
  }
  table.add(std::move(cells));
}

struct ModelTotals {
  std::int64_t parameters = 0, multiply_adds = 0;
  double cycles = 0;
};

ModelTotals model_totals(const ReadModel &model, const std::vector<PlannedKernel> &planned) {
  ModelTotals sum;
  for (const Node &node : model.graph.nodes)
    sum.parameters += models::parameters_of(model.graph, node);
  for (const std::size_t kernel : model.kernels.of_each) {
    sum.multiply_adds += model.kernels.problems[kernel].multiply_adds();
    sum.cycles += planned[kernel].cycles;
  }
  return sum;
}

void print_kernels(const ReadModel &model) {
  std::vector<int> uses(model.kernels.problems.size());
  for (const std::size_t kernel : model.kernels.of_each)
    ++uses[kernel];
  Table table({{"Kernel"}, {"Layers", Table::Align::right}, {"Problem"}});
  for (std::size_t i = 0; i < uses.size(); ++i) {
    Problem problem = model.kernels.problems[i];
    problem.name.clear();
    std::string text = "--problem " + problem.descriptor();
    for (const auto &[flag, value] : problem_flags(problem))
      text += fmt::format(" {} {}", flag, value);
    table.add({model.kernels.problems[i].name, std::to_string(uses[i]), text});
  }
  if (!uses.empty())
    fmt::print("{}\n", table.text());
}

} // namespace

void print_model(const ReadModel &model, const KernelFlags &flags) {
  const std::vector<PlannedKernel> planned = plan_all(model.kernels.problems, flags);
  const std::vector<int> doer = doers(model);
  Table table({{"Layer (type)"},
               {"Output Shape"},
               {"Param #", Table::Align::right},
               {"Kernel"},
               {"Algorithm"},
               {"Multiply-adds", Table::Align::right},
               {"Kilocycles", Table::Align::right}});
  for (std::size_t n = 0; n < model.graph.nodes.size(); ++n)
    add_row(model, n, doer[n], planned, table);
  fmt::print("{}\n", table.text());
  print_kernels(model);
  const ModelTotals sum = model_totals(model, planned);
  fmt::print("Total params: {}\nMultiply-adds of the kernels: {}\n", grouped(sum.parameters),
             grouped(sum.multiply_adds));
  if (!planned.empty())
    fmt::print("Predicted: {} kilocycles on one core ({})\n", kilocycles(sum.cycles), planned[0].target);
  print_coverage(model);
}

void print_model_json(const ReadModel &model, const KernelFlags &flags) {
  const std::vector<PlannedKernel> planned = plan_all(model.kernels.problems, flags);
  const std::vector<int> doer = doers(model);
  nlohmann::ordered_json out{{"layers", nlohmann::ordered_json::array()}};
  for (std::size_t n = 0; n < model.graph.nodes.size(); ++n) {
    const Node &node = model.graph.nodes[n];
    nlohmann::ordered_json layer{{"layer", node.name}, {"type", node.type}, {"output_shape", nullptr}};
    if (const models::Shape *shape = output_shape(model.graph, node))
      layer["output_shape"] = *shape;
    layer["params"] = models::parameters_of(model.graph, node);
    if (doer[n] >= 0)
      layer["kernel"] = model.kernels.problems[model.kernels.of_each[static_cast<std::size_t>(doer[n])]].name;
    out["layers"].push_back(std::move(layer));
  }
  for (std::size_t i = 0; i < planned.size(); ++i) {
    out["kernels"].push_back({{"name", model.kernels.problems[i].name},
                              {"problem", model.kernels.problems[i].descriptor()},
                              {"algorithm", planned[i].algorithm},
                              {"target", planned[i].target},
                              {"multiply_adds", model.kernels.problems[i].multiply_adds()},
                              {"predicted_cycles", planned[i].cycles}});
    if (const Problem &problem = model.kernels.problems[i]; problem.pools())
      out["kernels"].back()["pooling"] = text_of(problem.pooling);
  }
  const ModelTotals sum = model_totals(model, planned);
  out["total_params"] = sum.parameters, out["total_multiply_adds"] = sum.multiply_adds;
  out["predicted_cycles"] = sum.cycles;
  print_json(out);
}

} // namespace convforge::cli
