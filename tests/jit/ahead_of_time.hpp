// A kernel as a build makes it: `convforge compile` in a process of its own, the C compiler, the linker.
#pragma once

#include "convforge/convforge.h"
#include "fixture.hpp"

namespace convforge {

class AheadOfTime {
public:
  /// Throws Error when a program fails.
  AheadOfTime(const Problem &problem, const Target &target);
  ~AheadOfTime();
  AheadOfTime(const AheadOfTime &) = delete;
  AheadOfTime &operator=(const AheadOfTime &) = delete;

  const std::vector<std::uint8_t> &object() const { return object_; }
  const convforge_kernel &kernel() const { return *kernel_; }

private:
  ScratchDirectory directory_;
  std::vector<std::uint8_t> object_;
  void *library_ = nullptr;
  const convforge_kernel *kernel_ = nullptr;
};

} // namespace convforge
