// Tuning: what is known of the machine that will run the kernels, as one argument of the planner.
#pragma once

#include "planner/tuned.hpp"
#include "target/machine.hpp"

#include <memory>
#include <string>
#include <vector>

namespace convforge {

/// A value; copies share the tables.
struct Tuning {
  Machine machine;                                           ///< generic, if nothing else is said
  std::vector<std::shared_ptr<const TunedPlans>> plans = {}; ///< asked in this order, then the model
};

/// A tuning, and a line for each entry of its file that is left out.
struct NamedTuning {
  Tuning tuning;
  std::vector<std::string> complaints;
};

/// The machine of that name (find_machine()), with the plans of a file ("" for none) before those shipped for
/// it. Throws Error for a name that is not known, and for a file that cannot be read or is none of plans.
NamedTuning find_tuning(std::string_view machine, const std::string &plans);

} // namespace convforge
