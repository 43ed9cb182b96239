#include "analysis/hot_loops.hpp"

#include "analysis/call_counts.hpp"
#include "analysis/spills.hpp"

#include <algorithm>

namespace convforge {
namespace {

std::vector<Instruction> instructions_of(const Profile &from, std::span<const std::size_t> blocks) {
  std::vector<Instruction> code;
  for (const std::size_t block : blocks)
    code.insert(
        code.end(),
        from.function->instructions.begin() + static_cast<std::ptrdiff_t>(from.flow.blocks[block].begin),
        from.function->instructions.begin() + static_cast<std::ptrdiff_t>(from.flow.blocks[block].end));
  return code;
}

int depth_of(const ControlFlow &flow, std::optional<std::size_t> loop) {
  int depth = 0;
  for (; loop; loop = flow.loops[*loop].parent)
    ++depth;
  return depth;
}

HotCode region(const Profile &from, std::span<const std::size_t> blocks, bool loop, const Target &target) {
  HotCode code;
  code.function = from.function->name;
  code.loop = loop;
  code.depth = depth_of(from.flow, from.flow.loop_of(blocks.front()));
  code.executions = from.block_runs[blocks.front()];
  code.exact = from.block_exact[blocks.front()];
  code.frame_pointer = keeps_frame_pointer(*from.function);
  code.instructions = instructions_of(from, blocks);
  code.arithmetic = count_arithmetic(code.instructions, target);
  return code;
}

/// The innermost loops of the function, and each block outside them by itself.
std::vector<HotCode> regions(const Profile &from, const Target &target) {
  std::vector<HotCode> result;
  for (const Loop &loop : from.flow.loops)
    if (loop.innermost)
      result.push_back(region(from, loop.blocks, true, target));
  for (std::size_t block = 0; block < from.flow.blocks.size(); ++block)
    if (const auto loop = from.flow.loop_of(block); !loop || !from.flow.loops[*loop].innermost)
      result.push_back(region(from, std::span(&block, 1), false, target));
  return result;
}

} // namespace

HotCodeList find_hot_code(std::span<const Function> functions, const Target &target, double share) {
  std::vector<Profile> profiles;
  for (const Function &function : functions)
    profiles.push_back(profile(function, assumed_trips));
  CallCounts counts = count_calls(profiles, assumed_trips);

  HotCodeList list;

  for (const Profile &one : profiles)
    for (HotCode &code : regions(one, target)) {
      code.executions *= counts.calls[code.function];
      code.exact &= counts.exact[code.function];
      list.multiply_adds += code.executions * code.arithmetic.multiply_adds;
      if (code.executions > 0 && code.arithmetic.multiply_adds > 0) {
        list.exact &= code.exact;
        list.code.push_back(std::move(code));
      }
    }
  for (HotCode &code : list.code)
    code.share = code.executions * code.arithmetic.multiply_adds / list.multiply_adds;
  std::ranges::stable_sort(list.code, std::ranges::greater(), &HotCode::share);
  double covered = 0;
  const auto cold = std::ranges::find_if(list.code, [&](const HotCode &code) {
    const bool enough = covered >= share;
    covered += code.share;
    return enough;
  });
  list.code.erase(cold, list.code.end());
  return list;
}

} // namespace convforge
