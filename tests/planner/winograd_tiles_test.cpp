// Winograd's tiles: the last of a row or column, tasks of parts of a row, and where panels of points lie in
// L1.
#include "planner/winograd/winograd_forms.hpp"

#include "base/error.hpp"
#include "plan/winograd_axis.hpp"
#include "plan/winograd_tails.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd/winograd_shape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace convforge {
namespace {

const Target &avx512() {
  return find_target("x86-64-avx512");
}

/// The model's best, whatever is measured for this machine.
Plan best_by_model(const Problem &problem) {
  const std::vector<Candidate> plans = winograd_plans(problem, Platform(avx512()));
  return std::ranges::min_element(plans, {}, &Candidate::cycles)->plan;
}

/// All tiles of an image in one task, `register_tile` of them at a time.
WinogradShape whole_image(const std::string &descriptor, int outputs, int register_tile) {
  const Problem problem = Problem::parse(descriptor);
  Plan plan = empty_plan(Algorithm::winograd);
  plan.columns_per_task = problem.width().output;
  plan.winograd() = {outputs, outputs, 1, 16};
  plan.regions = {{.block = 16, .lanes = 16, .tile_w = register_tile, .tile_h = 1}};
  plan.winograd().rows_per_task = winograd_shape(problem, plan).tiles_y;
  return winograd_shape(problem, plan);
}

// 14 = 3 x 4 + 2: the last of 4 tiles does without 2 of 6 points, so that 16 points need all 16 tiles, 8 each
// the 12 above the last row and before the last column, and 4 the 9 of both.
TEST(WinogradTiles, LeaveOutRegisterTilesOfLastTiles) {
  const char *stride_1 = "ic256ih14oc256kh3ph1";
  EXPECT_EQ(whole_image(stride_1, 4, 1).register_tiles, 16 * 16 + 2 * 8 * 12 + 4 * 9); // 484 products
  EXPECT_EQ(whole_image(stride_1, 4, 4).register_tiles, 16 * 4 + 2 * 8 * 3 + 4 * 3);
  EXPECT_EQ(whole_image(stride_1, 4, 8).register_tiles, 36 * 2); // 16, 12 and 9 take two of 8
  EXPECT_EQ(whole_image(stride_1, 4, 5).register_tiles, 36 * 4); // no whole register tiles
  EXPECT_EQ(whole_image("ic512ih7oc512kh3ph1", 2, 1).register_tiles, 225);
  EXPECT_EQ(whole_image("ic256ih28oc256oh14kh3sh2ph1", 4, 1).register_tiles, 1024);
  EXPECT_EQ(whole_image("ic512ih14oc512oh7kh3sh2ph1", 2, 1).register_tiles, 324);
  EXPECT_EQ(whole_image("ic64ih56oc64kh3ph1", 4, 1).register_tiles, 36 * 196); // no tail
}

// What lies in one task with others is computed whole: whose last tile it is differs from task to task.
TEST(WinogradTiles, LeaveOutNothingWhereTasksAreRowsOfTiles) {
  const Problem problem = Problem::parse("ic256ih14oc256kh3ph1");
  Plan plan = empty_plan(Algorithm::winograd);
  plan.columns_per_task = problem.width().output;
  plan.winograd() = {4, 4, 2, 16};
  plan.regions = {{.block = 16, .lanes = 16, .tile_w = 4, .tile_h = 1}};
  EXPECT_FALSE(winograd_shape(problem, plan).shorter_tails);
  EXPECT_EQ(winograd_shape(problem, plan).register_tiles, 36 * 2);
}

/// What a last tile of `wanted` outputs may magnify.
double amplification_of_last(int outputs, int wanted, int taps, int stride) {
  convforge_winograd w;
  EXPECT_EQ(convforge_winograd_matrices(outputs, taps, stride, &w), 0);
  EXPECT_EQ(convforge_winograd_keep_outputs(&w, wanted), 0);
  return winograd_amplification(w, wanted);
}

TEST(WinogradTiles, LastTilesMagnifyNoMoreThanOthers) {
  int seen = 0;
  for (int stride = 1; stride <= 2; stride++) {
    for (int taps = 2; taps <= 7; taps++) {
      for (int outputs = 2; outputs < CONVFORGE_WINOGRAD_MAX_POINTS; outputs++) {
        const double whole = winograd_amplification(outputs, taps, stride);
        for (int wanted = 1; std::isfinite(whole) && wanted < outputs; wanted++, seen++) {
          EXPECT_LE(amplification_of_last(outputs, wanted, taps, stride), whole)
              << wanted << " of F(" << outputs << "," << taps << ") stride " << stride;
        }
      }
    }
  }
  EXPECT_GT(seen, 40);
}

TEST(WinogradTiles, WideImagesAreComputedInEqualPartsOfARow) {
  const Problem problem = Problem::parse("mb1ic64ih224oc64oh224kh3ph1"); // 56 tiles across
  const Plan plan = best_by_model(problem);
  const WinogradShape shape = winograd_shape(problem, plan);
  ASSERT_LT(plan.columns_per_task, 224);
  EXPECT_EQ(plan.columns_per_task, 4 * shape.tiles_across);
  EXPECT_EQ(shape.tiles_x % shape.tiles_across, 0);
  EXPECT_EQ(shape.columns, plan.columns_per_task + 2);
  EXPECT_EQ(shape.tiles_per_task, shape.tiles_across);
  EXPECT_EQ(shape.tasks, 56 * (56 / shape.tiles_across));
  EXPECT_EQ(winograd_task_in_words(plan, problem),
            std::to_string(shape.tiles_across) + " of a row's 56 tiles");
}

TEST(WinogradTiles, PartsOfARowAreCheckedToBeEqual) {
  const Problem problem = Problem::parse("mb1ic64ih224oc64oh224kh3ph1");
  Plan plan = best_by_model(problem);
  for (const int columns : {28, 32, 56, 112, 224}) {
    plan.columns_per_task = columns;
    EXPECT_NO_THROW(check_plan(plan, problem, avx512())) << columns;
  }
  for (const int columns : {0, 30, 48, 60, 225}) {
    plan.columns_per_task = columns;
    EXPECT_THROW(check_plan(plan, problem, avx512()), Error) << columns;
  }
  plan.columns_per_task = 112;
  plan.winograd().rows_per_task = 2;
  EXPECT_THROW(check_plan(plan, problem, avx512()), Error);
}

TEST(WinogradRoom, CountsTheLinesThatMeetInASetOfL1) {
  EXPECT_EQ(points_in_a_set(36, 4096), 36);       // 64 sets of 64 bytes
  EXPECT_EQ(points_in_a_set(36, 4096 + 64), 1);   // the next set each time
  EXPECT_EQ(points_in_a_set(36, 128 * 64), 36);   // an even number of lines, here all in one set
  EXPECT_EQ(points_in_a_set(36, 8 * 64), 5);      // 8 sets
  EXPECT_EQ(points_in_a_set(36, 41 * 400), 4);    // 16 bytes more than 4 x 4096: four points to a line's step
  EXPECT_EQ(points_in_a_set(36, 40 * 400), 2);    // 250 lines: 32 sets
  EXPECT_EQ(points_in_a_set(16, 40 * 32 * 4), 4); // 80 lines: 4 sets
}

TEST(WinogradRoom, SpreadsThePointsOverSets) {
  const auto expect = [](PanelRoom room, int tiles, int channels) {
    EXPECT_EQ(room.tiles, tiles);
    EXPECT_EQ(room.channels, channels);
  };
  expect(input_room(36, 1024, 16, 16), 1025, 16); // panels of 64 KB
  expect(input_room(36, 14, 64, 16), 15, 64);     // 14 tiles of 4 lines: 8 sets, 15 tiles: 16
  expect(input_room(36, 49, 128, 16), 49, 144);   // no number of tiles of 8 lines has more than 8 sets
  expect(input_room(36, 4, 512, 16), 5, 528);
  expect(input_room(36, 40, 100, 16), 41, 112); // whole vectors, an odd number of lines
  expect(input_room(36, 40, 100, 4), 42, 100);  // vectors smaller than a line
  expect(input_room(36, 64, 17, 16), 65, 17);   // 32 would be nearly twice as much
  expect(product_room(36, 40, 32), 41, 32);     // 80 lines: 4 sets; 82: 32
  expect(product_room(36, 49, 64), 49, 64);
}

} // namespace
} // namespace convforge
