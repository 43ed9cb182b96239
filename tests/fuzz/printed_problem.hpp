// What must hold of every problem that a reader takes.
#pragma once

#include "fuzz/fuzz_target.hpp"
#include "problem/operand.hpp"
#include "problem/problem_flags.hpp"

#include <limits>

namespace convforge::fuzz {

inline Problem printed_and_parsed(const Problem &problem) {
  const std::string descriptor = problem.descriptor();
  const auto values = problem_flags(problem);
  ProblemText rest;
  for (const auto &[flag, value] : values)
    for (const ProblemFlag &known : all_problem_flags())
      if (known.flag == flag)
        rest.*known.text = value;
  return Problem::parse(descriptor, rest);
}

/// Of a problem that was taken, nothing outgrows its type: products that do end the process (UBSan).
inline void count(const Problem &problem) {
  require(problem.multiply_adds() > 0, "there are multiply-adds");
  require(problem.parameters() > 0, "there are parameters");
  constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
  for (const Operand &operand : operands(problem)) {
    require(operand.elements() > 0, "a tensor has elements");
    require(operand.bytes() > 0 && operand.bytes() <= most, "32-bit offsets reach all of a tensor");
  }
}

inline void check_taken(const Problem &problem) {
  const Problem again = printed_and_parsed(problem);
  require(again == problem && again.name == problem.name, "a printed problem is the same");
  require(again.canonical() == problem.canonical(), "equal problems have one canonical text");
  require(hash_value(again) == hash_value(problem), "equal problems have one hash");
  count(problem);
}

} // namespace convforge::fuzz
