// NVIDIA's own tools, where they are installed: ptxas makes machine code of PTX, nvdisasm reads it back.
#pragma once

#include "artefact/gpu/artefact.hpp"

#include <optional>
#include <string>
#include <vector>

namespace convforge {

/// What ptxas says of a kernel.
struct Assembled {
  std::vector<std::uint8_t> cubin;
  int registers = 0;
  int spill_bytes = 0; ///< stores and loads
  int stack_bytes = 0;
  int shared_bytes = 0; ///< static
};

/// For the artefact's own architecture; nothing where ptxas is not installed. Throws Error when it refuses
/// the PTX. CONVFORGE_PTXAS and CONVFORGE_NVDISASM in the environment name other programs ("" for none).
std::optional<Assembled> assemble(const GpuArtefact &artefact);
/// The machine code as text; nothing where nvdisasm is not installed.
std::optional<std::string> disassemble_cubin(const std::vector<std::uint8_t> &cubin);

} // namespace convforge
