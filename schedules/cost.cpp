#include "cost.hpp"

#include <algorithm>
#include <cmath>

namespace convforge {

namespace {

constexpr double crowding = 8;
/// llvm-mca's bound (machine.hpp) is to be kept to 95 % only.
constexpr double arithmetic_slack = 0.95;

} // namespace

int registers_used(const Target &target, const RegisterTile &tile) {
  const bool broadcast_register = !(has_embedded_broadcast(target) && tile.vectors == 1);
  return tile.accumulators() + tile.vectors + (broadcast_register ? 1 : 0) + (has_fma(target) ? 0 : 1);
}

double cycles_per_tap(const Target &target, const RegisterTile &tile) {
  const double fmas = tile.accumulators();
  const double loads = tile.vectors + tile.scalars;
  const bool broadcast_instructions = !(has_embedded_broadcast(target) && tile.vectors == 1);
  const double instructions =
      fmas * (has_fma(target) ? 1 : 2) + tile.vectors + (broadcast_instructions ? tile.scalars : 0) + 1;
  const double separate_loads = tile.vectors + (broadcast_instructions ? tile.scalars : 0);
  const double arithmetic = fmas + (loads_take_arithmetic_ports(target) ? separate_loads : 0);
  // Ports that are all nearly busy get in each other's way: a tile of 28 x 1 (29 loads in 14 cycles of
  // multiply-adds) runs at 95 % of the peak, one of 14 x 2 (16 loads) at 99 % (measured on Zen 5). A high
  // power mean says so; the greatest of them would not.
  const double busy = std::pow(std::pow(fmas / fma_per_cycle(target), crowding) +
                                   std::pow(loads / loads_per_cycle(target), crowding),
                               1 / crowding);
  return std::max({busy, instructions / instructions_per_cycle(target),
                   arithmetic / arithmetic_ports(target) * arithmetic_slack, fma_latency(target)});
}

void Traffic::add(const Target &target, double bytes, double distance) {
  // Half of L1 and three quarters of L2: the rest is taken by what streams past.
  if (distance <= 0.5 * double(l1_bytes(target))) {
    return;
  }
  (distance <= 0.75 * double(l2_bytes(target))   ? l2
   : distance <= 0.75 * double(l3_bytes(target)) ? l3
                                                 : memory) += bytes;
}

double Traffic::cycles(const Target &target) const {
  return (l2 + l3 + memory) / l2_bytes_per_cycle(target) + (l3 + memory) / l3_bytes_per_cycle(target) +
         memory / memory_bytes_per_cycle(target);
}

} // namespace convforge
