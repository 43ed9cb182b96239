// Emit: what users link. Turns artefacts (variants of one kernel, best first) into a header, a small C
// source, an object file with constant weights, and a static library. Pure functions of their arguments: no
// clock, no path, no environment. Where variants and constants go together, they are checked: Error when they
// are not one kernel, its name is no free C identifier (kernel_name.hpp) or the constants have another size.
#pragma once

#include "artefact/artefact.hpp"
#include "base/file.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// Operands that become part of the library.
struct Constants {
  /// The weights, packed for each variant in the variants' order; empty: they are an argument.
  std::vector<std::vector<std::uint8_t>> packed;
  /// The bytes of the epilogue's operands that are constants, by their names.
  std::map<std::string, std::vector<std::uint8_t>, std::less<>> operands;
};

/// `conv1.h`: typed functions and constants, documented; C11 and C++17.
std::string emit_header(std::span<const Artefact> variants, const Constants &constants);
/// `conv1.c`: the kernel descriptors and the typed functions' bodies.
std::string emit_source(std::span<const Artefact> variants, const Constants &constants);
/// The objects that belong beside the compiled `conv1.c`: `conv1_<target>.o` for each variant and those of
/// the constants, `conv1_<target>_weights.o`, `conv1_bias.o` and so on.
std::vector<Member> emit_objects(std::span<const Artefact> variants, const Constants &constants);
/// An ELF object that defines `symbol`, of hidden visibility, as these read-only bytes, aligned to 64.
std::vector<std::uint8_t> emit_constants_object(const std::string &symbol,
                                                std::span<const std::uint8_t> bytes, const Target &target);
/// A static library of named members, deterministic (no time stamps or owners).
std::vector<std::uint8_t> emit_archive(std::span<const Member> members);

} // namespace convforge
