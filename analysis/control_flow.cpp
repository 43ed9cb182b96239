#include "analysis/control_flow.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace convforge {
namespace {

std::vector<Block> find_blocks(const Function &function) {
  const std::vector<Instruction> &code = function.instructions;
  std::set<std::uint64_t> leaders;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i].target)
      leaders.insert(*code[i].target);
    if (i == 0 || (code[i - 1].flow != Flow::next && code[i - 1].flow != Flow::call))
      leaders.insert(code[i].address);
  }
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (leaders.contains(code[i].address))
      blocks.push_back({i, i, {}, {}});
    blocks.back().end = i + 1;
  }
  return blocks;
}

void connect(std::vector<Block> &blocks, const Function &function) {
  std::map<std::uint64_t, std::size_t> block_at;
  for (std::size_t b = 0; b < blocks.size(); ++b)
    block_at[function.instructions[blocks[b].begin].address] = b;
  const auto edge = [&](std::size_t from, std::size_t to) {
    if (std::ranges::find(blocks[from].successors, to) != blocks[from].successors.end())
      return;
    blocks[from].successors.push_back(to);
    blocks[to].predecessors.push_back(from);
  };
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Instruction &last = function.instructions[blocks[b].end - 1];
    if (last.target && block_at.contains(*last.target))
      edge(b, block_at[*last.target]);
    if (last.flow != Flow::jump && last.flow != Flow::stop && b + 1 < blocks.size())
      edge(b, b + 1);
  }
}

/// Row b holds the blocks that dominate b; empty for blocks that the entry does not reach. By iteration to
/// the fixed point.
using Dominators = std::vector<std::vector<bool>>;

bool refine(Dominators &dominators, const std::vector<Block> &blocks, std::size_t block) {
  std::vector<bool> common;
  for (const std::size_t from : blocks[block].predecessors) {
    if (dominators[from].empty())
      continue;
    if (common.empty())
      common = dominators[from];
    else
      std::transform(common.begin(), common.end(), dominators[from].begin(), common.begin(),
                     std::logical_and<bool>());
  }
  if (common.empty())
    return false;
  common[block] = true;
  const bool changed = common != dominators[block];
  dominators[block] = std::move(common);
  return changed;
}

Dominators find_dominators(const std::vector<Block> &blocks) {
  Dominators dominators(blocks.size());
  if (blocks.empty())
    return dominators;
  dominators[0].assign(blocks.size(), false);
  dominators[0][0] = true;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t b = 1; b < blocks.size(); ++b)
      changed |= refine(dominators, blocks, b);
  }
  return dominators;
}

/// Adds to the loop every block that reaches `latch` without passing the header.
void grow(std::set<std::size_t> &body, const std::vector<Block> &blocks, std::size_t latch) {
  std::vector<std::size_t> open{latch};
  while (!open.empty()) {
    const std::size_t block = open.back();
    open.pop_back();
    if (body.insert(block).second)
      open.insert(open.end(), blocks[block].predecessors.begin(), blocks[block].predecessors.end());
  }
}

std::vector<Loop> find_loops(const std::vector<Block> &blocks) {
  const Dominators dominators = find_dominators(blocks);
  std::vector<Loop> loops;
  for (std::size_t header = 0; header < blocks.size(); ++header) {
    Loop loop{.header = header, .blocks = {}, .latches = {}, .parent = {}};
    std::set<std::size_t> body{header};
    for (const std::size_t from : blocks[header].predecessors) {
      if (dominators[from].empty() || !dominators[from][header])
        continue;
      loop.latches.push_back(from);
      grow(body, blocks, from);
    }
    loop.blocks.assign(body.begin(), body.end());
    if (!loop.latches.empty())
      loops.push_back(std::move(loop));
  }
  return loops;
}

void nest(std::vector<Loop> &loops) {
  for (std::size_t inner = 0; inner < loops.size(); ++inner)
    for (std::size_t outer = 0; outer < loops.size(); ++outer) {
      if (inner == outer || !loops[outer].holds(loops[inner].header))
        continue;
      loops[outer].innermost = false;
      std::optional<std::size_t> &parent = loops[inner].parent;
      if (!parent || loops[outer].blocks.size() < loops[*parent].blocks.size())
        parent = outer;
    }
}

} // namespace

bool Loop::holds(std::size_t block) const {
  return std::ranges::binary_search(blocks, block);
}

std::optional<std::size_t> ControlFlow::loop_of(std::size_t block) const {
  std::optional<std::size_t> smallest;
  for (std::size_t i = 0; i < loops.size(); ++i)
    if (loops[i].holds(block) && (!smallest || loops[i].blocks.size() < loops[*smallest].blocks.size()))
      smallest = i;
  return smallest;
}

ControlFlow control_flow(const Function &function) {
  ControlFlow flow{find_blocks(function), {}};
  connect(flow.blocks, function);
  flow.loops = find_loops(flow.blocks);
  nest(flow.loops);
  return flow;
}

} // namespace convforge
