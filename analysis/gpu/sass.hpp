// Reads nvdisasm's text: the hot loop of a kernel, and what its instructions are.
#pragma once

#include <map>
#include <string>

namespace convforge {

struct SassLoop {
  int instructions = 0;
  std::map<std::string, int> count; ///< by operation: "FFMA", "LDS", ...
  double share(const std::string &operation) const;
};

/// The innermost loop with the most multiply-adds; without a loop (everything is written out), the whole
/// code.
SassLoop hot_loop(const std::string &sass);

} // namespace convforge
