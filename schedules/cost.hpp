// The cost of a register tile: cycles for the whole layer, from what the machine starts per cycle.
#pragma once

#include "machine.hpp"

namespace convforge {

/// One register tile: `vectors` accumulator vectors beside `scalars` broadcast elements.
struct RegisterTile {
  int vectors = 1;
  int scalars = 1;
  int accumulators() const { return vectors * scalars; }
};

/// Registers that a tile occupies: accumulators, one loaded vector per accumulator row, a broadcast element
/// (none where it is an operand in memory and used once) and, without FMA, a product.
int registers_used(const Target &target, const RegisterTile &tile);

/// Cycles per tap (one step of the reduction) of a tile. `bytes_from_l2`: what of the vectors loaded per tap
/// comes from L2.
double cycles_per_tap(const Target &target, const RegisterTile &tile, double bytes_from_l2);

} // namespace convforge
