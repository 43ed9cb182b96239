#include "cost.hpp"

#include <algorithm>

namespace convforge {

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
  return std::max({fmas / fma_per_cycle(target), loads / loads_per_cycle(target),
                   instructions / instructions_per_cycle(target), arithmetic / arithmetic_ports(target),
                   fma_latency(target)});
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
