#include "planner/quantised/dot_platform.hpp"

#include "base/integer.hpp"

namespace convforge {

namespace {

Target dot_target(Target target) {
  target.embedded_broadcast = false;
  target.broadcast_lanes = 1;
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

DotPlatform::DotPlatform(const Platform &platform)
    : target_(dot_target(platform.target)), platform_(target_) {
  platform_.machine = platform.machine;
}

} // namespace convforge
