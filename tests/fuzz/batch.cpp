// Lists of problems, as --batch reads them from a file.
#include "base/memory_file.hpp"
#include "fuzz/fuzz_target.hpp"
#include "verify/problem_list.hpp"

#include <fstream>

namespace convforge::fuzz {
namespace {

std::vector<Problem> read(std::string_view text) {
  const MemoryFile file;
  std::ofstream(file.path(), std::ios::binary) << text;
  return read_problem_list(file.path());
}

} // namespace

void check(Input input) {
  const std::vector<Problem> problems = read(text_of(input));
  require(!problems.empty(), "a list has problems");
  std::string printed;
  for (const Problem &problem : problems)
    printed += problem_line(problem) + "\n";
  const std::vector<Problem> again = read(printed);
  require(again == problems, "a printed list is the same");
  for (std::size_t i = 0; i < problems.size(); i++)
    require(again[i].name == problems[i].name, "printed names are the same");
}

} // namespace convforge::fuzz
