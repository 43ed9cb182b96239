#include "planner/quantised/dot_platform.hpp"

#include "base/integer.hpp"

#include <algorithm>

namespace convforge {

namespace {

Target dot_target(Target target) {
  target.embedded_broadcast = false;
  target.broadcast_lanes = 1;
  target.fma = target.fma && target.dot != Dot::pairs; // pmaddwd, then paddd
  return target;
}

/// Products by pmaddwd find two ports, the additions all that vector arithmetic has, which vectors of 512
/// bits have two of: 64 to 64 channels 3x3 at 28x28 took 1.37 dot products a cycle (Emerald Rapids, AVX2),
/// where taking turns on two ports allows one.
MachineFacts dot_machine(MachineFacts machine, const Target &target) {
  if (target.dot == Dot::pairs && target.isa != Isa::avx512)
    machine.fma_ports = std::min(2 * machine.fma_ports, machine.arithmetic_ports);
  return machine;
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
  platform_.machine = dot_machine(platform.machine, target_);
}

} // namespace convforge
