#include "analysis/trip_count.hpp"
#include "base/integer.hpp"

#include "analysis/counting.hpp"

#include <algorithm>
#include <string_view>

namespace convforge {
namespace {

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
  std::string condition; ///< "ne": go on while the register differs from the limit
};

std::optional<Counter> find_counter(const Function &function, const ControlFlow &flow, const Loop &loop) {
  const Block &latch = flow.blocks[loop.latches.front()];
  const Instruction &jump = function.instructions[latch.end - 1];
  if (jump.flow != Flow::branch ||
      jump.target != function.instructions[flow.blocks[loop.header].begin].address)
    return {};
  std::size_t test = latch.end - 1;
  while (test > latch.begin && !writes_flags(function.instructions[test - 1]))
    --test;
  if (test == latch.begin)
    return {};
  --test;
  const Instruction &flags = function.instructions[test];
  if (flags.operands.empty())
    return {};
  Counter counter{wide_name(flags.operands.front()), 0, 0, std::string(condition_of(jump))};
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
  if (condition == "ne")
    return distance > 0 && distance % step == 0 ? std::optional(distance / step) : std::nullopt;
  const bool before = up ? condition == "l" || condition == "b" : condition == "g" || condition == "a";
  const bool until = up ? condition == "le" || condition == "be" : condition == "ge" || condition == "ae";
  // An unsigned comparison equals a signed one only while the counter stays on one side of zero.
  const bool is_unsigned = condition.starts_with("a") || condition.starts_with("b");
  if (is_unsigned && (begin < 0 || counter.limit < (up ? 0 : step)))
    return {};
  if (before)
    return std::max<std::int64_t>(1, ceil_div(distance, step));
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
