#include "analysis/trip_count.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace convforge {
namespace {

bool writes(const Instruction &instruction, const std::string &reg) {
  return std::ranges::find(instruction.writes, reg) != instruction.writes.end();
}

/// A call may overwrite what the System V ABI lets it (psABI, 3.2.1).
bool may_write(const Instruction &instruction, const std::string &reg) {
  static constexpr std::string_view preserved[] = {"RBX", "RBP", "RSP", "R12", "R13", "R14", "R15"};
  if (instruction.flow == Flow::call)
    return std::ranges::find(preserved, reg) == std::end(preserved);
  return writes(instruction, reg);
}

std::optional<std::int64_t> immediate(const Instruction &instruction, std::size_t operand) {
  if (instruction.operands.size() <= operand)
    return {};
  const std::string &text = instruction.operands[operand];
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    return {};
  return value;
}

/// The 64-bit name of a general register operand: "ecx" -> "RCX", "r8d" -> "R8"; empty when it is none or
/// narrower than 32.
std::string wide_name(std::string_view operand) {
  std::string name;
  for (const char c : operand)
    name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  if (name.size() < 2 || name.find('[') != std::string::npos)
    return {};
  if (name[0] == 'E' && name.size() == 3)
    name[0] = 'R';
  if (name[0] == 'R' && name[1] >= '0' && name[1] <= '9' && name.back() == 'D')
    name.pop_back();
  return name[0] == 'R' ? name : std::string();
}

std::optional<std::int64_t> constant_written(const Instruction &instruction) {
  if (instruction.mnemonic == "xor" && instruction.operands.size() == 2 &&
      instruction.operands[0] == instruction.operands[1])
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
  const auto value = immediate(instruction, 1);
  if (instruction.mnemonic == "add")
    return value;
  if (instruction.mnemonic == "sub" && value)
    return -*value;
  return {};
}

/// The only instruction of the loop that writes `reg`.
std::optional<std::size_t> only_write(const Function &function, const ControlFlow &flow, const Loop &loop,
                                      const std::string &reg) {
  std::optional<std::size_t> found;
  for (const std::size_t block : loop.blocks)
    for (std::size_t i = flow.blocks[block].begin; i < flow.blocks[block].end; ++i) {
      const Instruction &instruction = function.instructions[i];
      if (!may_write(instruction, reg))
        continue;
      if (found)
        return {};
      found = i;
    }
  return found;
}

/// What the latch asks before it jumps back.
struct Counter {
  std::string reg;
  std::int64_t limit = 0, step = 0;
  std::string condition; ///< "jne": go on while the register differs from the limit
};

std::optional<Counter> find_counter(const Function &function, const ControlFlow &flow, const Loop &loop) {
  const Block &latch = flow.blocks[loop.latches.front()];
  const Instruction &jump = function.instructions[latch.end - 1];
  if (jump.flow != Flow::branch ||
      jump.target != function.instructions[flow.blocks[loop.header].begin].address)
    return {};
  std::size_t test = latch.end - 1;
  while (test > latch.begin && !writes(function.instructions[test - 1], "EFLAGS"))
    --test;
  if (test == latch.begin)
    return {};
  --test;
  const Instruction &flags = function.instructions[test];
  if (flags.operands.empty())
    return {};
  Counter counter{wide_name(flags.operands.front()), 0, 0, jump.mnemonic};
  const auto increment = only_write(function, flow, loop, counter.reg);
  if (counter.reg.empty() || !increment || *increment < latch.begin || *increment > test)
    return {};
  const auto limit = flags.mnemonic == "cmp" ? immediate(flags, 1) : std::optional<std::int64_t>(0);
  const auto step = step_of(function.instructions[*increment]);
  if (!limit || !step || *step == 0 || (flags.mnemonic != "cmp" && test != *increment))
    return {};
  counter.limit = *limit;
  counter.step = *step;
  return counter;
}

/// Iterations of `do { value += step } while (value condition limit)`.
std::optional<std::int64_t> iterations(const Counter &counter, std::int64_t begin) {
  const bool up = counter.step > 0;
  const std::int64_t distance = up ? counter.limit - begin : begin - counter.limit;
  const std::int64_t step = up ? counter.step : -counter.step;
  const std::string_view condition = counter.condition;
  if (condition == "jne")
    return distance > 0 && distance % step == 0 ? std::optional(distance / step) : std::nullopt;
  const bool before = up ? condition == "jl" || condition == "jb" : condition == "jg" || condition == "ja";
  const bool until = up ? condition == "jle" || condition == "jbe" : condition == "jge" || condition == "jae";
  // An unsigned comparison equals a signed one only while the counter stays on one side of zero.
  const bool is_unsigned = condition.starts_with("ja") || condition.starts_with("jb");
  if (is_unsigned && (begin < 0 || counter.limit < (up ? 0 : step)))
    return {};
  if (before)
    return std::max<std::int64_t>(1, (distance + step - 1) / step);
  if (until)
    return std::max<std::int64_t>(1, distance / step + 1);
  return {};
}

} // namespace

std::optional<std::int64_t> constant_before(const Function &function, const ControlFlow &flow,
                                            std::size_t block, std::size_t at, const std::string &reg) {
  // At most as many steps as there are blocks: a chain of single predecessors that closes on itself is
  // unreachable code.
  for (std::size_t steps = 0; steps < flow.blocks.size(); ++steps) {
    for (std::size_t i = at; i > flow.blocks[block].begin; --i) {
      const Instruction &instruction = function.instructions[i - 1];
      if (may_write(instruction, reg))
        return constant_written(instruction);
    }
    if (block == 0 || flow.blocks[block].predecessors.size() != 1)
      return {};
    block = flow.blocks[block].predecessors.front();
    at = flow.blocks[block].end;
  }
  return {};
}

std::optional<std::int64_t> trip_count(const Function &function, const ControlFlow &flow, const Loop &loop) {
  const std::vector<std::size_t> &into = flow.blocks[loop.header].predecessors;
  if (loop.latches.size() != 1 || into.size() != 2)
    return {};
  const auto counter = find_counter(function, flow, loop);
  if (!counter)
    return {};
  const std::size_t before = into[0] == loop.latches.front() ? into[1] : into[0];
  const auto begin = constant_before(function, flow, before, flow.blocks[before].end, counter->reg);
  return begin ? iterations(*counter, *begin) : std::nullopt;
}

} // namespace convforge
