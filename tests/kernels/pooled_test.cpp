// Plans of convolutions with pooling behind them: of those that the planner proposes, every few of each
// algorithm and patch computes its problem and keeps in the workspace what its formula says; others are
// refused.
#include "base/integer.hpp"
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"
#include "plan/pooled_tiles.hpp"
#include "planner/candidate.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace convforge {
namespace {

const int every = one_in(97, 7);

class PooledFrom : public testing::TestWithParam<const char *> {};

void expect_all_right(const Problem &problem) {
  std::map<std::pair<Algorithm, int>, int> seen; // and the columns of the patch
  for (const Target &target : targets_here(problem))
    for (const Candidate &candidate : candidates(problem, target)) {
      const Plan &plan = candidate.plan;
      EXPECT_NO_THROW(check_plan(plan, problem, target)) << plan.why;
      EXPECT_TRUE(plan.pools() || tile_pooling(plan, problem) != TilePooling::none) << plan.why;
      if (seen[{plan.algorithm, plan.pooled.columns}]++ % every == 0)
        expect_right(problem, plan, target);
    }
  EXPECT_FALSE(seen.empty());
}

TEST_P(PooledFrom, MeetTheOracle) {
  for (const char *layout : {" --layout nhwc", " --layout nchw"})
    expect_all_right(parse_problem_line(std::string(GetParam()) + layout));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PooledFrom,
    testing::Values(
        "ic3ih40iw44oc24kh3kw3ph1pw1 --epilogue bias,relu --pooling max:kh2sh2", // rows of elements, and
                                                                                 // tiles
        "mb2ic16ih20iw28oc24kh3kw3ph1pw1 --epilogue bias,residual,silu --pooling avg_np:kh2sh2",
        "mb2ic12ih19iw22oc20kh3kw3ph1pw1 --epilogue bias,residual,silu --pooling max:kh3sh2ph1",
        "g16ic16ih21iw18oc16kh3kw3ph1pw1 --epilogue bias --pooling avg_np:kh3sh2ph1"));

/// A plan of the problem with one change is refused, with this beginning.
void expect_refused(const char *line, const char *words, const std::function<void(Plan &)> &change) {
  const Problem problem = parse_problem_line(line);
  const Target &target = find_target("x86-64-avx2");
  Plan plan = make_plan(problem, target);
  change(plan);
  expect_plan_refused(problem, plan, target, words);
}

TEST(Pooled, OtherPlansAreRefused) {
  const char *plain = "ic8ih12oc16kh3ph1", *pooled = "ic8ih12oc16kh3ph1 --pooling max:kh3sh2ph1",
             *nchw = "ic8ih12oc16kh3ph1 --layout nchw --pooling max:kh2sh2";
  expect_refused(plain, "plan: pooled_rows: 2", [](Plan &plan) { plan.pooled = {2, 2}; });
  expect_refused(plain, "plan: pooled_columns: 2", [](Plan &plan) { plan.pooled = {0, 2}; });
  expect_refused(pooled, "plan: pooled_rows: 0", [](Plan &plan) { plan.pooled = {}; });
  expect_refused(pooled, "plan: pooled_rows: 7", [](Plan &plan) { plan.pooled.rows = 7; });
  expect_refused(pooled, "plan: pooled_columns: 0", [](Plan &plan) { plan.pooled.columns = 0; });
  expect_refused(pooled, "plan: pooled_columns: 7", [](Plan &plan) { plan.pooled.columns = 7; });
  expect_refused(pooled, "plan: phases_per_task: 2", [](Plan &plan) { plan.phases_per_task = 2; });
  expect_refused(pooled, "plan: transposed: true", [](Plan &plan) { plan.transposed = true; });
  expect_refused(pooled, "plan: gathers_input: true", [](Plan &plan) { plan.gathers_input = true; });
  expect_refused(pooled, "plan: parallel: channels",
                 [](Plan &plan) { plan.parallel = ParallelAxis::channels; });
  expect_refused(nchw, "plan: pooled_columns: 4", [](Plan &plan) { plan.pooled.columns = 4; });
}

Plan tiled_plan(const Problem &problem, const Target &target) {
  for (const Candidate &candidate : candidates(problem, target))
    if (pools_tiles(candidate.plan, problem))
      return candidate.plan;
  return {};
}

TEST(Pooled, TilesAreWholeWindows) {
  const Problem problem = parse_problem_line("ic16ih24oc16kh3ph1 --epilogue bias,relu --pooling max:kh2sh2");
  const Target &target = find_target("x86-64-avx2");
  const Plan tiled = tiled_plan(problem, target);
  ASSERT_EQ(tile_pooling(tiled, problem), TilePooling::in_tiles);
  Plan odd = tiled;
  odd.winograd().outputs_h = 3;
  EXPECT_EQ(tile_pooling(odd, problem), TilePooling::none);
  for (const char *other : {"max:kh3sh2ph1", "max:kh2sh1", "max:kh2sh3", "max:kh2sh2ph1", "avg_np:kh5sh5"})
    EXPECT_EQ(tile_pooling(tiled, parse_problem_line(std::string("ic16ih24oc16kh3ph1 --pooling ") + other)),
              TilePooling::none)
        << other;
  EXPECT_EQ(tile_pooling(tiled, parse_problem_line("ic16ih24oc16kh3ph1 --layout nchw --pooling max:kh2sh2")),
            TilePooling::none);
}

TEST(Pooled, RowsOfTilesKeepWhatTheNextOneNeeds) {
  const Problem problem =
      parse_problem_line("ic3ih64oc64kh3ph1 --epilogue bias,relu --pooling max:kh3sh2ph1");
  const Target &target = find_target("x86-64-avx2");
  const Plan tiled = tiled_plan(problem, target);
  ASSERT_EQ(tile_pooling(tiled, problem), TilePooling::in_rows);
  EXPECT_EQ(rows_pooled_down(tiled, problem), tiled.winograd().outputs_h / 2 + 1);
  EXPECT_EQ(tiled.winograd().rows_per_task, ceil_div(ceil_div(64, tiled.winograd().outputs_h), 2));
  for (const char *other : {
           "avg_np:kh3sh2ph1", // averages of parts
           "max:kh3sh1ph1",    // a window that ends in the next row of tiles
           "max:kh3sh2ph0eh1", // the same, and beside the image
           "max:kh5sh2ph1",
       })
    EXPECT_EQ(tile_pooling(tiled, parse_problem_line(std::string("ic3ih64oc64kh3ph1 --pooling ") + other)),
              TilePooling::none)
        << other;
}

} // namespace
} // namespace convforge
