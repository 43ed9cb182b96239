// Spills: vector registers that the compiler put on the stack because it ran out of them.
#pragma once

#include "analysis/disassemble.hpp"

#include <span>

namespace convforge {

struct Spills {
  int stores = 0;  ///< vector register to its stack slot
  int reloads = 0; ///< stack slot to vector register, or used in place as a memory operand
  int total() const { return stores + reloads; }
};

/// Does the function keep a frame pointer (mov rbp, rsp)? Otherwise rbp is a register like any other.
bool keeps_frame_pointer(const Function &function);

/// Vector spills in the function's innermost loops: multiply-adds, transforms, copies.
Spills spills_in_loops(const Function &function);

/// Vector spills in `code`: instructions on vector registers with an operand at a constant distance from rsp,
/// or from rbp where that is the frame pointer. An address with an index register is an array on the stack,
/// not a slot; a workspace is reached through other registers.
Spills count_spills(std::span<const Instruction> code, bool frame_pointer);

} // namespace convforge
