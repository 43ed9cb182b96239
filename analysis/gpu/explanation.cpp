#include "analysis/gpu/explanation.hpp"

#include "plan/pointwise.hpp"
#include "problem/operand.hpp"
#include "target/gpu_machine.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace convforge {

namespace {

/// Every block reads the inputs and weights of its tile once per chunk; depthwise reads each of its rows as
/// often as a window covers it, from the cache, so that what counts is the tensor.
double global_bytes(const Problem &problem, const GpuPlan &plan) {
  const Problem shape = shape_of(problem, plan.algorithm);
  const std::vector<Operand> list = operands(problem);
  const auto bytes = [](const Operand &operand) { return static_cast<double>(operand.bytes()); };
  const Operand &input = list[input_operand], &weights = list[weights_operand];
  double outputs = 0; // and what is read like them; values a channel stay in caches
  for (const Operand &operand : list)
    if (operand.role == Role::output || (operand.role == Role::epilogue && !operand.by_channel()))
      outputs += bytes(operand);
  if (plan.channelwise())
    return bytes(input) + bytes(weights) + outputs;
  const double tile = static_cast<double>(taps_of(shape)) *
                      (static_cast<double>(bytes_of(input.type)) * plan.tile_pixels +
                       static_cast<double>(bytes_of(weights.type)) * plan.tile_channels);
  return static_cast<double>(grid_of(shape, plan).blocks()) * tile + outputs;
}

} // namespace

Occupancy occupancy_of(const Target &target, int threads, int registers, unsigned shared_bytes) {
  const GpuMachine &machine = gpu_machine(target);
  const int warps = round_up(threads, 32) / 32;
  const int block_registers = warps * round_up(registers * 32, 256);
  // The driver keeps 1 KB of shared memory for itself in every block, from compute capability 8.0 on.
  const int block_shared = static_cast<int>(shared_bytes) + (machine.compute_capability >= 80 ? 1024 : 0);
  const std::array<std::pair<int, const char *>, 4> limits{{
      {machine.registers / std::max(1, block_registers), "registers"},
      {machine.shared_bytes / std::max(1, block_shared), "shared memory"},
      {machine.most_threads / (warps * 32), "threads"},
      {machine.most_blocks, "blocks"},
  }};
  const auto least = std::min_element(limits.begin(), limits.end());
  Occupancy occupancy{.blocks = least->first, .warps = least->first * warps, .limit = least->second};
  occupancy.share = occupancy.warps * 32.0 / machine.most_threads;
  return occupancy;
}

GpuExplanation explain_gpu(const GpuArtefact &artefact, const GpuTools &tools) {
  const Problem &problem = artefact.kernel.problem;
  const Target &target = artefact.kernel.target;
  GpuExplanation out;
  out.artefact = artefact;
  out.shared_bytes = artefact.launches.front().shared_bytes;
  out.bytes_per_flop =
      global_bytes(problem, artefact.plan) / (2.0 * static_cast<double>(problem.multiply_adds()));
  const auto assembled = assemble(artefact, tools);
  out.assembled = assembled.has_value();
  if (!assembled)
    return out;
  out.artefact.cubin = assembled->cubin;
  out.registers = assembled->registers;
  out.spill_bytes = assembled->spill_bytes;
  out.stack_bytes = assembled->stack_bytes;
  out.shared_bytes += static_cast<unsigned>(assembled->shared_bytes);
  out.occupancy = occupancy_of(target, artefact.plan.threads(), out.registers, out.shared_bytes);
  const double blocks =
      static_cast<double>(grid_of(shape_of(problem, artefact.plan.algorithm), artefact.plan).blocks());
  out.waves = blocks / (std::max(1, out.occupancy.blocks) * double(gpu_machine(target).multiprocessors));
  if (const auto sass = disassemble_cubin(assembled->cubin, tools))
    out.loop = hot_loop(*sass);
  return out;
}

} // namespace convforge
