// What single instructions mean to a convolution: vector registers and multiply-adds. x86 (SSE4.1, AVX2,
// AVX-512) and AArch64; the one file to extend for another instruction set.
#pragma once

#include "analysis/disassemble.hpp"
#include "target/target.hpp"

#include <set>
#include <span>
#include <string>
#include <string_view>

namespace convforge {

/// The vector register that an operand is, without its width ("zmm3{k1}", "v3.4s" and "q3" -> "3"); empty
/// when it is something else.
std::string_view vector_register(std::string_view operand);
bool is_memory(std::string_view operand);

/// Arithmetic of a run of instructions: of float32 in lanes, of 8-bit integers in products.
struct Arithmetic {
  int multiply_adds =
      0; ///< without fused instructions (SSE4.1, pmaddwd) a multiplication and an addition are one
  int instructions = 0;               ///< that do them
  std::set<std::string> accumulators; ///< vector registers that they add to
  std::set<std::string> registers;    ///< vector registers that the run names at all
};
Arithmetic count_arithmetic(std::span<const Instruction> code, const Target &target);

} // namespace convforge
