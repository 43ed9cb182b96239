// Control flow of one function: its basic blocks and its loops.
//
// A loop is a natural loop: an edge u -> h where h dominates u makes h its header and gives it every block
// that reaches u without passing h; edges to one header make one loop (Aho, Lam, Sethi, Ullman,
// "Compilers", 9.6). Compiled code has no other loops, so anything else counts as straight.
#pragma once

#include "analysis/disassemble.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace convforge {

/// Instructions [begin, end) of the function, entered at the first and left at the last.
struct Block {
  std::size_t begin = 0, end = 0;
  std::vector<std::size_t> successors, predecessors; ///< blocks
};

struct Loop {
  std::size_t header = 0;
  std::vector<std::size_t> blocks;   ///< inner loops' blocks included, ascending
  std::vector<std::size_t> latches;  ///< the blocks that jump back to the header
  std::optional<std::size_t> parent; ///< the loop right around this one
  bool innermost = true;
  bool holds(std::size_t block) const;
};

struct ControlFlow {
  std::vector<Block> blocks; ///< by address; the first is the entry
  std::vector<Loop> loops;   ///< by header
  /// The innermost loop that holds the block.
  std::optional<std::size_t> loop_of(std::size_t block) const;
};

ControlFlow control_flow(const Function &function);

} // namespace convforge
