// A target as Halide names it.
#pragma once

#include "target/target.hpp"

#include <Halide.h>

#include <string>

namespace convforge {

/// Without asserts, bounds queries and Halide's runtime: the caller has checked all arguments, and users link
/// no library of Halide's.
inline Halide::Target halide_target(const Target &target) {
  using enum Halide::Target::Feature;
  return Halide::Target(std::string(target.halide))
      .with_feature(NoAsserts)
      .with_feature(NoBoundsQuery)
      .with_feature(NoRuntime);
}

} // namespace convforge
