// The packed weights of Winograd plans: what kernels cannot address is refused, other forms have other names.
#include "float_targets.hpp"
#include "planner/winograd/winograd_forms.hpp"

#include "artefact/artefact.hpp"
#include "base/error.hpp"
#include "plan/winograd_axis.hpp"
#include "planner/planner.hpp"
#include "planner/winograd/winograd_family.hpp"

#include <gmock/gmock.h>

namespace convforge {
namespace {

using ::testing::HasSubstr;

const Target &avx512() {
  return find_target("x86-64-avx512");
}

TEST(WinogradPack, PackedWeightsThatKernelsCannotAddressAreRefused) {
  const Problem problem = Problem::parse("ic6000ih14oc6000kh3ph1"); // 1.3 GB as they are
  Plan plan = make_plan(Problem::parse("ic64ih14oc64kh3ph1"), avx512(), {}, "winograd");
  plan.regions.front().channels = problem.out_channels;
  EXPECT_THROW(pack_layout(problem, plan), Error);
  EXPECT_NO_THROW(pack_layout(problem, make_plan(problem, avx512(), {}, "direct")));
}

TEST(WinogradPack, PlansWhosePackedWeightsKernelsCannotAddressAreNotProposed) {
  for (const char *descriptor : {"ic6000ih14oc6000kh3ph1", "ic7720ih32oc7720kh3ph1",
                                 "g2ic12000ih14oc6000kh3ph1", "ic7000ih14oc7000kh3sh2ph1"}) {
    const Problem problem = Problem::parse(descriptor);
    for (const Target &target : targets_of_floats())
      for (const Candidate &candidate : candidates(problem, target)) {
        if (candidate.plan.algorithm != Algorithm::winograd)
          continue;
        EXPECT_NO_THROW(pack_layout(problem, candidate.plan)) << descriptor << ": " << candidate.reason;
      }
  }
  const Problem largest = Problem::parse("ic7720ih32oc7720kh3ph1");
  EXPECT_THAT(winograd_obstacle(largest), HasSubstr("fewer channels"));
  EXPECT_EQ(make_plan(largest, avx512()).algorithm, Algorithm::direct);
}

TEST(WinogradPack, PacksOfOtherFormsAreTellable) {
  const Problem problem = Problem::parse("ic64ih56oc64kh3ph1");
  Plan plan = make_plan(problem, avx512(), {}, "winograd");
  const Pack pack = pack_layout(problem, plan);
  const auto id = pack.layout_id;
  const convforge_winograd h = winograd_axis(problem.height(), plan.winograd().outputs_h),
                           w = winograd_axis(problem.width(), plan.winograd().outputs_w);
  EXPECT_EQ(id, convforge_layout_id(pack.layout.c_str(), &h, &w)) << "of other points it is another";
  plan.winograd().outputs_h = plan.winograd().outputs_w = 2;
  EXPECT_NE(pack_layout(problem, plan).layout_id, id);
  EXPECT_NE(pack_layout(problem, make_plan(problem, avx512(), {}, "direct")).layout_id, id);
}

} // namespace
} // namespace convforge
