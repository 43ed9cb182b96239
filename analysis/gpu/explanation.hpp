// What `convforge explain` says of a GPU kernel.
#pragma once

#include "analysis/gpu/sass.hpp"
#include "artefact/gpu/artefact.hpp"
#include "compiler/gpu/assemble.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace convforge {

struct Occupancy {
  int blocks = 0; ///< on a multiprocessor at once
  int warps = 0;
  double share = 0;  ///< of the warps that a multiprocessor can hold
  std::string limit; ///< what stops one more block: "registers", "shared memory", "threads", "blocks"
};

struct GpuExplanation {
  GpuArtefact artefact;
  unsigned shared_bytes = 0;
  double bytes_per_flop = 0; ///< read from global memory by all blocks, and written
  double waves = 0;          ///< blocks over what the whole chip holds at once
  bool assembled = false;    ///< the rest is known
  int registers = 0, spill_bytes = 0, stack_bytes = 0;
  Occupancy occupancy;
  std::optional<SassLoop> loop; ///< nothing without nvdisasm
};

/// Assembles and disassembles if the tools are there.
GpuExplanation explain_gpu(const GpuArtefact &artefact, const GpuTools &tools = installed_gpu_tools());
/// Blocks of a kernel that fit a multiprocessor (registers are allotted to warps, 256 at a time).
Occupancy occupancy_of(const Target &target, int threads, int registers, unsigned shared_bytes);

std::string render_text(const GpuExplanation &explanation);
nlohmann::ordered_json render_json(const GpuExplanation &explanation);

} // namespace convforge
