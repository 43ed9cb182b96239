// How evenly the tasks of a plan share out between threads.
#pragma once

#include "plan/plan.hpp"
#include "planner/candidate.hpp"
#include "problem/problem.hpp"

namespace convforge {

/// The time of two threads in parts of half the time of one: 1 is perfect. Of `tasks` of equal length.
double imbalance(int tasks);
/// Of a plan's own tasks. `problem` is the layer's, or the one the loops run over.
double imbalance(const Plan &plan, const Problem &problem);

/// Tasks of the loops over rows and columns of pixels, of all images.
int pixel_tasks(const Plan &plan, const Problem &problem);
/// Of tasks that each region has for itself, weighed by its channels. `problem` is the one the loops run
/// over.
double imbalance_of_regions(const Plan &plan, const Problem &problem);

/// Plans do not know the number of threads: bad sharing between two costs a fifth of what it would cost them.
/// The factor on the time of one thread by which plans are compared.
double sharing_factor(const Plan &plan, const Problem &problem);
/// The cost with that factor on its total.
Cost shared(Cost cost, const Plan &plan, const Problem &problem);
/// Of measured times, which tell plans apart that are 2 % from each other, it asks that much more of one that
/// keeps two threads from 1.8 times the speed of one.
double measured_sharing_factor(const Plan &plan, const Problem &problem);

} // namespace convforge
