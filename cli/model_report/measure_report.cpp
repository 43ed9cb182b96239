#include "cli/model_report/measure_report.hpp"

#include "cli/model_report/framework_times.hpp"
#include "cli/model_report/machine_limits.hpp"
#include "cli/model_report/pass_times.hpp"
#include "cli/report/progress.hpp"
#include "network/execution/kernel_alone.hpp"
#include "network/lowering/lowering.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace convforge::cli {
namespace {

/// Other programs come and go: a framework is timed between rounds of the network, each for its part of the
/// time.
constexpr int rounds = 3;

LoadedNetwork compile_network(const ReadModel &model, const ReportRequest &request) {
  LoadedNetwork network;
  network.program = network::lower(model.graph, model.folded, request.layout);
  Progress progress("compiling kernels", network.program.kernels.size());
  network.compiled = network::compile_kernels(network.program, model.folded, request.kernels,
                                              [&](const std::string &what) { progress.step(what); });
  network.kernels = network::load_kernels(network.compiled);
  return network;
}

FrameworkRequest framework_request(const ReadModel &model, const ReportRequest &request) {
  FrameworkRequest wanted{request.python, request.path, model.graph.format, {}, request.threads};
  for (const models::TensorId id : model.graph.inputs)
    wanted.inputs.emplace_back(model.graph.tensor(id).name, model.graph.tensor(id).sizes());
  return wanted;
}

PassTimes measure_times(const ReadModel &model, const ReportRequest &request,
                        std::span<const network::Call> steps, Report &report) {
  PassTimes times;
  bool has_framework = !request.python.empty();
  if (!has_framework)
    report.frameworks_note = "No framework was timed: --no-frameworks.";
  Progress progress("timing the network", rounds);
  for (int round = 0; round < rounds; ++round) {
    time_passes(steps, request.seconds / rounds, times);
    if (has_framework)
      has_framework = time_framework(framework_request(model, request), request.seconds / rounds, report);
    progress.step("timing the network");
  }
  return times;
}

/// The network's steps, or where some are missing its kernels alone.
PassTimes measure_network(const ReadModel &model, const ReportRequest &request, const LoadedNetwork &network,
                          Report &report) {
  if (network.runs()) {
    const network::Execution execution(network.program, network.compiled, network.kernels, request.threads);
    PassTimes times = measure_times(model, request, execution.steps(), report);
    report.seconds = times.whole;
    return times;
  }
  const network::KernelsAlone kernels(network.program, network.kernels, request.threads);
  return measure_times(model, request, kernels.steps(), report);
}

std::vector<ReportTensor> ends(const models::Graph &graph, const std::vector<models::TensorId> &ids) {
  std::vector<ReportTensor> list;
  for (const models::TensorId id : ids) {
    const models::Tensor &tensor = graph.tensor(id);
    list.push_back({tensor.name, tensor.shape ? models::text_of_shape(tensor.sizes()) : "of unknown shape"});
  }
  return list;
}

ReportCoverage coverage_of(const ReadModel &model, const network::Program &program) {
  ReportCoverage coverage{.convolutions = model.folded.convolutions.size(),
                          .kernels = program.kernels.size(),
                          .folded = types_in_words(model.graph, folded_nodes(model.folded)),
                          .between = types_in_words(model.graph, model.folded.glue)};
  for (const models::RefusedConvolution &one : model.folded.refused)
    coverage.refused.push_back({one.name, one.type, one.reason});
  for (const network::MissingOperation &one : program.missing)
    coverage.missing.push_back({one.name, one.type, one.reason});
  return coverage;
}

void add_sizes(const LoadedNetwork &network, int threads, Report &report) {
  for (const auto &loaded : network.kernels) {
    report.code_bytes += loaded->kernel()->code_bytes;
    report.workspace_bytes =
        std::max<std::uint64_t>(report.workspace_bytes, convforge_workspace_size(loaded->kernel(), threads));
  }
  report.constants_bytes = network.compiled.constants.size();
  report.arena_bytes = static_cast<std::uint64_t>(network.program.arena_bytes);
}

} // namespace

Report measure_report(const ReadModel &model, const ReportRequest &request) {
  Report report;
  const LoadedNetwork network = compile_network(model, request);
  report.model = {std::filesystem::path(request.path).filename().string(), model.graph.format,
                  ends(model.graph, model.graph.inputs), ends(model.graph, model.graph.outputs)};
  report.machine =
      measure_limits(request.kernels.targets.front(), request.kernels.tuning.machine, request.threads);
  const PassTimes times = measure_network(model, request, network, report);
  report.steps = measured_steps(model, network, times.steps, request.threads);
  report.passes = times.passes;
  report.coverage = coverage_of(model, network.program);
  add_sizes(network, request.threads, report);
  return report;
}

} // namespace convforge::cli
