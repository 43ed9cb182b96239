// Object files: what Halide emits, made into what ConvForge promises. One symbol for the linker,
// hidden beyond the program or shared library that it is linked into, hooks by ConvForge's names, and nothing
// in it that depends on what the process compiled before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// Renames Halide's argument-array entry of `function` to `symbol`, the only global one (of hidden
/// visibility), renames Halide's runtime calls to the hooks of runtime/include/convforge/hooks.h, gives every
/// local function a canonical name and drops comments. Throws Error if the object needs any other symbol.
std::vector<std::uint8_t> canonical_object(const std::vector<std::uint8_t> &object,
                                           const std::string &function, const std::string &symbol);

/// The executable sections, within `object`.
std::vector<std::span<const std::uint8_t>> code_sections(const std::vector<std::uint8_t> &object);

/// Bytes of all executable sections.
std::size_t code_bytes(const std::vector<std::uint8_t> &object);

} // namespace convforge
