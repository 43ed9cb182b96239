// What an object's instructions need of a CPU. Halide reaches some instructions through the features of whole
// CPUs only, which let LLVM use more than a target's row is after: the object says what was used.
#pragma once

#include "base/error.hpp"
#include "target/target.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace convforge {

/// An instruction that the features of no bit promise.
class InstructionNotPromised : public Error {
public:
  using Error::Error;
};

/// The CONVFORGE_CPU_* bits that the instructions of `object` (an ELF file for `target`) need: for targets
/// with AVX-512 VNNI the least of AVX-512, that and VNNI, and that and Ice Lake's; for all others, to which
/// Halide is told just what their bits promise, the target's. Throws InstructionNotPromised, naming
/// it, on an instruction outside of the target's features. Thread-safe.
std::uint32_t needed_features(const std::vector<std::uint8_t> &object, const Target &target);

/// The same of x86-64 machine code, from CONVFORGE_CPU_AVX512 with all below it up to Ice Lake's.
std::uint32_t needed_x86_features(std::span<const std::uint8_t> code);

} // namespace convforge
