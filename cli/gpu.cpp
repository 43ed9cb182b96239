#include "cli/gpu.hpp"
#include "cli/settings.hpp"
#include "compiler/gpu/compile.hpp"

#include "analysis/gpu/explanation.hpp"
#include "artefact/gpu/emit.hpp"
#include "base/error.hpp"
#include "base/held_signals.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"
#include "compiler/gpu/assemble.hpp"
#include "planner/gpu/planner.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

GpuPlan plan_for(const Problem &problem, const Target &target, const std::string &algorithm) {
  GpuPlan plan = make_gpu_plan(problem, target, algorithm);
  verbose().say("{} for {}: {}", problem.canonical(), target.name, plan.why);
  return plan;
}

GpuArtefact compile_for(const Problem &problem, const Target &target, const std::string &algorithm,
                        const std::string &name, std::string *stmt = nullptr) {
  return compile_gpu(problem, plan_for(problem, target, algorithm), target, name, stmt);
}

void add_cubin(GpuArtefact &artefact) {
  const HeldSignals until_the_directory_is_gone; // of the assembler's files
  if (const auto assembled = assemble(artefact, gpu_tools())) {
    artefact.cubin = assembled->cubin;
    artefact.kernel.code_bytes = artefact.cubin.size();
  } else {
    verbose().say("no ptxas: {} has PTX only, which the driver compiles when it is loaded",
                  artefact.kernel.symbol);
  }
}

} // namespace

std::vector<Member> gpu_files(const GpuRequest &request) {
  const auto emits = [&](const char *what) {
    return std::find(request.emit.begin(), request.emit.end(), what) != request.emit.end();
  };
  for (const char *what : {"static", "asm", "artefact"})
    if (emits(what))
      fail("--emit", what, "object (a cubin), header, source, ptx or stmt for a CUDA target");
  std::vector<GpuArtefact> variants;
  std::vector<Member> files;
  Progress progress(fmt::format("compiling for {}", request.targets.front().name), request.targets.size());
  for (const Target &target : request.targets) {
    std::string stmt;
    GpuArtefact artefact = compile_for(request.problem, target, request.algorithm, request.name,
                                       emits("stmt") ? &stmt : nullptr);
    add_cubin(artefact);
    const std::string stem = fmt::format("{}_{}", request.name, target.name);
    if (emits("object") && !artefact.cubin.empty())
      files.emplace_back(stem + ".cubin", artefact.cubin);
    if (emits("ptx"))
      files.emplace_back(stem + ".ptx", to_bytes(artefact.ptx));
    if (emits("stmt"))
      files.emplace_back(stem + ".stmt", to_bytes(stmt));
    variants.push_back(std::move(artefact));
    progress.step(fmt::format("compiled for {}", target.name));
  }
  if (emits("header"))
    files.emplace_back(request.name + ".h", to_bytes(emit_cuda_header(variants)));
  if (emits("source"))
    files.emplace_back(request.name + ".c", to_bytes(emit_cuda_source(variants)));
  return files;
}

void check_gpu_plans(const Problem &problem, std::span<const Target> targets, const std::string &algorithm) {
  for (const Target &target : targets)
    plan_for(problem, target, algorithm);
}

void explain_gpu_kernels(std::span<const Problem> problems, std::span<const Target> targets,
                         const std::string &algorithm, bool json) {
  nlohmann::ordered_json kernels = nlohmann::ordered_json::array();
  for (const Problem &problem : problems)
    for (const Target &target : targets) {
      const GpuArtefact compiled = compile_for(problem, target, algorithm, "conv");
      const HeldSignals until_the_directory_is_gone; // of the assembler's files
      const GpuExplanation explanation = explain_gpu(compiled, gpu_tools());
      if (json)
        kernels.push_back(render_json(explanation));
      else
        fmt::print("{}\n", render_text(explanation));
    }
  if (json)
    print_json(kernels.size() == 1 ? kernels.front() : nlohmann::ordered_json{{"kernels", kernels}});
}

bool all_gpus(std::span<const Target> targets) {
  const auto gpus = std::count_if(targets.begin(), targets.end(), is_gpu);
  if (gpus != 0 && gpus != static_cast<std::ptrdiff_t>(targets.size()))
    fail("--target", "both CPUs and GPUs",
         "either: their calls take pointers of different memory; compile two kernels of different names");
  return gpus != 0;
}

void refuse_gpu(const Target &target, const std::string &command) {
  if (is_gpu(target))
    fail("--target", std::string(target.name),
         "a CPU's: " + command +
             " runs kernels on this CPU. compile and explain take GPU targets. Their results are checked in "
             "ConvForge's "
             "source tree: without a GPU by scripts/test.sh -L gpu, on OpenCL (PoCL's CPU device) and as PTX "
             "in an "
             "emulator; on a GPU by scripts/gpu.sh");
}

} // namespace convforge::cli
