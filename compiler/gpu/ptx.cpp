#include "compiler/gpu/ptx.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <sstream>

namespace convforge {

namespace {

void replace_all(std::string &text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string without_comments(const std::string &ptx) {
  std::istringstream lines(ptx);
  std::string line, kept;
  while (std::getline(lines, line)) {
    line.erase(std::min(line.find("//"), line.size()));
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (!line.empty() && line.find('\0') == std::string::npos)
      kept += line + '\n';
  }
  return kept;
}

} // namespace

std::string canonical_ptx(std::string ptx, const std::string &symbol, std::vector<GpuLaunch> &launches) {
  ptx = without_comments(ptx);
  replace_all(ptx, ".ftz", "");
  for (const std::string_view operation : {"add", "sub", "mul"})
    replace_all(ptx, fmt::format("{}.f32", operation), fmt::format("{}.rn.f32", operation));
  for (std::size_t i = 0; i < launches.size(); i++) {
    const std::string name = i == 0 ? symbol : fmt::format("{}_{}", symbol, i);
    if (ptx.find(".entry " + launches[i].kernel + "(") == std::string::npos)
      throw Error("PTX: no entry " + launches[i].kernel);
    replace_all(ptx, launches[i].kernel, name);
    launches[i].kernel = name;
  }
  return with_shared_base(ptx, symbol + "_shared");
}

} // namespace convforge
