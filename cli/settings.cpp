#include "cli/settings.hpp"

#include <cstdlib>

namespace convforge::cli {

Verbose verbose() {
  return Verbose(read_environment().verbose);
}

GpuTools gpu_tools() {
  GpuTools tools = installed_gpu_tools();
  if (const char *ptxas = std::getenv("CONVFORGE_PTXAS"))
    tools.ptxas = ptxas;
  if (const char *nvdisasm = std::getenv("CONVFORGE_NVDISASM"))
    tools.nvdisasm = nvdisasm;
  return tools;
}

} // namespace convforge::cli
