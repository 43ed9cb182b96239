// The facts of a machine's row that can be measured in seconds.
#pragma once

#include "target/machine.hpp"
#include "target/target.hpp"

#include <vector>

namespace convforge::cli {

struct MeasuredMachine {
  double hertz = 0; ///< the clock while it was measured
  std::vector<KnownFact> facts;
};

/// Of this machine, by vectors of `target`, which it must run. On a quiet machine: what others take is
/// missing.
MeasuredMachine measure_machine(const Target &target);

} // namespace convforge::cli
