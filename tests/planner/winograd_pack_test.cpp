// The packed weights of Winograd plans: what kernels cannot address is refused, other forms have other names.
#include "planner/winograd/winograd_forms.hpp"

#include "artefact/artefact.hpp"
#include "base/error.hpp"
#include "plan/winograd_axis.hpp"
#include "planner/planner.hpp"
#include "planner/winograd/winograd_family.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

const Target &avx512() {
  return find_target("x86-64-avx512");
}

TEST(WinogradPack, PackedWeightsThatKernelsCannotAddressAreRefused) {
  const Problem problem = Problem::parse("ic6000ih14oc6000kh3ph1"); // 1.3 GB as they are
  const std::vector<Candidate> all = winograd_plans(problem, Platform(avx512()));
  ASSERT_FALSE(all.empty());
  for (const Candidate &candidate : all)
    EXPECT_THROW(pack_layout(problem, candidate.plan), Error) << candidate.reason;
  EXPECT_NO_THROW(pack_layout(problem, make_plan(problem, avx512(), {}, "direct")));
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
