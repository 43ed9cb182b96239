// How evenly the tasks of a plan share out between threads.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// The time of two threads in parts of half the time of one: 1 is perfect. Of `tasks` of equal length.
double imbalance(int tasks);
/// Of a plan's own tasks. `problem` is the layer's, or the one the loops run over.
double imbalance(const Plan &plan, const Problem &problem);

/// Plans do not know the number of threads: bad sharing between two costs a fifth of what it would cost them,
/// and 2 % more where it keeps them from 1.8 times the speed of one.
/// The factor on the time of one thread by which plans are compared, predicted or measured.
double sharing_factor(const Plan &plan, const Problem &problem);

} // namespace convforge
