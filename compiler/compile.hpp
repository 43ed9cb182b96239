// From a plan to an artefact: Halide algebra, its schedule, an object file.
#pragma once

#include "artefact/artefact.hpp"

#include <string>

namespace convforge {

/// Extra human-readable outputs of the compiler, made on request.
struct Listing {
  std::string assembly; ///< Halide's assembly, with the names of the object
  std::string stmt;     ///< Halide's lowered statement
};

/// Compiles `problem` by `plan`. Thread-safe. Throws Error. `listing` may be null.
Artefact compile(const Problem &problem, const Plan &plan, const Target &target, const std::string &name,
                 Listing *listing = nullptr);
/// The same with the planner's own plan.
Artefact compile(const Problem &problem, const Target &target, const std::string &name);

} // namespace convforge
