// GPU facts: what the planner and `explain` know about a CUDA target, of the vendor's CUDA programming guide
// (technical specifications per compute capability) and white papers.
#pragma once

#include "target/target.hpp"

namespace convforge {

struct GpuMachine {
  int compute_capability;          ///< 80 for 8.0
  int multiprocessors;             ///< of the chip that a data centre has of this kind
  int fp32_lanes;                  ///< multiply-adds started per cycle and multiprocessor
  int most_threads;                ///< resident on a multiprocessor
  int most_blocks;                 ///< the same
  int shared_bytes;                ///< the same
  int registers = 65536;           ///< the same, of 32 bits
  int shared_per_block = 48 << 10; ///< without asking the driver for more
};

/// The facts of a target of Isa::cuda.
const GpuMachine &gpu_machine(const Target &target);

} // namespace convforge
