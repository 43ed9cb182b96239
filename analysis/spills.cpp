#include "analysis/spills.hpp"

#include "analysis/control_flow.hpp"
#include "analysis/vector_code.hpp"

#include <algorithm>
#include <string_view>

namespace convforge {
namespace {

/// "[rsp]", "[rsp + 64]" or "[rsp - 8]" behind a size; not "[rsp + rcx]" nor "[rsp + 4*rcx + 64]". AArch64:
/// "[sp]",
/// "[sp, #64]" and "[x29, #-16]".
bool is_slot(std::string_view operand, bool frame_pointer) {
  const std::size_t open = operand.find('[');
  if (open == std::string_view::npos)
    return false;
  std::string_view inside = operand.substr(open + 1, operand.find(']') - open - 1);
  const auto starts = [&](std::string_view base) {
    return inside.substr(0, inside.find_first_of(" ,")) == base;
  };
  if (!starts("rsp") && !starts("sp") && !(frame_pointer && (starts("rbp") || starts("x29"))))
    return false;
  inside.remove_prefix(std::min(inside.find_first_of(" ,"), inside.size()));
  return inside.find_first_not_of(" +-,#0123456789") == std::string_view::npos;
}

} // namespace

bool keeps_frame_pointer(const Function &function) {
  return std::ranges::any_of(function.instructions, [](const Instruction &instruction) {
    const bool arm = instruction.mnemonic == "mov" || instruction.mnemonic == "add";
    return instruction.text() == "mov rbp, rsp" ||
           (arm && instruction.operands.size() > 1 && instruction.operands[0] == "x29" &&
            instruction.operands[1] == "sp");
  });
}

Spills count_spills(std::span<const Instruction> code, bool frame_pointer) {
  Spills spills;
  for (const Instruction &instruction : code) {
    const std::vector<std::string> &operands = instruction.operands;
    const bool on_vectors =
        std::ranges::any_of(operands, [](const auto &o) { return !vector_register(o).empty(); });
    const auto slot =
        std::ranges::find_if(operands, [&](const auto &o) { return is_slot(o, frame_pointer); });
    if (!on_vectors || slot == operands.end())
      continue;
    // x86 names the destination first; AArch64 the register, for which "str" and "stp" store.
    const bool arm = instruction.mnemonic.starts_with("ld") || instruction.mnemonic.starts_with("st");
    const bool store = arm ? instruction.mnemonic.starts_with("st") : slot == operands.begin();
    (store ? spills.stores : spills.reloads) += arm ? static_cast<int>(slot - operands.begin()) : 1;
  }
  return spills;
}

Spills spills_in_loops(const Function &function) {
  const ControlFlow flow = control_flow(function);
  const bool frame_pointer = keeps_frame_pointer(function);
  const std::span<const Instruction> code = function.instructions;
  Spills sum;
  for (const Loop &loop : flow.loops) {
    if (!loop.innermost)
      continue;
    for (const std::size_t block : loop.blocks) {
      const auto &[begin, end, successors, predecessors] = flow.blocks[block];
      const Spills spills = count_spills(code.subspan(begin, end - begin), frame_pointer);
      sum.stores += spills.stores;
      sum.reloads += spills.reloads;
    }
  }
  return sum;
}

} // namespace convforge
