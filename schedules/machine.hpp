// Machine facts: what the planner knows about a target, as named functions in one place. They describe the
// least machine of a target's class (data of the vendors' optimisation manuals), not the one at hand: plans
// do not depend on the host.
#pragma once

#include "target/target.hpp"

namespace convforge {

/// float32 lanes of the widest vector.
constexpr int vector_lanes(const Target &target) {
  switch (target.isa) {
  case Isa::avx512:
    return 16;
  case Isa::avx2:
    return 8;
  case Isa::sse41:
    return 4;
  }
  return 1;
}

constexpr int vector_registers(const Target &target) {
  return target.isa == Isa::avx512 ? 32 : 16;
}

/// Without FMA a product needs a register of its own before it is added.
constexpr bool has_fma(const Target &target) {
  return target.isa != Isa::sse41;
}

/// AVX-512 instructions take a broadcast scalar from memory as an operand.
constexpr bool has_embedded_broadcast(const Target &target) {
  return target.isa == Isa::avx512;
}

/// Vector multiply-adds started per cycle (SSE4.1: one multiply and one add).
constexpr double fma_per_cycle(const Target &target) {
  return has_fma(target) ? 2.0 : 1.0;
}
constexpr double loads_per_cycle(const Target & /*target*/) {
  return 2.0;
}
constexpr double instructions_per_cycle(const Target & /*target*/) {
  return 4.0;
}
/// Ports that vector arithmetic shares. llvm-mca's model of Skylake-X charges every 512-bit load or broadcast
/// a micro-op there too; tiles that keep clear of that are as fast as others where it is not so (measured on
/// Zen 5).
constexpr double arithmetic_ports(const Target & /*target*/) {
  return 3.0;
}
constexpr bool loads_take_arithmetic_ports(const Target &target) {
  return target.isa == Isa::avx512;
}

/// Cycles from one multiply-add to the next that needs its result.
constexpr double fma_latency(const Target &target) {
  return target.isa == Isa::avx2 ? 5.0 : 4.0;
}

constexpr long l1_bytes(const Target & /*target*/) {
  return 32 << 10;
}
constexpr long l2_bytes(const Target &target) {
  return target.isa == Isa::avx512 ? 1 << 20 : 256 << 10;
}
/// One core's share of what a class of CPUs has in common.
constexpr long l3_bytes(const Target & /*target*/) {
  return 4 << 20;
}
/// Sustained by one core.
constexpr double l2_bytes_per_cycle(const Target &target) {
  return target.isa == Isa::avx512 ? 32.0 : 20.0;
}
constexpr double l3_bytes_per_cycle(const Target & /*target*/) {
  return 10.0;
}
constexpr double memory_bytes_per_cycle(const Target & /*target*/) {
  return 5.0;
}

} // namespace convforge
