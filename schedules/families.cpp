#include "schedules/families.hpp"

#include "algorithms/masked_lanes.hpp"
#include "algorithms/window_planes_input.hpp"
#include "base/error.hpp"
#include "plan/channels_last.hpp"
#include "plan/pointwise.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/family.hpp"
#include "planner/platform.hpp"
#include "planner/quantised/quantised_families.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"
#include "schedules/joined_loops.hpp"
#include "schedules/pooled_loops.hpp"
#include "schedules/rearranged_loops.hpp"
#include "schedules/resolve_tables.hpp"
#include "schedules/schedule.hpp"
#include "schedules/winograd/winograd_prefetch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace convforge {

namespace {

/// The schedule of the target's family.
template <typename Schedule>
Schedule of_family(const Target &target, Schedule x86, Schedule arm) {
  switch (target.schedules) {
  case ScheduleFamily::x86:
    return x86;
  case ScheduleFamily::arm:
    return arm;
  case ScheduleFamily::cuda:
    break;
  }
  fail("target", std::string(target.name), "one with schedules for CPUs");
}

/// What regions read, and how they are called.
struct RegionInputs {
  std::function<Input(std::size_t region)> of;
  std::string suffix;
  std::string name(std::size_t region) const { return fmt::format("r{}{}", region, suffix); }
};

using RegionSchedule = void (*)(Convolution &conv, const Problem &shape, const Plan &plan,
                                const Region &region);

/// Region by region, over `shape`.
KernelPipeline regions_pipeline(const Problem &shape, const Plan &plan, const RegionInputs &inputs,
                                RegionSchedule schedule) {
  KernelPipeline pipeline;
  for (std::size_t i = 0; i < plan.regions.size(); i++) {
    const Region &region = plan.regions[i];
    Convolution conv = make_convolution(shape, plan, region, inputs.of(i), inputs.name(i));
    schedule(conv, shape, plan, region);
    pipeline.regions.push_back(
        {conv.packed, conv.packed_odd, conv.operands, conv.output, conv.tables, region.first_channel});
  }
  return pipeline;
}

KernelPipeline direct_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                               const RegionInputs &inputs) {
  return regions_pipeline(problem, plan, inputs,
                          of_family<RegionSchedule>(target, schedule_x86, schedule_arm));
}

KernelPipeline pointwise_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                                  const RegionInputs &inputs) {
  return direct_pipeline(fuse_pixels(problem), plan, target, inputs);
}

KernelPipeline depthwise_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                                  const RegionInputs &inputs) {
  KernelPipeline pipeline = regions_pipeline(
      problem, plan, inputs, of_family<RegionSchedule>(target, schedule_x86_depthwise, schedule_arm));
  if (plan.masks_lanes())
    pipeline.pass = mask_lanes(target.isa != Isa::avx512);
  return pipeline;
}

KernelPipeline dots_pipeline(const Problem &problem, const Plan &plan, const Target &,
                             const RegionInputs &inputs) {
  return regions_pipeline(shape_of(problem, plan.algorithm), plan, inputs, schedule_dots);
}

KernelPipeline winograd_down_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                                      const RegionInputs &inputs) {
  if (!has_winograd_down(target))
    fail("target", std::string(target.name), "one with a schedule for Winograd down the columns alone");
  KernelPipeline pipeline;
  WinogradDown winograd = make_winograd_down(problem, plan, inputs.of(0), inputs.suffix);
  schedule_x86_winograd_down(winograd, problem, plan);
  pipeline.regions.push_back({winograd.packed, {}, winograd.operands, winograd.output});
  return pipeline;
}

KernelPipeline winograd_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                                 const RegionInputs &inputs) {
  KernelPipeline pipeline;
  Winograd winograd = make_winograd(problem, plan, inputs.of(0), inputs.suffix);
  const auto schedule = of_family(target, schedule_x86_winograd, schedule_arm_winograd);
  schedule(winograd, problem, plan);
  if (plan.winograd().prefetch)
    pipeline.pass = prefetch_next_task(winograd, problem, plan);
  pipeline.regions.push_back({winograd.packed, {}, winograd.operands, winograd.output});
  return pipeline;
}

struct Row {
  const Family *family;
  KernelPipeline (*make)(const Problem &problem, const Plan &plan, const Target &target,
                         const RegionInputs &inputs);
};
constexpr std::array<Row, 9> rows{{
    {&quantised_direct_family, dots_pipeline},
    {&quantised_pointwise_family, dots_pipeline},
    {&quantised_depthwise_family, dots_pipeline},
    {&direct_family, direct_pipeline},
    {&fused_pixels_family, direct_pipeline},
    {&pointwise_family, pointwise_pipeline},
    {&depthwise_family, depthwise_pipeline},
    {&winograd_family, winograd_pipeline},
    {&winograd_down_family, winograd_down_pipeline},
}};

const Row &row_of(const Plan &plan, const Problem &problem) {
  const auto found = std::ranges::find(rows, &family_of(plan, problem), &Row::family);
  if (found == rows.end())
    fail("algorithm", std::string(name_of(plan.algorithm)), "one with a row in schedules/families.cpp");
  return *found;
}

/// What a region stores is no longer its sums.
void store(RegionPipeline &region, const RearrangedOutput &output) {
  region.operands = output.operands;
  region.output = output.output;
  region.first_channel = output.first_channel;
}

/// The pipelines of what is computed between two rearrangements. What was its output is its sums.
KernelPipeline rearranged_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                                   const std::string &suffix) {
  const Problem shape = outer_problem(problem, plan);
  const Halide::ImageParam parameter = make_input(shape, suffix);
  std::vector<ChannelTable> tables;
  std::vector<RearrangedInput> inputs;
  inputs.reserve(plan.regions.size());
  const RegionInputs regions{[&](std::size_t i) { return Input{parameter, inputs[i].pixels}; }, suffix};
  for (std::size_t i = 0; i < plan.regions.size(); i++)
    inputs.push_back(make_rearranged_input(plan.pools() ? problem : shape, plan, parameter,
                                           vector_lanes(target), regions.name(i)));
  Plan inner = plan;
  inner.transposed = false;
  inner.phases_per_task = 0;
  inner.joins_phases = false;
  inner.pooled = {};
  inner.planes = Planes::taps;
  inner.gathers_input = inner.spreads_output = false;
  if (inner.parallel == ParallelAxis::pixels)
    inner.parallel = ParallelAxis::none; // the whole of it is within a task
  const Problem sums = planned_problem(problem, plan);
  KernelPipeline pipeline = row_of(inner, sums).make(sums, inner, target, regions);
  pipeline.input = parameter;
  for (std::size_t i = 0; i < plan.regions.size(); i++) {
    RegionPipeline &region = pipeline.regions[i];
    const Region &from = plan.regions[i];
    const int lanes = vector_lanes(target);
    if (plan.joins_phases) {
      RearrangedOutput output = make_joined_output(problem, plan, from, region.output, regions.name(i));
      schedule_joined(inputs[i], output, problem, plan, lanes);
      store(region, output);
      continue;
    }
    if (plan.pools()) {
      PooledOutput output = make_pooled_output(problem, plan, from, region.output, regions.name(i));
      schedule_pooled(inputs[i], output, problem, plan, lanes);
      store(region, output.stored);
      continue;
    }
    RearrangedOutput output = make_rearranged_output(shape, plan, from, region.output, regions.name(i));
    schedule_rearranged(inputs[i], output, shape, plan, from, lanes);
    for (const std::optional<ChannelTable> &table : {inputs[i].used, output.used})
      if (table)
        tables.push_back(*table);
    store(region, output);
  }
  if (!tables.empty())
    pipeline.pass = resolve_tables(std::move(tables));
  return pipeline;
}

/// Planes of a window as input channels where they lie: a problem of two dimensions, but for what it reads.
KernelPipeline planes_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                               const std::string &suffix) {
  const Halide::ImageParam parameter = make_input(problem, suffix);
  const int lanes = std::min(vector_lanes(target), plan.winograd().input_lanes);
  Input input{parameter, planes_in_place(problem, parameter, lanes, suffix)};
  Plan inner = plan;
  inner.planes = Planes::taps;
  const Problem images = planned_problem(problem, plan);
  KernelPipeline pipeline =
      row_of(inner, images).make(images, inner, target, {[&](std::size_t) { return input; }, suffix});
  pipeline.input = parameter;
  return pipeline;
}

} // namespace

KernelPipeline make_pipeline(const Problem &problem, const Plan &plan, const Target &target,
                             const std::string &suffix) {
  if (plan.rearranges())
    return rearranged_pipeline(problem, plan, target, suffix);
  if (plan.planes == Planes::channels)
    return planes_pipeline(problem, plan, target, suffix);
  const Problem shape = shape_of(problem, plan.algorithm);
  const Halide::ImageParam parameter = make_input(shape, suffix);
  const RegionInputs inputs{[&](std::size_t) { return Input{parameter, {}}; }, suffix};
  KernelPipeline pipeline = row_of(plan, problem).make(problem, plan, target, inputs);
  pipeline.input = parameter;
  return pipeline;
}

} // namespace convforge
