// The problems of a soak, with tensors and what the oracle expects.
#pragma once

#include "convforge/jit.hpp"
#include "target/target.hpp"
#include "verify/compare.hpp"
#include "verify/fill.hpp"
#include "verify/random.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace convforge::soak {

/// One random problem. Thread-safe.
class Case {
public:
  explicit Case(int number);

  const Problem &problem() const { return problem_; }
  /// Runs the kernel, in one of several ways; empty, or what is wrong with its output.
  std::string check(const JitKernel &kernel, Random &random) const;

private:
  std::shared_ptr<const Reference> reference(const std::vector<WinogradTile> &tiles) const;

  Problem problem_;
  Tensors tensors_;
  mutable std::mutex mutex_;
  mutable std::map<std::vector<WinogradTile>, std::shared_ptr<const Reference>> references_;
};

/// The targets that this CPU runs, by name.
std::vector<std::string> targets();

} // namespace convforge::soak
