// Counting: what single instructions mean to a loop's counter, in the syntax of x86 and of AArch64.
#pragma once

#include "analysis/disassemble.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace convforge {

/// Does the instruction write the flags that conditional branches read?
bool writes_flags(const Instruction &instruction);
bool writes(const Instruction &instruction, const std::string &reg);
/// As above, a call counting for every register that the ABI lets it overwrite (x86: psABI, 3.2.1; AArch64:
/// AAPCS64, 6.1.1).
bool may_write(const Instruction &instruction, const std::string &reg);

/// The full name of a general register operand, as Instruction::writes has it: "ecx" -> "RCX", "w8" -> "X8";
/// empty when it is none, or narrower than 32 bits.
std::string wide_name(std::string_view operand);
/// "3", "#3" or "#3, lsl #12" at that operand.
std::optional<std::int64_t> immediate(const Instruction &instruction, std::size_t operand);
/// The constant that the instruction leaves in its destination, if it is one.
std::optional<std::int64_t> constant_written(const Instruction &instruction);
/// What it adds to its destination.
std::optional<std::int64_t> step_of(const Instruction &instruction);
/// The condition of a branch by x86's name: "jne", "b.ne" -> "ne"; AArch64's unsigned ones as "b", "ae", "a",
/// "be", its signed ones as "l", "ge", "g", "le".
std::string_view condition_of(const Instruction &branch);

} // namespace convforge
