#include "schedules/families.hpp"

#include "base/error.hpp"
#include "plan/pointwise.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/family.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"
#include "schedules/schedule.hpp"
#include "schedules/winograd/winograd_prefetch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

using RegionSchedule = void (*)(Convolution &conv, const Problem &shape, const Plan &plan,
                                const Region &region);

/// Region by region, over `shape`.
KernelPipeline regions_pipeline(const Problem &shape, const Plan &plan, RegionSchedule schedule) {
  KernelPipeline pipeline{.input = make_input(shape)};
  for (std::size_t i = 0; i < plan.regions.size(); i++) {
    const Region &region = plan.regions[i];
    Convolution conv = make_convolution(shape, plan, region, pipeline.input, fmt::format("r{}", i));
    schedule(conv, shape, plan, region);
    pipeline.regions.push_back({conv.packed, conv.packed_odd, conv.operands, conv.output});
  }
  return pipeline;
}

KernelPipeline direct_pipeline(const Problem &problem, const Plan &plan, const Target &target) {
  return regions_pipeline(problem, plan, of_family<RegionSchedule>(target, schedule_x86, schedule_arm));
}

KernelPipeline pointwise_pipeline(const Problem &problem, const Plan &plan, const Target &target) {
  return direct_pipeline(fuse_pixels(problem), plan, target);
}

KernelPipeline depthwise_pipeline(const Problem &problem, const Plan &plan, const Target &target) {
  return regions_pipeline(problem, plan,
                          of_family<RegionSchedule>(target, schedule_x86_depthwise, schedule_arm));
}

KernelPipeline winograd_down_pipeline(const Problem &problem, const Plan &plan, const Target &target) {
  if (!has_winograd_down(target))
    fail("target", std::string(target.name), "one with a schedule for Winograd down the columns alone");
  KernelPipeline pipeline{.input = make_input(problem)};
  WinogradDown winograd = make_winograd_down(problem, plan, pipeline.input);
  schedule_x86_winograd_down(winograd, problem, plan);
  pipeline.regions.push_back({winograd.packed, {}, winograd.operands, winograd.output});
  return pipeline;
}

KernelPipeline winograd_pipeline(const Problem &problem, const Plan &plan, const Target &target) {
  KernelPipeline pipeline{.input = make_input(problem)};
  Winograd winograd = make_winograd(problem, plan, pipeline.input);
  const auto schedule = of_family(target, schedule_x86_winograd, schedule_arm_winograd);
  schedule(winograd, problem, plan);
  if (plan.winograd().prefetch)
    pipeline.pass = prefetch_next_task(winograd, problem, plan);
  pipeline.regions.push_back({winograd.packed, {}, winograd.operands, winograd.output});
  return pipeline;
}

struct Row {
  const Family *family;
  KernelPipeline (*make)(const Problem &problem, const Plan &plan, const Target &target);
};
constexpr std::array<Row, 5> rows{{
    {&direct_family, direct_pipeline},
    {&pointwise_family, pointwise_pipeline},
    {&depthwise_family, depthwise_pipeline},
    {&winograd_family, winograd_pipeline},
    {&winograd_down_family, winograd_down_pipeline},
}};

} // namespace

KernelPipeline make_pipeline(const Problem &problem, const Plan &plan, const Target &target) {
  const auto found = std::ranges::find(rows, &family_of(plan, problem), &Row::family);
  if (found == rows.end())
    fail("algorithm", std::string(name_of(plan.algorithm)), "one with a row in schedules/families.cpp");
  return found->make(problem, plan, target);
}

} // namespace convforge
