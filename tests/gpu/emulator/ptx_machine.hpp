// Runs an entry of PTX on the CPU, a thread after the other between barriers, and refuses what a GPU leaves
// undefined: accesses outside of allocations or not aligned to their size, races in shared memory, barriers
// that not all threads of a block reach, launches beyond the limits of compute capability 7.5 to 9.0.
#pragma once

#include "ptx_program.hpp"

#include <array>

namespace emulator {

struct Launch {
  std::array<unsigned, 3> grid, block;
  unsigned shared_bytes = 0;
  std::vector<std::uint64_t> parameters;
};
/// Device memory: where allocations begin, and their bytes.
using Allocations = std::map<std::uint64_t, std::size_t>;

/// Throws std::runtime_error, saying which thread of which block did what.
void run(const Entry &entry, const Launch &launch, const Allocations &allocations);

} // namespace emulator
