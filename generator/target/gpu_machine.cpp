#include "target/gpu_machine.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace convforge {

namespace {

constexpr std::array<GpuMachine, 4> machines{{
    {90, 132, 128, 2048, 32, 228 << 10}, // H100
    {86, 84, 128, 1536, 16, 100 << 10},  // A40
    {80, 108, 64, 2048, 32, 164 << 10},  // A100
    {75, 40, 64, 1024, 16, 64 << 10},    // T4
}};

} // namespace

const GpuMachine &gpu_machine(const Target &target) {
  const auto found = std::ranges::find(machines, target.compute_capability, &GpuMachine::compute_capability);
  if (found == machines.end())
    fail("target", std::string(target.name), "cuda-sm75, cuda-sm80, cuda-sm86 or cuda-sm90");
  return *found;
}

} // namespace convforge
