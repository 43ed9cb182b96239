#include "verify/problem_list.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace convforge {
namespace {

constexpr std::string_view blanks = " \t\r";

void set(Problem &problem, const std::string &flag, const std::string &value) {
  if (flag == "--layout")
    problem.layout = parse_layout(value);
  else if (flag == "--weights-layout")
    problem.weights_layout = parse_weights_layout(value);
  else if (flag == "--epilogue")
    problem.epilogue = Epilogue::parse(value);
  else if (flag == "--dtype")
    problem.types = parse_element_types(value);
  else if (flag == "--math")
    problem.math = parse_math(value);
  else if (flag == "--strides") {
    const Strides residual = problem.strides.residual;
    problem.strides = parse_tensor_strides(value, "");
    problem.strides.residual = residual;
  } else if (flag == "--residual-strides")
    problem.strides.residual = parse_strides(value);
  else
    fail("list", flag,
         "--layout, --weights-layout, --epilogue, --dtype, --math, --strides or --residual-strides after the "
         "descriptor");
}

/// The front of a line, up to the blank where its flags begin: a name in quotes may have blanks, and quotes,
/// in it.
std::string_view descriptor_of(std::string_view line) {
  const auto is_end = [&](std::size_t i) { return i >= line.size() || blanks.find(line[i]) != blanks.npos; };
  std::size_t end = std::min(line.find_first_not_of(blanks), line.size());
  while (!is_end(end) && !line.substr(end).starts_with("n\""))
    ++end;
  if (is_end(end))
    return line.substr(0, end);
  const std::size_t last = line.rfind('"'); // flags have none
  if (last == end + 1)
    fail("name", std::string(line.substr(last)), "a quote after it");
  return line.substr(0, last + 1);
}

} // namespace

Problem parse_problem_line(std::string_view line) {
  const std::string_view descriptor = descriptor_of(line);
  std::istringstream words{std::string(line.substr(descriptor.size()))};
  std::string flag, value;
  Problem problem = Problem::parse(descriptor);
  bool weights_layout_given = false;
  while (words >> flag) {
    if (!(words >> value))
      fail("list", flag, "a value after it");
    set(problem, flag, value);
    weights_layout_given |= flag == "--weights-layout";
  }
  if (!weights_layout_given)
    problem.weights_layout = default_weights_layout(problem.layout);
  problem.validate();
  return problem;
}

std::string problem_line(const Problem &problem) {
  std::string line = problem.descriptor();
  if (problem.layout != Layout::nhwc)
    line += fmt::format(" --layout {}", name_of(problem.layout));
  if (problem.weights_layout != default_weights_layout(problem.layout))
    line += fmt::format(" --weights-layout {}", name_of(problem.weights_layout));
  if (!problem.epilogue.ops().empty())
    line += " --epilogue " + problem.epilogue.text();
  if (problem.types != ElementTypes{})
    line += fmt::format(" --dtype {}", name_of(problem.types));
  if (problem.math != Math::standard)
    line += fmt::format(" --math {}", name_of(problem.math));
  for (const auto &[flag, value] : stride_flags(problem))
    line += fmt::format(" {} {}", flag, value);
  return line;
}

std::vector<Problem> read_problem_list(const std::filesystem::path &path) {
  std::ifstream file(path);
  if (!file)
    fail("list", path.string(), "a file that can be read");
  std::vector<Problem> problems;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin == std::string::npos || line[begin] == '#')
      continue;
    try {
      problems.push_back(parse_problem_line(line));
    } catch (const Error &error) {
      throw Error(fmt::format("{}:{}: {}", path.string(), number, error.what()));
    }
  }
  if (file.bad() || problems.empty())
    fail("list", path.string(), "a text file with one descriptor a line");
  return problems;
}

} // namespace convforge
