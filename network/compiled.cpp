#include "network/compiled.hpp"

#include "artefact/kernel_description.hpp"
#include "base/error.hpp"
#include "base/for_each_index.hpp"
#include "compiler/compile.hpp"
#include "convforge/convforge.hpp"
#include "network/constant_pool.hpp"
#include "planner/planner.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <thread>

namespace convforge::network {
namespace {

/// What packing reads: constants by operand, null for the others.
AlignedBuffer packed(const Artefact &artefact, const models::FoldedConvolution &convolution) {
  const KernelDescription description(artefact);
  const convforge_kernel kernel = description.materialise(nullptr);
  std::vector<std::vector<std::byte>> tensors;
  std::vector<const void *> pointers;
  for (const Operand &operand : operands(artefact.problem)) {
    tensors.push_back(constant_bytes(convolution, operand));
    pointers.push_back(tensors.back().empty() ? nullptr : tensors.back().data());
  }
  AlignedBuffer buffer(kernel.packed_bytes);
  throw_on_error(convforge_pack_operands(&kernel, pointers.data(), buffer.data()));
  return buffer;
}

/// A kernel's variants are of one target each, but where several of the network's have the same one for its
/// types.
struct Compilation {
  std::size_t kernel;
  const Target *target;
  std::vector<std::size_t> places; ///< among the network's targets
};

std::vector<Compilation> compilations_of(const Program &program, const KernelRequest &request) {
  std::vector<Compilation> all;
  for (std::size_t i = 0; i < program.kernels.size(); ++i) {
    const std::size_t first = all.size();
    for (std::size_t t = 0; t < request.targets.size(); ++t) {
      const Target &target = target_for(request.targets[t], program.kernels[i].types);
      const auto same = std::find_if(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(),
                                     [&](const Compilation &one) { return *one.target == target; });
      if (same == all.end())
        all.push_back({i, &target, {t}});
      else
        same->places.push_back(t);
    }
  }
  return all;
}

std::vector<std::vector<Artefact>> compile_all(const Program &program, const KernelRequest &request,
                                               const std::function<void(const std::string &)> &compiled) {
  std::vector<std::vector<Artefact>> kernels(program.kernels.size(),
                                             std::vector<Artefact>(request.targets.size()));
  const std::vector<Compilation> all = compilations_of(program, request);
  std::mutex telling;
  const auto one = [&](std::size_t i) {
    const auto &[kernel, target, places] = all[i];
    const Problem &problem = program.kernels[kernel];
    const Artefact artefact = compile(problem, make_plan(problem, *target, request.tuning, "auto"), *target,
                                      request.name + "_" + problem.name);
    for (const std::size_t place : places)
      kernels[kernel][place] = artefact;
    const std::scoped_lock lock(telling);
    compiled(fmt::format("{} for {}", problem.name, target->name));
  };
  for_each_index(all.size(), static_cast<int>(std::max(std::thread::hardware_concurrency(), 1u)), one);
  return kernels;
}

} // namespace

const ElementTypes &leading_types(const models::FoldedModel &model) {
  const auto bytes = std::ranges::find_if(
      model.convolutions, [](const models::FoldedConvolution &one) { return one.problem.types.quantised(); });
  return (bytes == model.convolutions.end() ? model.convolutions.at(0) : *bytes).problem.types;
}

const Target &target_for(const Target &target, const ElementTypes &types) {
  bool behind = false; // the list is best first
  for (const std::span<const Target> list : {all_targets(), gpu_targets()})
    for (const Target &one : list) {
      behind = behind || one == target;
      if (behind && one.isa == target.isa && one.triple == target.triple && has_kernels(one, types))
        return one;
    }
  fail("target", std::string(target.name), fmt::format("one with kernels of {}", name_of(types)));
}

Compiled compile_kernels(Program &program, const models::FoldedModel &model, const KernelRequest &request,
                         const std::function<void(const std::string &)> &compiled) {
  Compiled result;
  result.kernels = compile_all(program, request, compiled);
  ConstantPool pool;
  for (std::size_t i = 0; i < model.convolutions.size(); ++i) {
    const models::FoldedConvolution &convolution = model.convolutions[i];
    ConvolutionConstants places;
    for (const Artefact &artefact : result.kernels[program.kernel_of[i]]) {
      const AlignedBuffer weights = packed(artefact, convolution);
      places.packed.push_back(pool.add({weights.data(), weights.size()}));
    }
    for (const Operand &operand : operands(program.kernels[program.kernel_of[i]]))
      places.operands.push_back(operand.role == Role::epilogue && is_constant(convolution, operand)
                                    ? pool.add(constant_bytes(convolution, operand))
                                    : no_constant);
    result.convolutions.push_back(std::move(places));
  }
  for (Buffer &buffer : program.buffers)
    if (buffer.kind == Buffer::Kind::constant)
      buffer.place = static_cast<std::int64_t>(pool.add(buffer.values));
  result.constants = pool.take();
  return result;
}

} // namespace convforge::network
