// Assembles text (Intel syntax, or AArch64) to an ELF object, for tests.
#pragma once

#include "analysis/disassemble.hpp"
#include "target/target.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace convforge::test {

/// A target of that ISA; only what analysis reads is filled in.
Target target_of(Isa isa);
/// Throws std::runtime_error on text that LLVM refuses.
std::vector<std::uint8_t> assemble(const std::string &text, Isa isa = Isa::avx512);
/// The functions of `text`, each written as "name: ..." after ".type name, @function" and closed by ".size".
std::vector<Function> functions_of(const std::string &text, Isa isa = Isa::avx512);
/// One function of that body.
Function function_of(const std::string &body, Isa isa = Isa::avx512);
/// Directives around a body that make it a local function.
std::string define(const std::string &name, const std::string &body);

} // namespace convforge::test
