// Kernels whose code has instructions that no bit of their target promises, written in others. Halide reaches
// vpdpbusd by the features of Sapphire Rapids, which has encodings that Ice Lake and Zen 4 lack.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// LLVM's assembly of a kernel with what Sapphire Rapids has beside AVX-512 VNNI and Ice Lake's features, as
/// far as it has been seen in kernels, in other words: dot products of AVX-VNNI (vectors of up to 256 bits)
/// by AVX-512's encoding, and the moves of 16 bits of AVX-512 FP16 by insertions, extractions and shifts of
/// bytes.
std::string with_promised_instructions(std::string_view assembly);

/// An ELF file for x86-64 of LLVM's assembly in AT&T's syntax. Throws Error with the first line that is
/// refused. Thread-safe.
std::vector<std::uint8_t> assemble(const std::string &assembly);

} // namespace convforge
