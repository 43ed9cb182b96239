// What a register tile and the transfers to it cost, from what the machine starts and moves per cycle.
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

/// Cycles per tap (one step of the reduction) of a tile whose operands are in L1.
double cycles_per_tap(const Target &target, const RegisterTile &tile);

/// Bytes by where they come from.
struct Traffic {
  double l2 = 0, l3 = 0, memory = 0;

  /// `bytes` that were last touched `distance` bytes of other data ago: still in a level that holds both.
  void add(const Target &target, double bytes, double distance);
  /// A byte from further away passes every level in between, and levels take turns.
  double cycles(const Target &target) const;
};

} // namespace convforge
