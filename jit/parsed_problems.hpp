// Problems by their text, so that the C interface, which has text only, finds a kernel in memory without
// parsing it again (3 us, where all else of a memory hit takes 0.04).
#pragma once

#include "convforge/jit.h"
#include "problem/problem.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace convforge {

/// Thread-safe.
class ParsedProblems {
public:
  /// Keeps up to `capacity` problems.
  explicit ParsedProblems(std::size_t capacity) : capacity_(capacity) {}
  /// None yet, in a child of fork() (per_process.hpp).
  explicit ParsedProblems(ParsedProblems &of_parent) : capacity_(of_parent.capacity_) {}

  /// Throws Error as Problem::parse does; an error is not kept.
  std::shared_ptr<const Problem> parse(const convforge_jit_problem &text);

private:
  std::size_t capacity_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Problem>> problems_;
};

} // namespace convforge
