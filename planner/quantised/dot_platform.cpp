#include "planner/quantised/dot_platform.hpp"

#include "base/integer.hpp"
#include "plan/dot_runs.hpp"

#include <numeric>

#include <algorithm>

namespace convforge {

namespace {

/// Vector instructions that make a vector of sums one of bytes: converted, multiplied, kept within limits,
/// rounded and narrowed; 4.3 cycles of Zen 4's 512-bit ports by themselves. In fixed point by halves of 64
/// bits.
constexpr double of_rounding = 7, of_fixed_point = 30;

/// What LLVM holds beside a tile of these: scalars that it loads ahead, copies of operands that an
/// instruction overwrites.
int spare_registers(const Target &target) {
  if (target.broadcast_lanes > 1 || target.dot == Dot::four_u8_s8)
    return 0;
  return target.isa == Isa::neon ? 3 : target.vector_registers == 16 ? 1 : 0;
}

Target dot_target(Target target, int lanes) {
  target.embedded_broadcast = false;
  target.broadcast_lanes = lanes;
  target.vector_registers -= spare_registers(target);
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
  dots.types = {.destination = problem.types.destination};
  dots.quantisation = {};
  dots.epilogue = {};
  dots.strides = {};
  dots.in_channels = problem.groups * ceil_div(problem.group_in(), operands_of(target.dot).elements);
  return dots;
}

double cycles_of_results(const Problem &problem, const Platform &platform) {
  const ElementTypes &types = problem.types;
  const bool fixed_point = types.requantises() && problem.quantisation.rounding != Rounding::onnx;
  const double instructions = fixed_point ? of_fixed_point : types.requantises() ? of_rounding : 0;
  const double results = double(problem.batch) * double(problem.volume(&Axis::output)) * problem.out_channels;
  return results / vector_lanes(platform.target) * instructions / platform.machine.arithmetic_ports;
}

int lanes_of_dots(const Problem &shape, const Plan &plan, const Target &target) {
  const bool takes_lanes = plan.dot == Dot::four_s8_s8 && !plan.channelwise();
  return takes_lanes ? std::gcd(target.broadcast_lanes, dot_runs(shape, plan).dots) : 1;
}

DotPlatform::DotPlatform(const Platform &platform, int lanes)
    : target_(dot_target(platform.target, lanes)), platform_(target_) {
  platform_.machine = dot_machine(platform.machine, target_);
}

} // namespace convforge
