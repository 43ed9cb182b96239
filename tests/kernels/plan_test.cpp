// Plans are data: what must hold of them is checked without compiling or running a kernel.
#include "artefact/artefact.hpp"
#include "base/error.hpp"
#include "float_targets.hpp"
#include "layers.hpp"
#include "plan/pointwise.hpp"
#include "planner/check_plan.hpp"
#include "planner/cost.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/planner.hpp"
#include "planner/platform.hpp"

#include <gtest/gtest.h>

#include <array>

namespace convforge {
namespace {

/// Calls `visit(problem, target, plan)` for every layer of the lists, both layouts and every target.
template <typename Visit>
void for_each_plan(const Visit &visit) {
  for (Problem problem : all_layers()) {
    for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
      problem.layout = layout;
      for (const Target &target : targets_of_floats()) {
        SCOPED_TRACE(problem.canonical() + " " + std::string(target.name));
        visit(problem, target, make_plan(problem, target));
      }
    }
  }
}

TEST(Plan, RegionsCoverEveryOutputChannel) {
  for_each_plan([](const Problem &problem, const Target &, const Plan &plan) {
    int next = 0;
    for (const Region &region : plan.regions) {
      if (plan.algorithm == Algorithm::depthwise)
        EXPECT_LE(region.first_channel, next); // the last vector may begin before the one in front of it ends
      else
        EXPECT_EQ(region.first_channel, next);
      EXPECT_GT(region.channels, 0);
      EXPECT_TRUE(plan.algorithm == Algorithm::winograd || region.channels % region.block == 0 ||
                  region.channels < region.block);
      next = region.first_channel + region.channels;
    }
    EXPECT_EQ(next, plan.algorithm == Algorithm::depthwise ? problem.out_channels : problem.group_out());
  });
}

TEST(Plan, TilesFitTheOutputAndTheRegisters) {
  for_each_plan([](const Problem &problem, const Target &target, const Plan &plan) {
    EXPECT_NO_THROW(check_plan(plan, problem, target));
    const Problem shape = plan.algorithm == Algorithm::pointwise ? fuse_pixels(problem) : problem;
    for (const Region &region : plan.regions) {
      EXPECT_LE(region.lanes, vector_lanes(target));
      if (plan.vector_axis != VectorAxis::input_channel) {
        const bool along_channels = plan.vector_axis == VectorAxis::channel;
        EXPECT_EQ((along_channels ? region.block : region.tile_w) % region.lanes, 0);
      }
      if (plan.algorithm != Algorithm::depthwise)
        EXPECT_LE(registers_used(target, register_tile(shape, plan, region)), target.vector_registers);
    }
  });
}

/// Whether the tile of pixels that begins at output column `x` reads a column beside the image.
bool reads_beside(const Axis &w, int x, int tile_w) {
  for (int i = x; i < x + tile_w; i++) {
    for (int s = 0; s < w.kernel; s++) {
      const int column = i * w.stride + s * w.dilation - w.pad_begin;
      if (column < 0 || column >= w.input)
        return true;
    }
  }
  return false;
}

/// The loop over tiles is split into the first, those between and the last, or all are written out, or
/// nothing is left out: otherwise a kernel would read beside the image.
TEST(Plan, DepthwiseTilesBetweenTheFirstAndTheLastReadTheImageOnly) {
  int split = 0, unrolled = 0, copied = 0;
  for (const Target &target : targets_of_floats()) {
    for (int input = 1; input <= 70; input++) {
      for (const auto &[kernel, stride, dilation, pad, output_more] : {std::array{3, 1, 1, 1, 0},
                                                                       {3, 2, 1, 1, 0},
                                                                       {3, 2, 1, 0, 1},
                                                                       {5, 1, 1, 2, 0},
                                                                       {5, 2, 1, 2, 1},
                                                                       {3, 1, 2, 2, 0},
                                                                       {2, 3, 1, 1, 1},
                                                                       {31, 1, 1, 15, 0},
                                                                       {9, 1, 1, 8, 0},
                                                                       {1, 1, 1, 0, 0}}) {
        Problem problem = Problem::parse("g40ic40ih5oc40kh3ph1");
        const int output = (input + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1 + output_more;
        if (input + 2 * pad < (kernel - 1) * dilation + 1)
          continue;
        problem.width() = {input, output, kernel, stride, dilation, pad};
        problem.width().pad_end = (output - 1) * stride + problem.width().extent() - input - pad;
        if (problem.width().pad_end >= problem.width().extent())
          continue; // outputs with no tap in the image are refused
        const Plan plan = make_plan(problem, target);
        SCOPED_TRACE(problem.canonical() + " " + std::string(target.name));
        const int tile_w = plan.regions.front().tile_w;
        const int tiles = (output + tile_w - 1) / tile_w;
        EXPECT_LE(tile_w, output);
        split += plan.window().skip_columns && !plan.regions.front().unroll_tiles;
        unrolled += plan.regions.front().unroll_tiles;
        copied += plan.window().padded_copy;
        EXPECT_FALSE(plan.window().skip_columns && plan.window().padded_copy);
        if (plan.regions.front().unroll_tiles || plan.window().padded_copy)
          continue;
        const int first = plan.window().skip_columns ? 1 : 0,
                  last = plan.window().skip_columns ? tiles - 1 : tiles;
        for (int t = first; t < last; t++)
          EXPECT_FALSE(reads_beside(problem.width(), std::min(t * tile_w, output - tile_w), tile_w));
      }
    }
  }
  EXPECT_GT(split, 0);
  EXPECT_GT(unrolled, 0);
  EXPECT_GT(copied, 0);
}

TEST(Plan, InnermostUnrollingDividesTheChannels) {
  for_each_plan([](const Problem &problem, const Target &, const Plan &plan) {
    const bool by_lanes = plan.vector_axis == VectorAxis::input_channel;
    EXPECT_EQ(problem.group_in() / (by_lanes ? plan.regions.front().lanes : 1) % plan.unroll_c, 0);
  });
}

TEST(Plan, ArmLoadsFourScalarsAtOnceWhereChannelsAllow) {
  const Target &target = find_target("arm-64-neon");
  EXPECT_EQ(make_plan(Problem::parse("ic64ih14oc64kh3ph1"), target).broadcast_lanes, 4);
  EXPECT_EQ(make_plan(Problem::parse("ic6ih14oc64kh3ph1"), target).broadcast_lanes, 2);
  EXPECT_EQ(make_plan(Problem::parse("ic3ih14oc64kh3ph1"), target).broadcast_lanes, 1);
  EXPECT_EQ(make_plan(Problem::parse("ic64ih14oc64kh3ph1"), find_target("x86-64-avx2")).broadcast_lanes, 1);
  EXPECT_EQ(make_plan(Problem::parse("g8ic8ih8oc8kh3ph1"), target).broadcast_lanes, 1);
}

TEST(Plan, ArmCoreClassesHavePlansOfTheirOwn) {
  const Problem problem = Problem::parse("ic64ih56oc64kh3ph1");
  EXPECT_FALSE(make_plan(problem, find_target("arm-64-neon")).lanes_innermost);
  EXPECT_TRUE(make_plan(problem, find_target("arm-64-neon-inorder")).lanes_innermost);
  EXPECT_FALSE(make_plan(problem, find_target("arm-64-neon"), {}, "direct").two_weight_pointers());
  EXPECT_TRUE(make_plan(problem, find_target("arm-64-neon-inorder"), {}, "direct").two_weight_pointers());
}

TEST(Plan, BlocksOfThreeAndFiveVectorsLeaveNoneOverInOrder) {
  for (int channels = 32; channels <= 256; channels += 4) {
    const Problem problem = Problem::parse("ic64ih28oc" + std::to_string(channels) + "oh28kh3ph1");
    for (const Region &region :
         make_plan(problem, find_target("arm-64-neon-inorder"), {}, "direct").regions) {
      EXPECT_TRUE(region.block == 12 || region.block == 20) << channels << ": " << region.block;
      EXPECT_EQ(region.channels % region.block, 0) << channels;
    }
  }
}

TEST(Plan, PackedBytesFollowTheFormula) {
  for_each_plan([](const Problem &problem, const Target &, const Plan &plan) {
    if (plan.algorithm == Algorithm::winograd)
      return; // tests/planner/winograd_plans_test.cpp
    std::size_t bytes = 64;
    const bool depthwise = plan.algorithm == Algorithm::depthwise;
    for (const Region &region : plan.regions) {
      const std::size_t blocks = (region.channels + region.block - 1) / region.block;
      const std::size_t elements = blocks * region.block * problem.height().kernel * problem.width().kernel *
                                   (depthwise ? 1 : problem.in_channels);
      bytes += (elements * 4 + 63) / 64 * 64;
    }
    EXPECT_EQ(pack_layout(problem, plan).bytes, bytes);
  });
}

TEST(Plan, AlgorithmIsRefusedWhereItCannotCompute) {
  const Target &target = find_target("x86-64-avx2");
  EXPECT_THROW(make_plan(Problem::parse("ic8ih8oc8kh3ph1"), target, {}, "pointwise"), Error);
  EXPECT_THROW(make_plan(Problem::parse("ic8ih8oc8kh3ph1"), target, {}, "depthwise"), Error);
  EXPECT_THROW(make_plan(Problem::parse("ic8ih8oc8kh3ph1"), target, {}, "fastest"), Error);
  EXPECT_EQ(make_plan(Problem::parse("ic8ih8oc8kh1"), target).algorithm, Algorithm::pointwise);
  EXPECT_EQ(make_plan(Problem::parse("ic8ih8oc8kh1"), target, {}, "direct").algorithm, Algorithm::direct);
  EXPECT_EQ(make_plan(Problem::parse("g8ic8ih8oc16kh3ph1"), target).algorithm, Algorithm::depthwise);
}

TEST(Plan, SaysWhenTheAlgorithmWasAskedFor) {
  const Target &target = find_target("x86-64-avx2");
  const Problem problem = Problem::parse("ic8ih8oc8kh1");
  EXPECT_NE(make_plan(problem, target).why.find("1x1 kernel"), std::string::npos);
  EXPECT_NE(make_plan(problem, target, {}, "direct").why.find("direct (asked for)"), std::string::npos);
}

TEST(Plan, SaysWhyOfEveryRegion) {
  const Plan plan =
      make_plan(Problem::parse("ic16ih14oc100oh14kh3ph1"), find_target("x86-64-avx512"), {}, "direct");
  ASSERT_GT(plan.regions.size(), 1u);
  for (const Region &region : plan.regions) {
    const std::string words = std::to_string(region.block) + " output channel" +
                              (region.block == 1 ? "" : "s") + " x " + std::to_string(region.tile_h) + "x" +
                              std::to_string(region.tile_w) + " pixels (channels " +
                              std::to_string(region.first_channel) + " to ";
    EXPECT_NE(plan.why.find(words), std::string::npos) << plan.why << "\n" << words;
  }
}

TEST(Plan, PlansAreTheSameEveryTime) {
  const Problem problem = Problem::parse("ic100ih13iw37oc50oh13ow37kh3kw3ph1pw1");
  const Target &target = find_target("x86-64-avx512");
  EXPECT_EQ(pack_layout(problem, make_plan(problem, target)).layout,
            pack_layout(problem, make_plan(problem, target)).layout);
}

} // namespace
} // namespace convforge
