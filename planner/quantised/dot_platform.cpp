#include "planner/quantised/dot_platform.hpp"

#include "base/integer.hpp"
#include "plan/dot_runs.hpp"

#include <numeric>

namespace convforge {

namespace {

Target dot_target(Target target, int lanes) {
  target.embedded_broadcast = false;
  target.broadcast_lanes = lanes;
  target.fma = target.fma && target.dot != Dot::pairs; // pmaddwd, then paddd
  return target;
}

} // namespace

Problem dot_problem(const Problem &problem, const Target &target) {
  Problem dots = problem;
  dots.types = {};
  dots.quantisation = {};
  dots.epilogue = {};
  dots.strides = {};
  dots.in_channels = problem.groups * ceil_div(problem.group_in(), operands_of(target.dot).elements);
  return dots;
}

int lanes_of_dots(const Problem &shape, const Plan &plan, const Target &target) {
  const bool takes_lanes = plan.dot == Dot::four_s8_s8 && !plan.channelwise();
  return takes_lanes ? std::gcd(target.broadcast_lanes, dot_runs(shape, plan).dots) : 1;
}

DotPlatform::DotPlatform(const Platform &platform, int lanes)
    : target_(dot_target(platform.target, lanes)), platform_(target_) {
  platform_.machine = platform.machine;
}

} // namespace convforge
