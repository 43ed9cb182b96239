// Platform: what a plan is made for, a target and the facts of a machine that runs it.
#pragma once

#include "problem/element_type.hpp"
#include "target/machine.hpp"
#include "target/target.hpp"

namespace convforge {

/// Of a machine that nothing is said of: the generic one.
struct Platform {
  explicit Platform(const Target &on, const Machine &by = {}) : target(on), machine(by.facts(on)) {}

  const Target &target;
  MachineFacts machine;
};

/// Accumulators of a vector.
inline int vector_lanes(const Target &target) {
  return target.lanes(ElementTypes{}.accumulator());
}

/// Input channels that a Winograd transform takes side by side, at most.
inline int most_transformed_channels(const Target &target) {
  return target.tiles.transformed_vectors * vector_lanes(target);
}

/// Vector multiply-adds started per cycle; without FMA each is a multiplication and an addition.
inline double fma_per_cycle(const Platform &platform) {
  return platform.machine.fma_ports / (platform.target.fma ? 1 : 2);
}

/// Where half a vector takes half the time, do vectors of halves leave fewer lanes without a channel? (Fewer
/// channels than a vector has take a narrower one as it is.) 96 to 24 channels 1x1 at 56x56 take 126 us with
/// 3 halves x 8 pixels, 167 with 2 vectors x 14 (Zen 4).
inline bool half_vectors_leave_less(const Platform &platform, int channels) {
  const int lanes = vector_lanes(platform.target), rest = channels % lanes;
  return platform.machine.vectors_in_two_passes > 0 && channels > lanes && rest > 0 && rest <= lanes / 2;
}

/// What a vector of that many elements takes of the time of the target's whole one.
inline double time_of_vector(const Platform &platform, int elements) {
  const bool half = 2 * elements <= vector_lanes(platform.target);
  return half && platform.machine.vectors_in_two_passes > 0 ? 0.5 : 1;
}

/// Do loads and stores take a part of a vector of that type? AVX2 masks 32-bit lanes at least; where LLVM has
/// no instruction it branches for each lane.
inline bool masks_vectors(const Target &target, ElementType type) {
  return type == ElementType::f32 || target.masks_halves;
}

/// A cache line: of all targets here.
constexpr int line_bytes = 64;
constexpr int line_elements(ElementType type) {
  return line_bytes / static_cast<int>(bytes_of(type));
}

} // namespace convforge
