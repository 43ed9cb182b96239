// Winograd plans as data: where they apply, that blockings fit, and that packed bytes follow the formula of
// docs/winograd.md.
#include "float_targets.hpp"
#include "planner/winograd/winograd_forms.hpp"

#include "artefact/artefact.hpp"
#include "base/error.hpp"
#include "kernels/layers.hpp"
#include "plan/winograd_axis.hpp"
#include "plan/winograd_tails.hpp"
#include "planner/check_plan.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/planner.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd/winograd_shape.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>

namespace convforge {
namespace {

const Target &avx512() {
  return find_target("x86-64-avx512");
}

std::string obstacle(const std::string &descriptor, Math math = Math::standard) {
  Problem problem = Problem::parse(descriptor);
  problem.math = math;
  return winograd_obstacle(problem);
}

bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

TEST(WinogradPlans, ApplyToDenseKernelsOfStrideOneAndTwo) {
  for (const char *descriptor : {"ic8ih8oc8kh3ph1", "ic8iw8oc8kw3pw1", "ic1ih1oc1kh3ph1", "g2ic8ih8oc8kh3ph1",
                                 "ic8ih8iw8oc8oh8ow8kh1kw7ph0pw3", "ic8ih8oc8kh5ph2", "ic8ih8oc8kh3sh2ph1",
                                 "ic8ih8iw8oc8oh4ow8kh3kw3sh2sw1ph1pw1", "ic8ih8oc8oh4kh5sh2ph2",
                                 "ic8ih9iw8oc8oh3ow8kh1kw3sh3sw1ph0pw1"}) {
    EXPECT_EQ(obstacle(descriptor), "") << descriptor;
  }
}

TEST(WinogradPlans, SayWhyTheyDoNotApply) {
  EXPECT_TRUE(contains(obstacle("ic8ih8oc8kh3ph1", Math::exact), "--math default"));
  EXPECT_TRUE(contains(obstacle("ic8ih9oc8kh3sh3"), "stride 1"));
  EXPECT_TRUE(contains(obstacle("ic8ih8oc8kh2sh2"), "at least 3 taps"));
  EXPECT_TRUE(contains(obstacle("ic8ih8oc8kh3ph2dh1"), "dilation"));
  EXPECT_TRUE(contains(obstacle("ic8ih8oc8kh1"), "1x1"));
  EXPECT_TRUE(contains(obstacle("ic8ih20oc8kh9ph4"), "at most 7 taps"));
  EXPECT_TRUE(contains(obstacle("g8ic8ih8oc8kh3ph1"), "per group"));
  EXPECT_TRUE(contains(obstacle("ic8ih20oc8kh7ph3"), "--math fast"));
  EXPECT_EQ(obstacle("ic8ih20oc8kh7ph3", Math::fast), "");
  try {
    make_plan(Problem::parse("ic8ih9oc8kh3sh3"), avx512(), {}, "winograd");
    FAIL();
  } catch (const Error &error) {
    EXPECT_TRUE(contains(error.what(), "winograd needs stride 1")) << error.what();
  }
}

TEST(WinogradPlans, CountPointsAsTheMatricesDo) {
  int seen = 0;
  for (int stride = 1; stride <= 3; stride++) {
    for (int taps = 1; taps <= 7; taps++) {
      for (int outputs = 1; outputs <= 8; outputs++) {
        convforge_winograd w;
        if (convforge_winograd_matrices(outputs, taps, stride, &w) == 0) {
          const WinogradPoints count = winograd_points(Axis::valid(40, taps, stride), outputs);
          EXPECT_EQ(count.points, w.points) << outputs << "," << taps << " stride " << stride;
          EXPECT_EQ(count.filter_points, w.filter_points) << outputs << "," << taps << " stride " << stride;
          seen++;
        }
      }
    }
  }
  EXPECT_GT(seen, 25);
}

/// Every candidate of both forms for the layers of the lists and every target.
template <typename Visit>
void for_each_candidate(const Visit &visit) {
  int seen = 0;
  for (const Problem &problem : all_layers()) {
    for (const Target &target : targets_of_floats()) {
      for (const Family *family : {&winograd_family, &winograd_down_family}) {
        for (const Candidate &candidate : family->plans(problem, Platform(target))) {
          SCOPED_TRACE(problem.canonical() + " " + std::string(target.name) + ": " + candidate.reason);
          visit(problem, target, candidate);
          seen++;
        }
      }
    }
  }
  EXPECT_GT(seen, 50);
}

TEST(WinogradPlans, RegisterTilesFit) {
  for_each_candidate([](const Problem &problem, const Target &target, const Candidate &candidate) {
    const Region &region = candidate.plan.regions.front();
    EXPECT_LE(registers_used(target, register_tile(problem, candidate.plan, region)),
              target.vector_registers);
    EXPECT_NO_THROW(check_plan(candidate.plan, problem, target));
  });
}

TEST(WinogradPlans, NeverBeatTheMachine) {
  for_each_candidate([](const Problem &problem, const Target &target, const Candidate &candidate) {
    const WinogradShape shape = winograd_shape(problem, candidate.plan);
    const WinogradTails tails(problem, candidate.plan);
    const double points = (double(shape.tiles_y) * shape.points_y - tails.down().lost) *
                          (double(shape.tiles_x) * shape.points_x - tails.along().lost);
    const double products =
        points * problem.groups * problem.batch * problem.group_in() * problem.group_out();
    EXPECT_GE(candidate.cycles() * fma_per_cycle(Platform(target)) * vector_lanes(target), products);
  });
}

TEST(WinogradPlans, DefaultMathStaysWithinTheErrorOfF4x4) {
  const double limit = winograd_amplification(4, 3) * winograd_amplification(4, 3);
  EXPECT_NEAR(limit, 83.5, 0.1); // as docs/winograd.md says
  for_each_candidate([&](const Problem &problem, const Target &, const Candidate &candidate) {
    const WinogradPart &tiles = candidate.plan.winograd();
    EXPECT_LE(winograd_amplification(tiles.outputs_h, problem.height().kernel, problem.height().stride) *
                  winograd_amplification(tiles.outputs_w, problem.width().kernel, problem.width().stride),
              limit * 1.01);
  });
}

TEST(WinogradPlans, AreChosenWhereTheyAreFasterAndAllowed) {
  Problem problem = Problem::parse("ic64ih56oc64kh3ph1");
  const Plan plan = make_plan(problem, avx512());
  EXPECT_EQ(plan.algorithm, Algorithm::winograd);
  EXPECT_EQ(plan.winograd().outputs_h * plan.winograd().outputs_w, 16);
  EXPECT_EQ(make_plan(problem, find_target("x86-64-avx2")).algorithm, Algorithm::winograd);
  problem.math = Math::exact;
  EXPECT_EQ(make_plan(problem, avx512()).algorithm, Algorithm::direct);
}

TEST(WinogradPlans, FewInputChannelsAreTransformedDownTheColumnsAlone) {
  for (const char *descriptor : {"ic3ih224oc64oh112kh7sh2ph3", "ic3ih224oc64kh3ph1"}) {
    for (const char *target : {"x86-64-avx512", "x86-64-avx2", "x86-64-sse41"}) {
      const Plan plan = make_plan(Problem::parse(descriptor), find_target(target), {}, "winograd");
      EXPECT_EQ(plan.winograd().outputs_w, 1) << descriptor << " " << target;
      EXPECT_GT(plan.winograd().outputs_h, 3) << descriptor << " " << target;
    }
  }
  EXPECT_GT(make_plan(Problem::parse("ic64ih56oc64kh3ph1"), avx512()).winograd().outputs_w, 1);
  EXPECT_GT(make_plan(Problem::parse("ic3ih56oc64kh3ph1"), find_target("arm-64-neon"), {}, "winograd")
                .winograd()
                .outputs_w,
            1);
}

TEST(WinogradPlans, DownTheColumnsTheySayWhatTheyNeed) {
  const auto obstacle = [](const char *descriptor, const char *target, Layout layout = Layout::nhwc) {
    Problem problem = Problem::parse(descriptor);
    problem.layout = layout;
    return winograd_down_obstacle(problem, find_target(target));
  };
  EXPECT_EQ(obstacle("ic3ih56oc64kh3ph1", "x86-64-avx2"), "");
  EXPECT_TRUE(contains(obstacle("ic3ih56oc64kh3ph1", "arm-64-neon"), "x86"));
  EXPECT_TRUE(contains(obstacle("ic3ih56oc64kh3ph1", "x86-64-avx2", Layout::nchw), "nhwc"));
  EXPECT_TRUE(contains(obstacle("g2ic4ih56oc64kh3ph1", "x86-64-avx2"), "one group"));
  EXPECT_TRUE(contains(obstacle("ic3ih56iw56oc64oh54ow56kh3kw1", "x86-64-avx2"), "2 to 15 kernel columns"));
  EXPECT_TRUE(contains(obstacle("ic3ih56iw56oc64oh56ow54kh1kw3", "x86-64-avx2"), "2 to 7 kernel rows"));
  EXPECT_TRUE(contains(obstacle("ic3ih56oc64kh3ph2dh1", "x86-64-avx2"), "without dilation"));
}

TEST(WinogradPlans, DownTheColumnsTheyAreRefusedWhereTheyCannotRun) {
  Problem problem = Problem::parse("ic3ih224oc64kh3ph1");
  const Plan plan = make_plan(problem, avx512(), {}, "winograd");
  EXPECT_NO_THROW(check_plan(plan, problem, avx512()));
  Plan other = plan;
  other.parallel = ParallelAxis::channels;
  EXPECT_THROW(check_plan(other, problem, avx512()), Error);
  other = plan;
  other.winograd().input_lanes = 32;
  EXPECT_THROW(check_plan(other, problem, avx512()), Error);
  other = plan;
  other.winograd().outputs_h = 1;
  EXPECT_THROW(check_plan(other, problem, avx512()), Error);
  other.winograd().outputs_w = 4;
  EXPECT_THROW(check_plan(other, problem, avx512()), Error);
  other = plan;
  other.unroll_c = 2; // 9 taps of a sum
  EXPECT_THROW(check_plan(other, problem, avx512()), Error);
  problem.layout = Layout::nchw;
  EXPECT_THROW(check_plan(plan, problem, avx512()), Error);
}

TEST(WinogradPlans, SizesOfZeroAreRefused) {
  const Problem problem = Problem::parse("ic64ih14oc64kh3ph1");
  const Plan plan = make_plan(problem, avx512(), {}, "winograd");
  for (int Region::*field : {&Region::tile_w, &Region::tile_h, &Region::block, &Region::lanes}) {
    for (const int size : {0, -1, 1 << 30}) {
      Plan other = plan;
      other.regions.front().*field = size;
      EXPECT_THROW(check_plan(other, problem, avx512()), Error) << size;
    }
  }
  for (int WinogradPart::*field : {&WinogradPart::rows_per_task, &WinogradPart::outputs_h,
                                   &WinogradPart::outputs_w, &WinogradPart::input_lanes}) {
    for (const int size : {0, -1, 1 << 30}) {
      Plan other = plan;
      other.winograd().*field = size;
      EXPECT_THROW(check_plan(other, problem, avx512()), Error) << size;
    }
  }
}

TEST(WinogradPlans, ExactMathHasNone) {
  for (Problem problem : all_layers()) {
    problem.math = Math::exact;
    for (const Target &target : targets_of_floats())
      for (const Candidate &candidate : candidates(problem, target))
        EXPECT_NE(candidate.plan.algorithm, Algorithm::winograd) << problem.canonical() << " " << target.name;
  }
}

/// As instructions counted under emulation say (tests/arm/counts.txt; docs/arm.md).
TEST(WinogradPlans, AreChosenOnArmWhereTheyAreFasterAndAllowed) {
  const auto planned = [](const char *descriptor, const char *target, Math math = Math::standard) {
    Problem problem = Problem::parse(descriptor);
    problem.math = math;
    return make_plan(problem, find_target(target)).algorithm;
  };
  for (const char *target : {"arm-64-neon", "arm-64-neon-inorder"}) {
    SCOPED_TRACE(target);
    for (const char *descriptor :
         {"ic64ih56oc64kh3ph1", "ic512ih7oc512kh3ph1", "ic17ih32oc23kh3ph1", "ic8ih56oc8kh3ph1",
          "ic64ih28iw28oc64oh28ow28kh1kw7ph0pw3", "ic128ih56oc128oh28kh3sh2ph1",
          "ic256ih28oc256oh14kh3sh2ph1", "ic512ih14oc512oh7kh3sh2ph1", "ic24ih56oc48oh28kh5sh2ph2"}) {
      EXPECT_EQ(planned(descriptor, target), Algorithm::winograd) << descriptor;
      EXPECT_EQ(planned(descriptor, target, Math::exact), Algorithm::direct) << descriptor;
    }
    EXPECT_EQ(planned("ic1ih12oc1kh3ph1", target), Algorithm::direct);
  }
  EXPECT_EQ(planned("ic3ih56oc64kh3ph1", "arm-64-neon"), Algorithm::direct);
}

TEST(WinogradPlans, FewTilesUnderManyWeightsTakeTheSmallerTransform) {
  const Plan plan = make_plan(Problem::parse("ic512ih7oc512kh3ph1"), avx512(), {}, "winograd");
  EXPECT_LT(plan.winograd().outputs_h * plan.winograd().outputs_w, 16);
  EXPECT_EQ(plan.parallel, ParallelAxis::channels);
}

TEST(WinogradPlans, PackedBytesFollowTheFormula) {
  for_each_candidate([](const Problem &problem, const Target &, const Candidate &candidate) {
    const Region &region = candidate.plan.regions.front();
    const WinogradShape shape = winograd_shape(problem, candidate.plan);
    const std::size_t floats = std::size_t(problem.groups) * region.blocks() * shape.filter_points *
                               problem.group_in() * region.block;
    EXPECT_EQ(pack_layout(problem, candidate.plan).bytes, 64 + (floats * 4 + 63) / 64 * 64);
  });
}

} // namespace
} // namespace convforge
