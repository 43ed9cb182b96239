#include "compiler/gpu/compile.hpp"

#include "compiler/gpu/launches.hpp"
#include "compiler/gpu/pipeline.hpp"
#include "compiler/gpu/ptx.hpp"
#include "compiler/halide_directory.hpp"
#include "compiler/halide_target.hpp"

#include "base/error.hpp"
#include "base/memory_file.hpp"
#include "convforge/convforge.h"

#include <Halide.h>

namespace convforge {

namespace {

std::string text_of(const MemoryFile &file) {
  const auto bytes = file.read();
  return {bytes.begin(), bytes.end()};
}

void add_views(GpuArtefact &artefact, const GpuConvolution &conv, std::vector<std::string> &tensors) {
  const auto add = [&](const std::string &name, std::size_t offset) { // a view an operand, in their order
    artefact.kernel.views.push_back({static_cast<int>(tensors.size()), offset});
    tensors.push_back(name);
  };
  add(conv.input.name(), 0);
  add(conv.packed.name(), artefact.kernel.pack.regions.front().offset);
  for (const Halide::ImageParam &operand : conv.operands)
    add(operand.name(), 0);
  add(conv.output.name(), 0);
}

void translate(GpuArtefact &artefact, std::string *stmt) {
  GpuPipeline made = make_gpu_pipeline(artefact.kernel.problem, artefact.plan);
  std::vector<std::string> tensors;
  add_views(artefact, made.conv, tensors);
  const Halide::Module module = made.pipeline.compile_to_module(made.arguments, artefact.kernel.symbol,
                                                                halide_target(artefact.kernel.target));
  artefact.launches = read_launches(module, tensors);
  const MemoryFile code, lowered;
  std::map<Halide::OutputFileType, std::string> outputs = {
      {Halide::OutputFileType::device_code, code.path()}};
  if (stmt != nullptr)
    outputs[Halide::OutputFileType::conceptual_stmt] = lowered.path();
  require_halide_directory();
  module.compile(outputs);
  artefact.ptx = canonical_ptx(text_of(code), artefact.kernel.symbol, artefact.launches);
  artefact.kernel.code_bytes = artefact.ptx.size();
  if (stmt != nullptr)
    *stmt = text_of(lowered);
}

} // namespace

GpuArtefact compile_gpu(const Problem &problem, const GpuPlan &plan, const Target &target,
                        const std::string &name, std::string *stmt) {
  problem.validate();
  GpuArtefact artefact{.kernel = {.name = name,
                                  .symbol = name + "_" + identifier(target),
                                  .problem = problem,
                                  .target = target,
                                  .plan = {.algorithm = plan.algorithm, .why = plan.why}},
                       .plan = plan};
  artefact.kernel.pack = pack_layout(problem, pack_form(problem, plan));
  try {
    translate(artefact, stmt);
  } catch (const Halide::Error &error) {
    throw Error("Halide could not compile " + problem.canonical() + " for " + std::string(target.name) +
                ": " + error.what());
  }
  return artefact;
}

} // namespace convforge
