// What a register tile and the transfers to it cost, from what the machine starts and moves per cycle.
#pragma once

#include "planner/platform.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// One register tile: `vectors` accumulator vectors beside `scalars` broadcast elements.
struct RegisterTile {
  int vectors = 1;
  int scalars = 1;
  int elements = 0;             ///< of a vector; 0: as many as the target's have
  int lanes = 1;                ///< scalars that one load brings (Plan::broadcast_lanes)
  bool lanes_of_tap = false;    ///< they belong to one tap (weights of several channels), not to one pixel
  bool lanes_innermost = false; ///< Plan::lanes_innermost
  /// Kernel columns whose taps are computed together, and the broadcast elements they need together: fewer
  /// than scalars * columns.
  int columns = 1;
  int positions = 0;
  /// Broadcast elements that neighbouring taps share, where no loop over channels keeps the taps apart: LLVM
  /// holds them in registers from one to the next. 0: none.
  int kept = 0;
  int converted = 0;         ///< vectors that are converted after they are loaded, per tap: halves
  int loop_instructions = 3; ///< of a pass over a tap: addresses, the counter (unrolling shares them)
  int accumulators() const { return vectors * scalars; }
  double scalar_loads() const { return double(scalars) / lanes; } ///< per tap
};

/// Registers that a tile occupies, by what they hold. Where scalars are loaded one by one: a loaded vector
/// for each accumulator row and a broadcast element (none where it is an operand in memory and used once; on
/// ARM all of a tap, since LLVM loads them ahead). Where a load brings a pixel's scalars of several taps:
/// that load for each pixel, and two vectors, one in use and one on its way, or with lanes innermost those of
/// all lanes. Where it brings several scalars of one tap: the tap's loads and vectors. Without FMA, a
/// product. Where columns share elements: their weights, and a window of elements that slides along the row.
struct RegistersHeld {
  int accumulators = 0, vectors = 0, scalars = 0, products = 0;
  int total() const { return accumulators + vectors + scalars + products; }
};
RegistersHeld registers_held(const Target &target, const RegisterTile &tile);
int registers_used(const Target &target, const RegisterTile &tile);

/// Would a loop over input channels, unrolled twice, spill? LLVM loads the broadcasts of both ahead: 11 x 1
/// on AVX2 spilled 7 times.
bool spills_unrolled(const Target &target, const RegisterTile &tile);

/// Cycles per tap (one step of the reduction) of a tile whose operands are in L1.
double cycles_per_tap(const Platform &platform, const RegisterTile &tile);

/// The start and end of a register tile beside sums of a few taps, which the next one's hide or do not.
double short_sum_cycles(const MachineFacts &machine, const RegisterTile &tile);

/// Pieces of memory of this many bytes are read and written as fast as a stream: 512 channels at 28x28
/// depthwise, whose halves and whole pixels took the same time (Emerald Rapids).
constexpr double whole_piece = 1024;

/// A line of the output is read before it is written. 1 to 16 channels at 256x256, 4 MB of output: direct 176
/// us, down the columns 232 to 272, which was chosen when Winograd's output passed once (Emerald Rapids).
constexpr double output_passes = 2;

/// Bytes by where they come from.
struct Traffic {
  double l2 = 0, l3 = 0, memory = 0;

  /// `bytes` that were last touched `distance` bytes of other data ago: still in a level that holds both.
  void add(const Platform &platform, double bytes, double distance);
  bool beyond_l2() const { return l3 + memory > 0; }
  /// A byte from further away passes every level in between, and levels take turns.
  double cycles(const Platform &platform) const;
};

/// Cycles that storing some channels of each pixel, `piece` bytes of its `whole`, costs more than whole
/// pixels one after another, where `bytes` pass beyond L2. 16 to 96 channels at 112x112: blocks of 48 took
/// 310 to 390 us, of 32 294 to 400, all 96 x 3 pixels 249 (Emerald Rapids).
double stored_in_pieces(const Platform &platform, double bytes, double piece, double whole);

/// Of the taps, those whose weights are not known to be zero: sums leave out the others.
double used_share_of_taps(const Problem &problem);

} // namespace convforge
