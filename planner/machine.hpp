// Machine facts: what the planner knows about a target, as named functions in one place. They describe the
// least machine of a target's class (data of the vendors' optimisation manuals), not the one at hand: plans
// do not depend on the host.
#pragma once

#include "problem/element_type.hpp"
#include "target/target.hpp"

namespace convforge {

/// Of the widest vector.
constexpr int vector_bytes(const Target &target) {
  switch (target.isa) {
  case Isa::avx512:
    return 64;
  case Isa::avx2:
    return 32;
  case Isa::sse41:
  case Isa::neon:
    return 16;
  case Isa::cuda:
    break; // generator/target/gpu_machine.hpp
  }
  return static_cast<int>(bytes_of(ElementType::f32));
}
/// Its lanes, of what sums are computed in.
constexpr int vector_lanes(const Target &target, ElementType accumulator = ElementType::f32) {
  return vector_bytes(target) / static_cast<int>(bytes_of(accumulator));
}

/// Do loads and stores take a part of a vector of that type? AVX2 masks 32-bit lanes at least; where LLVM has
/// no instruction it branches for each lane.
constexpr bool masks_vectors(const Target &target, ElementType type) {
  return type == ElementType::f32 || target.isa == Isa::avx512;
}

constexpr int vector_registers(const Target &target) {
  return target.isa == Isa::avx512 || target.isa == Isa::neon ? 32 : 16;
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
  if (target.isa == Isa::neon)
    return target.core == CoreClass::in_order ? 1.0 : 4.0; // Cortex-A55; Neoverse V1, Apple M1
  return has_fma(target) ? 2.0 : 1.0;
}
constexpr double loads_per_cycle(const Target &target) {
  if (target.isa == Isa::neon)
    return target.core == CoreClass::in_order ? 1.0 : 3.0;
  return 2.0;
}
constexpr double instructions_per_cycle(const Target &target) {
  if (target.isa == Isa::neon)
    return target.core == CoreClass::in_order ? 2.0
                                              : 6.0; // llvm-mca's model of Apple's; Neoverse V1 has more
  return 4.0;
}
/// Ports that vector arithmetic shares. llvm-mca's model of Skylake-X charges every 512-bit load or broadcast
/// a micro-op there too; tiles that keep clear of that are as fast as others where it is not so (measured on
/// Zen 5).
constexpr double arithmetic_ports(const Target &target) {
  if (target.isa == Isa::neon)
    return fma_per_cycle(target);
  return 3.0;
}
constexpr bool loads_take_arithmetic_ports(const Target &target) {
  return target.isa == Isa::avx512;
}

/// Cycles that a load beside multiply-adds costs after all: in-order cores do not hide all of it (llvm-mca's
/// models of Cortex-A55 and A510).
constexpr double exposed_cycles_per_load(const Target &target) {
  return target.core == CoreClass::in_order ? 0.5 : 0.0;
}

/// Cycles in which an iteration's first multiply-adds wait for the loads of its `pixels` vectors of scalars:
/// LLVM starts none in the iteration before. By llvm-mca's model of Cortex-A510 three, or half a cycle for
/// each load where that is more, and one more in a tile of all registers, where LLVM finds none to load into
/// (7x12: 45 cycles for 42 of multiply-adds, 5x20: 54 for 50, 14x4: 35 for 28). It starts two multiply-adds a
/// cycle; the class is counted with one, so that these cycles count twice.
constexpr double exposed_cycles_of_first_loads(const Target &target, int pixels, bool all_registers) {
  if (target.isa != Isa::neon || target.core != CoreClass::in_order)
    return 0;
  return (pixels > 6 ? pixels : 6) + (all_registers ? 2 : 0);
}

/// Input channels whose scalars one load can bring, where multiply-adds take a lane of a register.
constexpr int broadcast_lanes(const Target &target) {
  return target.isa == Isa::neon ? 4 : 1;
}
/// Channel vectors of a tile worth a thought. In Winograd's products in-order ARM cores take a tile's lanes
/// one after another, all their weights in registers: more than two vectors of them spill.
constexpr int most_channel_vectors(const Target &target) {
  if (target.isa == Isa::neon)
    return target.core == CoreClass::in_order ? 2 : 6;
  return 4;
}
/// The same for direct loops in NHWC. On in-order ARM cores every vector of weights is a load instruction,
/// and beside six of them there is room for four pixels only: less than 75 % multiply-adds.
constexpr int most_direct_channel_vectors(const Target &target) {
  return target.isa == Isa::neon && target.core == CoreClass::in_order ? 5 : most_channel_vectors(target);
}

/// Accumulators and rows of a depthwise tile. Half of the registers where multiply-adds read the other
/// operand from memory; a quarter on ARM, where inputs and weights of the taps under way hold registers: one
/// row of 8 pixels does not spill at stride 2 and loads, on paper, as fast as it multiplies (llvm-mca: 5.5
/// cycles an output vector of 3x3 on Neoverse N1, as with 2x8 at stride 1, which does spill with an
/// epilogue).
constexpr int most_depthwise_accumulators(const Target &target) {
  return vector_registers(target) / (target.isa == Isa::neon ? 4 : 2);
}
constexpr int most_depthwise_rows(const Target &target) {
  return target.isa == Isa::neon ? 1 : 2;
}

/// Cycles from one multiply-add to the next that needs its result.
constexpr double fma_latency(const Target &target) {
  return target.isa == Isa::avx2 ? 5.0 : 4.0;
}

/// Of all targets here.
constexpr int line_bytes = 64;
constexpr int line_elements(ElementType type) {
  return line_bytes / static_cast<int>(bytes_of(type));
}

constexpr long l1_bytes(const Target & /*target*/) {
  return 32 << 10;
}
constexpr long l2_bytes(const Target &target) {
  if (target.isa == Isa::neon)
    return target.core == CoreClass::in_order ? 128 << 10
                                              : 512 << 10; // the least of Cortex-A55's and A76's options
  return target.isa == Isa::avx512 ? 1 << 20 : 256 << 10;
}
/// What one core finds of the cache that it shares.
constexpr long l3_bytes(const Target &target) {
  return target.isa == Isa::avx512 ? 16 << 20 : 8 << 20;
}
/// Sustained by one core.
constexpr double l2_bytes_per_cycle(const Target &target) {
  return target.isa == Isa::avx512 ? 32.0 : 20.0;
}
constexpr double l3_bytes_per_cycle(const Target & /*target*/) {
  return 16.0;
}
constexpr double memory_bytes_per_cycle(const Target & /*target*/) {
  return 6.0;
}

/// Of a padded copy: a load and a store of a vector every few cycles.
constexpr double copied_bytes_per_cycle(const Target & /*target*/) {
  return 16.0;
}

/// On one long stream that prefetchers follow, from L3 or memory, while it computes (measured on Zen 5: 7 to
/// 11).
constexpr double stream_bytes_per_cycle(const Target & /*target*/) {
  return 9.0;
}
/// Input channels that a Winograd transform takes side by side: a cache line of V on ARM, whose vectors are a
/// quarter of one.
constexpr int most_transformed_channels(const Target &target) {
  return target.isa == Isa::neon ? 16 : vector_lanes(target);
}
/// A Winograd transform's time for each vector that it stores or loads, part of them in L2 (measured on Zen
/// 5; llvm-mca: Neoverse V1 1.0 to 1.2, Apple M1 1.1 to 1.5, Cortex-A55 5 to 6, A510 3 to 4.5).
constexpr double transform_cycles_per_vector(const Target &target) {
  if (target.core == CoreClass::in_order)
    return 5.0;
  return has_fma(target) ? 1.3 : 2.0;
}
/// How much of a stream from beyond L2 shows although there is arithmetic to hide it (measured on Zen 5).
/// Cores in order, where nothing is measured, are taken to prefetch as well: to charge them all of it in
/// Winograd's products, and none in direct loops, kept direct for layers that take 18 % fewer instructions by
/// Winograd.
constexpr double exposed_share_of_stream(const Target &target) {
  return target.core == CoreClass::in_order ? 0.5 : 0.25;
}

} // namespace convforge
