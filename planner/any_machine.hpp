// Kernels that any machine may run (the machine `generic`): no plan is the best everywhere, and the one whose
// worst loss is least is taken. A plan's loss on a machine is its predicted time over that of the best plan
// proposed for it there.
#pragma once

#include "planner/candidate.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace convforge {

/// Predicted cycles of a plan on a machine, and the least of what is proposed for that machine.
struct MachineTime {
  std::string machine;
  double cycles = 0, least = 0;
  double loss() const { return cycles / least; }
};

/// A plan's times on all machines that run the target (machines_of()). The plan may come from anywhere.
std::vector<MachineTime> times_by_machine(const Plan &plan, const Problem &problem, const Target &target);

struct AnyMachineChoice {
  Candidate candidate; ///< its cost is that of the least machine of the target's class
  double worst_loss = 1;
  std::size_t machines = 1;
};

/// Of all that is proposed for any of the machines (`only`: of that algorithm) the plan of the least worst
/// loss; of equal ones that of the least mean. Takes as long as planning for every machine by itself. Nothing
/// where the algorithm does not apply.
std::optional<AnyMachineChoice> choose_for_any_machine(const Problem &problem, const Target &target,
                                                       std::optional<Algorithm> only);

} // namespace convforge
