#include "planner/cost.hpp"
#include "base/integer.hpp"

#include "planner/tiles.hpp"

#include <algorithm>
#include <cmath>

namespace convforge {

namespace {

/// The mean of power eight, of squares and roots: unlike pow(), they take no time and are the same to the
/// last bit on every machine.
double crowded(double a, double b) {
  const auto eighth_power = [](double x) {
    x *= x;
    x *= x;
    return x * x;
  };
  return std::sqrt(std::sqrt(std::sqrt(eighth_power(a) + eighth_power(b))));
}

/// What an iteration's first multiply-adds wait for the loads of `pixels` vectors of scalars: LLVM starts
/// none in the iteration before.
double cycles_of_first_loads(const MachineFacts &machine, int pixels, bool all_registers) {
  if (machine.first_loads_cycles == 0)
    return 0;
  return std::max<double>(pixels, machine.first_loads_cycles) +
         (all_registers ? machine.first_loads_of_all_registers : 0);
}

} // namespace

RegistersHeld registers_held(const Target &target, const RegisterTile &tile) {
  RegistersHeld held{
      .accumulators = tile.accumulators(), .vectors = tile.vectors, .products = target.fma ? 0 : 1};
  if (tile.columns > 1) {
    held.vectors = tile.vectors * tile.columns;
    held.scalars = tile.columns;
  } else if (tile.lanes == 1) {
    // One vector beside many broadcasts, each used once: LLVM loads up to three of them ahead and spills
    // (seen with 14 x 1 and 12 x 1 on AVX2). AVX-512 takes them as operands in memory.
    held.scalars = target.broadcast_lanes > 1  ? tile.scalars
                   : tile.vectors > 1          ? std::max(1, tile.kept)
                   : tile.kept > 1             ? tile.kept
                   : target.embedded_broadcast ? 0
                                               : std::min(4, tile.scalars);
  } else if (tile.lanes_of_tap) {
    held.scalars = ceil_div(tile.scalars, tile.lanes);
  } else {
    held.scalars = tile.scalars;
    held.vectors = tile.lanes_innermost ? tile.vectors * tile.lanes : std::min(2, tile.vectors * tile.lanes);
  }
  return held;
}

int registers_used(const Target &target, const RegisterTile &tile) {
  return registers_held(target, tile).total();
}

bool spills_unrolled(const Target &target, const RegisterTile &tile) {
  return tile.vectors == 1 && !target.embedded_broadcast &&
         registers_used(target, tile) + 2 > target.vector_registers;
}

double cycles_per_tap(const Platform &platform, const RegisterTile &tile) {
  const double fmas = tile.accumulators();
  const bool shared = tile.columns > 1;
  const double broadcasts = shared ? double(tile.positions) / tile.columns : tile.scalar_loads();
  const double loads = tile.vectors + broadcasts;
  const bool broadcast_instructions = shared || !platform.target.embedded_broadcast || tile.vectors != 1;
  const double separate_loads = tile.vectors + (broadcast_instructions ? broadcasts : 0) + tile.converted;
  // 11 x 1 on AVX2 is 11 multiply-adds in 26 micro-operations: 85 % of the peak, and 188 us where 6 x 2 takes
  // 169 (576 to 96 channels at 14x14, measured on Zen 5).
  const bool whole_loop =
      platform.target.broadcast_lanes == 1 && !shared && spills_unrolled(platform.target, tile);
  const double loop = whole_loop ? tile.loop_instructions : 1;
  const double instructions = fmas * (platform.target.fma ? 1 : 2) + separate_loads + loop;
  const double arithmetic =
      fmas + std::max(platform.machine.arithmetic_per_load * separate_loads, double(tile.converted));
  // Ports that are all nearly busy get in each other's way: a tile of 28 x 1 (29 loads in 14 cycles of
  // multiply-adds) runs at 95 % of the peak, one of 14 x 2 (16 loads) at 99 % (measured on Zen 5). A high
  // power mean says so; the greatest of them would not.
  const double vector = tile.elements == 0 ? 1 : time_of_vector(platform, tile.elements);
  const double busy =
      crowded(vector * fmas / fma_per_cycle(platform), vector * loads / platform.machine.loads_per_cycle);
  const bool loads_first = tile.lanes > 1 && !tile.lanes_of_tap && !tile.lanes_innermost;
  const bool all_registers = registers_used(platform.target, tile) == platform.target.vector_registers;
  const double waiting =
      loads_first ? cycles_of_first_loads(platform.machine, tile.scalars, all_registers) / tile.lanes : 0;
  // Where columns share elements an accumulator's taps follow one another, and what waits for it is not far
  // enough apart: 8 pixels of 3 columns, whose chains take as long as all multiply-adds, run at 91 % of the
  // peak (64 to 64 channels at 56x56: 2457 us, 16 channels x 4 pixels 2246; Zen 3, AVX2).
  const double chains = platform.machine.fma_latency;
  return std::max({shared ? crowded(busy, chains) : busy, chains,
                   instructions / platform.machine.instructions_per_cycle,
                   vector * arithmetic / platform.machine.arithmetic_ports}) +
         loads * platform.machine.exposed_cycles_per_load + waiting;
}

double short_sum_cycles(const MachineFacts &machine, const RegisterTile &tile) {
  return machine.short_sum_cycles + machine.short_sum_cycles_per_accumulator *
                                        std::max(0.0, tile.accumulators() - machine.accumulators_hidden);
}

void Traffic::add(const Platform &platform, double bytes, double distance) {
  // Half of L1 and three quarters of L2: the rest is taken by what streams past.
  if (distance <= 0.5 * platform.machine.l1_bytes)
    return;
  (distance <= 0.75 * platform.machine.l2_bytes   ? l2
   : distance <= 0.75 * platform.machine.l3_bytes ? l3
                                                  : memory) += bytes;
}

double stored_in_pieces(const Platform &platform, double bytes, double piece, double whole) {
  if (piece >= std::min(whole, whole_piece))
    return 0;
  Traffic traffic;
  traffic.add(platform, bytes, bytes);
  return traffic.beyond_l2() ? platform.machine.stream_in_pieces * traffic.cycles(platform) : 0;
}

double used_share_of_taps(const Problem &problem) {
  return 1 - double(problem.zeros.taps.size()) / double(problem.volume(&Axis::kernel));
}

double Traffic::cycles(const Platform &platform) const {
  return (l2 + l3 + memory) / platform.machine.l2_bytes_per_cycle +
         (l3 + memory) / platform.machine.l3_bytes_per_cycle +
         memory / platform.machine.memory_bytes_per_cycle;
}

} // namespace convforge
