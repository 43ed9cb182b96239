// Which targets this machine's compilers and programs are of, whatever its CPU has.
#pragma once

#include "target/target.hpp"

namespace convforge {

/// Whether it is one of this machine's architecture, which may lack its features all the same: runs_here().
inline bool of_this_architecture(const Target &target) {
#if defined(__x86_64__)
  return target.triple.starts_with("x86_64-");
#elif defined(__aarch64__)
  return target.triple.starts_with("aarch64-");
#else
  return false;
#endif
}

} // namespace convforge
