#include "analysis/gpu/sass.hpp"

#include <regex>
#include <sstream>
#include <vector>

namespace convforge {

namespace {

struct Code {
  std::vector<std::string> operations; ///< without predicate and modifiers
  std::map<std::string, std::size_t> labels;
  struct Branch {
    std::size_t at;
    std::string label;
  };
  std::vector<Branch> branches;
};

/// Lines are labels, ".L_x_1:", and instructions, "/*0040*/  @!P0 FFMA.FTZ R1, R2, R3, R4 ;".
Code parse(const std::string &sass) {
  static const std::regex label(R"(^\s*(\.L_\w+):)");
  static const std::regex instruction(
      R"(^\s*/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9]*)([^;]*);)");
  static const std::regex target(R"((\.L_\w+))");
  Code code;
  std::istringstream lines(sass);
  std::string line;
  std::smatch match, to;
  while (std::getline(lines, line)) {
    if (std::regex_search(line, match, label)) {
      code.labels[match[1]] = code.operations.size();
    } else if (std::regex_search(line, match, instruction)) {
      const std::string operands = match[2];
      if (match[1] == "BRA" && std::regex_search(operands, to, target))
        code.branches.push_back({code.operations.size(), to[1]});
      code.operations.push_back(match[1]);
    }
  }
  return code;
}

SassLoop count(const Code &code, std::size_t first, std::size_t last) {
  SassLoop loop;
  for (std::size_t i = first; i <= last && i < code.operations.size(); i++) {
    loop.instructions++;
    loop.count[code.operations[i]]++;
  }
  return loop;
}

} // namespace

double SassLoop::share(const std::string &operation) const {
  const auto found = count.find(operation);
  return found == count.end() ? 0 : double(found->second) / instructions;
}

SassLoop hot_loop(const std::string &sass) {
  const Code code = parse(sass);
  struct Range {
    std::size_t first, last;
  };
  std::vector<Range> loops;
  for (const Code::Branch &branch : code.branches) {
    const auto label = code.labels.find(branch.label);
    // A kernel ends in a branch to itself that is never taken.
    if (label != code.labels.end() && label->second < branch.at)
      loops.push_back({label->second, branch.at});
  }
  SassLoop hot;
  for (const Range &loop : loops) {
    bool innermost = true;
    for (const Range &other : loops) {
      const bool same = other.first == loop.first && other.last == loop.last;
      innermost = innermost && (same || other.first < loop.first || other.last > loop.last);
    }
    const SassLoop now = count(code, loop.first, loop.last);
    const bool hotter = now.count.count("FFMA") != 0 &&
                        (hot.instructions == 0 || now.count.at("FFMA") > hot.count.at("FFMA"));
    if (innermost && hotter)
      hot = now;
  }
  return hot.instructions > 0 || code.operations.empty() ? hot : count(code, 0, code.operations.size() - 1);
}

} // namespace convforge
