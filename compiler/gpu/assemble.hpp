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

/// The programs to call: paths, or names that PATH has; "" for none.
struct GpuTools {
  std::string ptxas, nvdisasm;
};
/// Those that the build found, else whatever PATH has.
GpuTools installed_gpu_tools();

/// For the artefact's own architecture; nothing where ptxas is not installed. Throws Error when it refuses
/// the PTX.
std::optional<Assembled> assemble(const GpuArtefact &artefact, const GpuTools &tools = installed_gpu_tools());
/// The machine code as text; nothing where nvdisasm is not installed.
std::optional<std::string> disassemble_cubin(const std::vector<std::uint8_t> &cubin,
                                             const GpuTools &tools = installed_gpu_tools());

} // namespace convforge
