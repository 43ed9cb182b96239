// Depthwise with vectors along rows that reads the image where it lies: where it is proposed, its tiles, and
// what it refuses.
#include "planner/depthwise/depthwise_masked.hpp"

#include "base/error.hpp"
#include "plan/masked_tiles.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace convforge {
namespace {

Problem in_nchw(const char *descriptor) {
  Problem problem = Problem::parse(descriptor);
  problem.layout = Layout::nchw;
  return problem;
}

std::vector<Plan> proposed(const Problem &problem, const char *target = "x86-64-avx512") {
  return masked_depthwise_plans(problem, Platform(find_target(target)));
}

TEST(DepthwiseMasked, IsProposedForFloatsAlongRowsOnTargetsThatMask) {
  const Problem problem = in_nchw("g64ic64ih14oc64oh14kh3ph1");
  EXPECT_FALSE(proposed(problem).empty());
  EXPECT_FALSE(proposed(problem, "x86-64-avx2").empty());
  EXPECT_TRUE(proposed(problem, "x86-64-sse41").empty());
  EXPECT_TRUE(proposed(problem, "arm-64-neon").empty());
  EXPECT_TRUE(proposed(Problem::parse("g64ic64ih14oc64oh14kh3ph1")).empty()) << "channels last";
  Problem other = problem;
  other.types = parse_element_types("f16:f32:f32");
  EXPECT_TRUE(proposed(other).empty());
  other = problem;
  other.padding_mode = PaddingMode::reflect;
  EXPECT_TRUE(proposed(other).empty());
  EXPECT_TRUE(proposed(in_nchw("g64ic64ih56oc64oh56kh31ph15")).empty()) << "all taps are written out";
}

TEST(DepthwiseMasked, IsChosenWhereRowsAreShort) {
  for (const char *descriptor :
       {"g960ic960ih7oc960oh7kh3ph1", "g384ic384ih14oc384oh14kh3ph1", "g192ic192ih28oc192oh14kh3sh2ph1"}) {
    const Problem problem = in_nchw(descriptor);
    EXPECT_TRUE(make_plan(problem, find_target("x86-64-avx512")).masks_lanes()) << descriptor;
    EXPECT_TRUE(make_plan(problem, find_target("x86-64-avx2")).masks_lanes()) << descriptor;
  }
}

TEST(DepthwiseMasked, TilesReachBesideTheImageAtTheirEdgesOnly) {
  const Axis same{
      .input = 56, .output = 56, .kernel = 3, .stride = 1, .dilation = 1, .pad_begin = 1, .pad_end = 1};
  EXPECT_TRUE(reaches_beside(same, 8));
  EXPECT_TRUE(edges_within_tiles(same, 8));
  EXPECT_EQ(masked_tiles(same, 8), TilesWritten::edges);
  EXPECT_EQ(masked_tiles(same, 16), TilesWritten::all);
  const Axis valid{
      .input = 58, .output = 56, .kernel = 3, .stride = 1, .dilation = 1, .pad_begin = 0, .pad_end = 0};
  EXPECT_FALSE(reaches_beside(valid, 8));
  EXPECT_TRUE(reaches_beside(valid, 16)) << "the last vector is not whole";
  const Axis wide{
      .input = 56, .output = 56, .kernel = 9, .stride = 1, .dilation = 3, .pad_begin = 12, .pad_end = 12};
  EXPECT_FALSE(edges_within_tiles(wide, 8)) << "two tiles at either end do";
}

TEST(DepthwiseMasked, OtherTilesAreRefused) {
  const Target &target = find_target("x86-64-avx512");
  const Problem problem = in_nchw("g64ic64ih56oc64oh56kh3ph1");
  const Plan plan = proposed(problem).front();
  ASSERT_NO_THROW(check_plan(plan, problem, target));
  const auto refused = [&](const auto &change) {
    Plan changed = plan;
    change(changed);
    EXPECT_THROW(check_plan(changed, problem, target), Error);
  };
  refused([](Plan &p) { p.regions.front().tile_w *= 2; });
  refused([](Plan &p) { p.regions.front().tile_h = 56; });
  refused([](Plan &p) { p.regions.front().block = 2; });
  refused([](Plan &p) { p.depthwise().window.unroll_r = false; });
  refused([](Plan &p) { p.depthwise().window.skip_rows = false; });
  refused([](Plan &p) { p.depthwise().window.padded_copy = true; });
  refused([](Plan &p) { p.depthwise().blocks_per_chunk = 0; });
  refused([](Plan &p) { p.depthwise().blocks_per_chunk = 5; });
  EXPECT_THROW(check_plan(plan, problem, find_target("x86-64-sse41")), Error);
}

} // namespace
} // namespace convforge
