// How often each function of a kernel runs in one call of the kernel.
#pragma once

#include "analysis/control_flow.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// A function with its control flow and how often each of its blocks runs each time the function is called.
struct Profile {
  const Function *function = nullptr;
  ControlFlow flow;
  std::vector<double> block_runs;
  std::vector<bool> block_exact; ///< the trip count of every loop around the block was found
};
Profile profile(const Function &function, double assumed_trips);

struct CallCounts {
  std::map<std::string, double> calls; ///< by name of function
  std::map<std::string, bool> exact;   ///< no count on the way to the function was assumed
};
/// Functions that no other calls or takes the address of are called once. A function whose address is taken
/// is the body of a parallel-for (Halide's do_par_for: context, body, first, count, closure) and runs `count`
/// times where that is a constant.
CallCounts count_calls(std::span<const Profile> profiles, double assumed_trips);

} // namespace convforge
