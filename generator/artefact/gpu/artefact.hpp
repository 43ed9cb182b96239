// GpuArtefact: what compiling one problem for one GPU target gives: device code, and how to launch it, as
// data. There is no host code in it.
#pragma once

#include "artefact/artefact.hpp"
#include "plan/gpu_plan.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace convforge {

/// One launch. Its arguments are the kernel's views, by index (Artefact::views), in the order of the device
/// function's parameters.
struct GpuLaunch {
  std::string kernel; ///< the device function
  std::array<unsigned, 3> grid{}, block{};
  unsigned shared_bytes = 0; ///< asked for at launch
  std::vector<int> views;
};

struct GpuArtefact {
  Artefact kernel; ///< everything that all kernels have; its plan holds algorithm and reason alone
  GpuPlan plan;
  std::string ptx;                 ///< text; OpenCL C where that was asked for
  std::vector<std::uint8_t> cubin; ///< empty: not assembled
  std::vector<GpuLaunch> launches;
};

} // namespace convforge
