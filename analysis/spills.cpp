#include "analysis/spills.hpp"

#include "analysis/vector_code.hpp"

#include <algorithm>
#include <string_view>

namespace convforge {
namespace {

/// "[rsp]", "[rsp + 64]" or "[rsp - 8]" behind a size; not "[rsp + rcx]" nor "[rsp + 4*rcx + 64]".
bool is_slot(std::string_view operand, bool frame_pointer) {
  const std::size_t open = operand.find('[');
  if (open == std::string_view::npos)
    return false;
  std::string_view inside = operand.substr(open + 1, operand.find(']') - open - 1);
  if (!inside.starts_with("rsp") && !(frame_pointer && inside.starts_with("rbp")))
    return false;
  inside.remove_prefix(3);
  return inside.find_first_not_of(" +-0123456789") == std::string_view::npos;
}

} // namespace

bool keeps_frame_pointer(const Function &function) {
  return std::ranges::any_of(function.instructions, [](const Instruction &instruction) {
    return instruction.text() == "mov rbp, rsp";
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
    ++(slot == operands.begin() ? spills.stores : spills.reloads);
  }
  return spills;
}

} // namespace convforge
