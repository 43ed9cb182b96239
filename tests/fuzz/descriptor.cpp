// A problem as text: its descriptor in the first line, then the values of all_problem_flags(), a line each;
// an empty line leaves the flag out.
#include "base/split.hpp"
#include "fuzz/fuzz_target.hpp"
#include "fuzz/printed_problem.hpp"
#include "problem/problem_flags.hpp"

namespace convforge::fuzz {
namespace {

Problem parse(std::string_view text) {
  std::string_view descriptor;
  ProblemText rest;
  std::size_t line_number = 0;
  for (const std::string_view line : split(text, '\n')) {
    if (line_number == 0)
      descriptor = line;
    else if (line_number <= all_problem_flags().size() && !line.empty())
      rest.*all_problem_flags()[line_number - 1].text = line;
    ++line_number;
  }
  return Problem::parse(descriptor, rest);
}

} // namespace

void check(Input input) {
  check_taken(parse(text_of(input)));
}

} // namespace convforge::fuzz
