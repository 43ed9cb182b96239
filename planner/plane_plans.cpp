#include "planner/plane_plans.hpp"

#include "base/integer.hpp"
#include "plan/channels_last.hpp"
#include "planner/checks.hpp"
#include "planner/cost.hpp"
#include "planner/rearranged_plans.hpp"
#include "planner/tasks.hpp"
#include "planner/tiles.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "problem/window_planes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <numeric>

namespace convforge {

namespace {

/// From NCHW and to it in squares: transposed_plans.cpp.
constexpr double squares_of_planes = 1 / 3.0;

/// Vectors of channels that each lie in one plane; 0: too short ones.
int lanes_of_plane(const Problem &problem, const Target &target) {
  const int lanes = 1 << std::countr_zero(unsigned(problem.group_in()));
  return lanes >= vector_lanes(target) / 2 ? lanes : 0;
}

bool can_read_in_place(const Family &family, const Problem &problem, const Target &target) {
  return &family == &winograd_family && problem.layout == Layout::nhwc && window_planes_in_place(problem) &&
         lanes_of_plane(problem, target) > 0;
}

std::string planes_in_words(const Problem &problem) {
  const int planes = problem.depth().kernel;
  return planes == 1 ? ", planes as images"
                     : fmt::format(", the channels of {} planes as one image's", planes);
}

void add_plans_in_place(std::vector<Candidate> &plans, const Family &family, const Problem &problem,
                        const Platform &platform) {
  for (Candidate &candidate : family.plans(planes_read_in_place(problem), platform)) {
    WinogradPart &winograd = candidate.plan.winograd();
    winograd.prefetch = false; // the next task's rows are those of several planes
    winograd.input_lanes = std::min(winograd.input_lanes, lanes_of_plane(problem, platform.target));
    candidate.plan.planes = Planes::channels;
    candidate.reason += planes_in_words(problem);
    plans.push_back(std::move(candidate));
  }
}

/// Rows that are whole register tiles of every region: no region then computes more of a task than another.
int rows_of_tiles(const Plan &plan) {
  constexpr int most = 1 << 20; // more than any image has; of plans that nobody proposed products overflow
  long rows = 1;
  for (const Region &region : plan.regions)
    rows = std::min(long(most), std::lcm(rows, long(std::max(1, region.tile_h))));
  return static_cast<int>(rows);
}

/// Whole rows, and as many as L2 holds.
void fit_rows_of_planes(Plan &plan, const Problem &shape, const Platform &platform) {
  plan.columns_per_task = shape.width().output;
  if (plan.algorithm == Algorithm::winograd)
    return;
  const int fits = std::max(1, static_cast<int>(share_of_l2 * platform.machine.l2_bytes / row_bytes(shape)));
  const int height = shape.height().output;
  const int rows = even_piece(height, std::min(plan.rows_per_task, fits));
  plan.rows_per_task = std::min(height, round_up(rows, rows_of_tiles(plan)));
}

/// The input is read and written, rows that tasks share for each of them, and the output is.
double gathering_of_planes(const Problem &shape, const Plan &plan, const Platform &platform) {
  const double bytes = rearranged_bytes(shape, plan);
  const Region &region = plan.regions.front();
  const double kept = double(pixels_kept(shape, plan, region).bytes + sums_kept(shape, plan, region).bytes);
  return copied_cycles(platform, bytes, kept, plan.transposed ? squares_of_planes : 1);
}

/// Winograd tiles of several images are those of planes of one.
bool divides_planes(const Plan &plan, const Problem &problem) {
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  return !winograd || problem.depth().output % winograd->images_per_task == 0;
}

void add_gathered_plans(std::vector<Candidate> &plans, const Family &family, const Problem &problem,
                        const Platform &platform) {
  const Problem shape = window_planes(problem), inner = channels_last(shape);
  for (Candidate &candidate : family.plans(inner, platform)) {
    Plan &plan = candidate.plan;
    if (!can_rearrange(plan, shape) || plan.parallel == ParallelAxis::channels ||
        !divides_planes(plan, problem))
      continue;
    plan.planes = Planes::gathered;
    plan.transposed = problem.layout == Layout::nchw;
    if (auto *winograd = std::get_if<WinogradPart>(&plan.part))
      winograd->prefetch = false; // the next task's rows are not read as they lie
    fit_rows_of_planes(plan, shape, platform);
    family.follow(plan, inner, platform.target);
    if (!addressable(plan, shape))
      continue;
    candidate.cost.copies += gathering_of_planes(shape, plan, platform);
    candidate.reason += planes_in_words(problem) + ", gathered for each task";
    plans.push_back(std::move(candidate));
  }
}

} // namespace

std::vector<Candidate> plane_plans(const Family &family, const Problem &problem, const Platform &platform) {
  std::vector<Candidate> plans;
  if (!has_window_planes(problem) || family.algorithm == Algorithm::pointwise)
    return plans;
  if (can_read_in_place(family, problem, platform.target))
    add_plans_in_place(plans, family, problem, platform);
  else if (family.algorithm == Algorithm::winograd || problem.layout == Layout::nchw)
    add_gathered_plans(plans, family, problem, platform);
  return plans;
}

Cost cost_of_planes(const Plan &plan, const Problem &problem, const Platform &platform) {
  const Problem inner = planned_problem(problem, plan);
  Plan sums = plan;
  sums.planes = Planes::taps;
  sums.transposed = false;
  // fit_rows_of_planes() comes after the price.
  if (std::holds_alternative<DirectPart>(sums.part))
    choose_tasks(sums, inner, platform);
  Cost cost = family_of(sums, inner).cost(sums, inner, platform);
  if (plan.planes == Planes::gathered)
    cost.copies += gathering_of_planes(window_planes(problem), plan, platform);
  return cost;
}

void check_gathered_planes(const Plan &plan, const Problem &problem) {
  expect(plan.phases_per_task == 0, "phases_per_task", std::to_string(plan.phases_per_task),
         "0 where planes are gathered");
  expect(!plan.leaves_out_channels(), "gathers_input", "true", "false where planes are gathered");
  expect(plan.transposed == (problem.layout == Layout::nchw), "transposed",
         plan.transposed ? "true" : "false",
         plan.transposed ? "false of planes in NHWC" : "true of planes in NCHW");
  expect(plan.parallel != ParallelAxis::channels, "parallel", "channels",
         "none or pixels, where planes are gathered");
  expect(plan.algorithm != Algorithm::pointwise, "algorithm", "pointwise",
         "direct, where planes are gathered");
  expect(plan.rows_per_task % rows_of_tiles(plan) == 0 || plan.rows_per_task == problem.height().output,
         "rows_per_task", std::to_string(plan.rows_per_task), "all, or whole register tiles of every region");
  const auto *winograd = std::get_if<WinogradPart>(&plan.part);
  expect(divides_planes(plan, problem), "winograd_images_per_task",
         winograd ? std::to_string(winograd->images_per_task) : "",
         fmt::format("a divisor of the {} planes of the output", problem.depth().output));
}

void check_planes_in_place(const Plan &plan, const Problem &problem, const Target &target) {
  expect(plan.algorithm == Algorithm::winograd && problem.layout == Layout::nhwc &&
             window_planes_in_place(problem).has_value(),
         "planes", "channels", "gathered, or Winograd in NHWC and output planes equally far apart");
  const Problem inner = planned_problem(problem, plan);
  const Family &family = family_of(plan, inner);
  expect(&family == &winograd_family, "planes", "channels", "gathered of tiles of one column");
  const int lanes = std::min(vector_lanes(target), plan.winograd().input_lanes);
  family.check(plan, inner, target);
  expect(problem.group_in() % lanes == 0, "winograd_input_lanes", std::to_string(plan.winograd().input_lanes),
         fmt::format("a divisor of a plane's {} input channels", problem.group_in()));
  expect(!plan.winograd().prefetch, "winograd_prefetch", "true", "false of planes");
}

} // namespace convforge
