// Tiles of GPU plans, and the model that compares them.
#pragma once

#include "plan/gpu_plan.hpp"
#include "target/gpu_machine.hpp"

namespace convforge {

/// Fills in tile and chunk of a direct or pointwise plan: the fewest predicted cycles.
void choose_matrix_tile(GpuPlan &plan, const Problem &shape, const GpuMachine &machine);
void choose_depthwise_tile(GpuPlan &plan, const Problem &shape);

/// Bytes of shared memory that a chunk takes.
int shared_bytes(const Problem &shape, const GpuPlan &plan);
/// Predicted share of FMAs among the instructions of the hot loop.
double fma_share(const GpuPlan &plan);
/// Predicted cycles of the whole layer on the whole chip, launch aside.
double predicted_cycles(const Problem &shape, const GpuPlan &plan, const GpuMachine &machine);
/// Bytes read from global memory (through L2, mostly) per floating-point operation: each block reads its
/// inputs and weights once per chunk.
double bytes_per_flop(const GpuPlan &plan);

} // namespace convforge
