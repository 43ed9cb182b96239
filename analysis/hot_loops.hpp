// Hot code: the innermost loops and straight blocks that together execute 95 % of a kernel's multiply-adds.
//
// How often code runs is read from the object itself:
//   executions(block) = calls of its function x product of the trip counts of the loops around it,
// with constant trip counts (trip_count.hpp) and the constant count of each parallel-for. What the code does
// not say (a counter in memory, a condition) counts as `assumed_trips`, and `exact` is then false: shares are
// estimates, right as long as the code they compare lies in the same loops of unknown length, as the tiles of
// one kernel do.
#pragma once

#include "analysis/disassemble.hpp"
#include "analysis/vector_code.hpp"

#include <span>
#include <string>
#include <vector>

namespace convforge {

/// For loops of unknown length. The usual one has two iterations: compilers make a flag of such a loop's
/// counter.
inline constexpr double assumed_trips = 2;

struct HotCode {
  std::string function;
  bool loop = false;     ///< an innermost loop; else a straight block, repeated only by the loops around it
  int depth = 0;         ///< loops around the instructions, this one included
  double executions = 0; ///< of the instructions in one call of the kernel
  bool exact = true;     ///< no loop's length was assumed for `executions`
  double share = 0;      ///< of the kernel's multiply-adds, 0 to 1
  bool frame_pointer = false; ///< of the function
  std::vector<Instruction> instructions;
  Arithmetic arithmetic; ///< of one pass over the instructions
};

struct HotCodeList {
  std::vector<HotCode> code; ///< greatest share first
  double multiply_adds = 0;  ///< lanes that the whole kernel executes, as counted
  bool exact = true;         ///< no count around a multiply-add was assumed
};

HotCodeList find_hot_code(std::span<const Function> functions, const Target &target, double share = 0.95);

} // namespace convforge
