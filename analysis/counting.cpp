#include "analysis/counting.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace convforge {
namespace {

std::optional<std::int64_t> number(std::string_view text) {
  if (text.starts_with('#'))
    text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return {};
  return value;
}

/// "add x8, x8, #1" has its register twice, "inc rcx" once.
std::size_t last_operand(const Instruction &instruction) {
  const bool thrice = instruction.operands.size() > 2 && instruction.operands[0] == instruction.operands[1];
  return thrice ? 2 : 1;
}

bool is_zero_register(std::string_view operand) {
  return operand == "xzr" || operand == "wzr";
}

} // namespace

bool writes(const Instruction &instruction, const std::string &reg) {
  return std::ranges::find(instruction.writes, reg) != instruction.writes.end();
}

bool writes_flags(const Instruction &instruction) {
  return writes(instruction, "EFLAGS") || writes(instruction, "NZCV");
}

bool may_write(const Instruction &instruction, const std::string &reg) {
  static constexpr std::string_view preserved[] = {"RBX", "RBP", "RSP", "R12", "R13", "R14", "R15",
                                                   "X19", "X20", "X21", "X22", "X23", "X24", "X25",
                                                   "X26", "X27", "X28", "FP",  "SP"};
  if (instruction.flow == Flow::call)
    return std::ranges::find(preserved, reg) == std::end(preserved);
  return writes(instruction, reg);
}

std::string wide_name(std::string_view operand) {
  std::string name;
  for (const char c : operand)
    name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  if (name.size() < 2 || name.find('[') != std::string::npos)
    return {};
  if (name == "X29")
    return "FP";
  if (name == "X30")
    return "LR";
  const bool arm = (name[0] == 'X' || name[0] == 'W') && name[1] >= '0' && name[1] <= '9';
  if (arm)
    return 'X' + name.substr(1);
  if (name[0] == 'E' && name.size() == 3)
    name[0] = 'R';
  if (name[0] == 'R' && name[1] >= '0' && name[1] <= '9' && name.back() == 'D')
    name.pop_back();
  return name[0] == 'R' ? name : std::string();
}

std::optional<std::int64_t> immediate(const Instruction &instruction, std::size_t operand) {
  if (instruction.operands.size() <= operand)
    return {};
  const auto value = number(instruction.operands[operand]);
  if (!value || instruction.operands.size() == operand + 1)
    return value;
  constexpr std::string_view shift = "lsl #";
  const std::string_view rest = instruction.operands[operand + 1];
  const auto by = rest.starts_with(shift) ? number(rest.substr(shift.size())) : std::nullopt;
  return by ? std::optional(*value << *by) : std::nullopt;
}

std::optional<std::int64_t> constant_written(const Instruction &instruction) {
  if (instruction.operands.size() != 2)
    return {};
  if (instruction.mnemonic == "xor" && instruction.operands[0] == instruction.operands[1])
    return 0;
  if (instruction.mnemonic == "mov" && is_zero_register(instruction.operands[1]))
    return 0;
  if (instruction.mnemonic == "mov" || instruction.mnemonic == "movabs")
    return immediate(instruction, 1);
  return {};
}

std::optional<std::int64_t> step_of(const Instruction &instruction) {
  if (instruction.mnemonic == "inc")
    return 1;
  if (instruction.mnemonic == "dec")
    return -1;
  const auto value = immediate(instruction, last_operand(instruction));
  if (instruction.mnemonic == "add" || instruction.mnemonic == "adds")
    return value;
  if ((instruction.mnemonic == "sub" || instruction.mnemonic == "subs") && value)
    return -*value;
  return {};
}

std::string_view condition_of(const Instruction &branch) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> arm{{{"ne", "ne"},
                                                                                      {"eq", "e"},
                                                                                      {"lo", "b"},
                                                                                      {"cc", "b"},
                                                                                      {"hs", "ae"},
                                                                                      {"cs", "ae"},
                                                                                      {"hi", "a"},
                                                                                      {"ls", "be"},
                                                                                      {"lt", "l"},
                                                                                      {"ge", "ge"},
                                                                                      {"gt", "g"},
                                                                                      {"le", "le"}}};
  const std::string_view mnemonic = branch.mnemonic;
  if (!mnemonic.starts_with("b."))
    return mnemonic.substr(std::min<std::size_t>(1, mnemonic.size()));
  const auto found = std::ranges::find(arm, mnemonic.substr(2), [](const auto &pair) { return pair.first; });
  return found == arm.end() ? std::string_view() : found->second;
}

} // namespace convforge
