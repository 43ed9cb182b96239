// Plans that leave out what is known of constant weights to be zero: of those that the planner proposes,
// every few of each algorithm and of what they leave out computes its problem, the residual's place being the
// output's among the runs.
#include "compiler/compile.hpp"
#include "kernels/every.hpp"
#include "kernels/expect_right.hpp"
#include "plan/left_out.hpp"
#include "plan/plan_json.hpp"
#include "planner/candidate.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>

namespace convforge {
namespace {

const int every = one_in(251, 37);

/// Shares of what is zero.
struct Zeros {
  double taps = 0, in = 0, out = 0;
};

/// Every number below `count` with this chance, but the last one.
std::vector<int> some_of(int count, double chance, std::mt19937 &random) {
  std::vector<int> numbers;
  for (int i = 0; i + 1 < count; i++)
    if (std::uniform_real_distribution<>(0, 1)(random) < chance)
      numbers.push_back(i);
  return numbers;
}

Problem pruned(const std::string &line, const Zeros &share) {
  Problem problem = parse_problem_line(line);
  std::mt19937 random(7);
  problem.zeros.taps = some_of(static_cast<int>(problem.volume(&Axis::kernel)), share.taps, random);
  problem.zeros.in_channels = some_of(problem.in_channels, share.in, random);
  problem.zeros.out_channels = some_of(problem.out_channels, share.out, random);
  return problem;
}

/// An algorithm and what its plan does: transposed, gathers_input, spreads_output.
using Kind = std::tuple<Algorithm, bool, bool, bool>;

Kind kind_of(const Plan &plan) {
  const Plan &own = plan.pieces.empty() ? plan : plan.pieces.front();
  return {own.algorithm, own.transposed, own.gathers_input, own.spreads_output};
}

/// Checks every few plans of each kind.
void expect_right(const Problem &problem, std::map<Kind, int> &seen) {
  SCOPED_TRACE(problem.canonical());
  for (const Target &target : targets_here(problem))
    for (const Candidate &candidate : candidates(problem, target)) {
      EXPECT_NO_THROW(check_plan(candidate.plan, problem, target)) << candidate.plan.why;
      if (seen[kind_of(candidate.plan)]++ % every == 0)
        EXPECT_NO_THROW(expect_right(problem, candidate.plan, target)) << plan_text(candidate.plan);
    }
}

class ZeroWeightsOf : public testing::TestWithParam<const char *> {};

TEST_P(ZeroWeightsOf, AreLeftOut) {
  std::map<Kind, int> seen;
  const std::string line = GetParam();
  for (const char *layout : {" --layout nhwc", " --layout nchw"})
    for (const Zeros &zeros :
         {Zeros{.in = 0.5}, Zeros{.out = 0.5}, Zeros{.taps = 0.4}, Zeros{.taps = 0.3, .in = 0.6, .out = 0.4}})
      expect_right(pruned(line + layout, zeros), seen);
  const Problem problem = parse_problem_line(line);
  if (problem.depthwise())
    return; // whole groups at most
  for (const bool transposed : {false, true})
    for (const auto &[in, out] : {std::pair(true, false), std::pair(false, true), std::pair(true, true)})
      EXPECT_EQ(seen.contains({Algorithm::direct, transposed, in, out}) ||
                    seen.contains({Algorithm::pointwise, transposed, in, out}),
                !problem.has_depth())
          << transposed << in << out;
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ZeroWeightsOf,
    testing::Values("ic64ih14iw14oc64oh14ow14kh3kw3ph1pw1 --epilogue bias,relu",
                    "mb2ic19ih9iw11oc37oh9ow11kh3kw3ph1pw1 --epilogue bias,residual,relu", // odd
                    "mb2ic48ih7iw9oc40oh7ow9kh1kw1 --epilogue bias,residual",              // pointwise
                    "g2ic32ih12iw13oc48oh12ow13kh3kw3ph1pw1 --epilogue bias,prelu",        // groups
                    "g8ic8ih12iw13oc8oh12ow13kh3kw3ph1pw1 --epilogue bias",                // depthwise
                    "ic24ih15iw15oc20oh8ow8kh3kw3sh2sw2ph1pw1 --epilogue bias,scale,hard_swish",
                    "ic16iw60oc24ow60kw7pw3 --epilogue bias,residual",              // 1-D
                    "ic12id5ih6iw7oc20od5oh6ow7kd3kh3kw3pd1ph1pw1 --epilogue bias", // 3-D: taps alone
                    "ic20ih10iw10oc24oh10ow10kh3kw3ph1pw1 --epilogue bias --dtype f32:f16:f32",
                    "ic20ih10iw10oc24oh10ow10kh3kw3ph1pw1 --epilogue bias,relu --dtype f16",
                    "ic16ih12iw12oc16oh12ow12kh3kw3ph1pw1 --epilogue bias --padding-mode reflect"));

/// The planner's choice on every target.
void expect_choice_right(const Problem &problem) {
  SCOPED_TRACE(problem.canonical());
  for (const Target &target : targets_here(problem))
    expect_right(problem, make_plan(problem, target), target);
}

std::vector<int> all_but(int count, int kept) {
  std::vector<int> numbers;
  for (int i = 0; i < count; i++)
    if (i != kept)
      numbers.push_back(i);
  return numbers;
}

constexpr const char *small = "ic32ih10iw11oc48oh10ow11kh3kw3ph1pw1 --epilogue bias,relu";

TEST(ZeroWeights, AllOfThemLeaveTheEpilogueOfZero) {
  for (const char *line : {small, "ic16iw9oc16ow9kw1 --epilogue bias,residual --layout nchw"}) {
    Problem problem = parse_problem_line(line);
    problem.zeros.taps = all_but(static_cast<int>(problem.volume(&Axis::kernel)), -1);
    expect_choice_right(problem);
    EXPECT_EQ(left_out(problem, make_plan(problem, targets_here(problem).front())).multiply_adds, 0);
  }
}

TEST(ZeroWeights, OneTapOrChannelIsLeft) {
  for (const char *layout : {" --layout nhwc", " --layout nchw"})
    for (const int kept : {0, 4, 5, 8}) {
      Problem taps = parse_problem_line(std::string(small) + layout), channels = taps;
      taps.zeros.taps = all_but(9, kept);
      expect_choice_right(taps);
      channels.zeros.in_channels = all_but(32, kept);
      channels.zeros.out_channels = all_but(48, 2 * kept);
      expect_choice_right(channels);
    }
}

TEST(ZeroWeights, BorderTapsLeaveASmallerWindow) {
  for (const char *line : {small, "ic8ih9iw9oc16oh9ow9kh5kw5ph2pw2 --epilogue bias,residual",
                           "ic8ih9iw9oc16oh5ow5kh3kw3sh2sw2ph1pw1 --layout nchw"}) {
    Problem problem = parse_problem_line(line);
    const int columns = problem.width().kernel;
    for (int row = 0; row < columns; row++) // the first column
      problem.zeros.taps.push_back(row * columns);
    expect_choice_right(problem);
    for (int tap = 1; tap < columns; tap++) // and the first row
      problem.zeros.taps.push_back(tap);
    std::ranges::sort(problem.zeros.taps);
    problem.zeros.in_channels = {1, 2, 5};
    expect_choice_right(problem);
  }
}

TEST(ZeroWeights, OfTransposedConvolutionsAreTapsAlone) {
  Problem problem = parse_problem_line("transposed_ic16ih6iw7oc24kh4kw4sh2sw2ph1pw1 --epilogue bias,relu");
  problem.zeros = {{0, 1, 5, 6, 12}, {2, 3}, {1, 4, 5}};
  expect_choice_right(problem);
}

TEST(ZeroWeights, AreLeftOutOfSlices) {
  Problem problem = parse_problem_line("mb2ic24ih10iw10oc16oh10ow10kh3kw3ph1pw1 --epilogue bias,residual "
                                       "--strides 3600x1x360x36::5200x1x520x40");
  problem.zeros = {{0, 4}, {0, 1, 2, 7, 9, 11, 13, 14, 20, 21, 23}, {3, 5, 6, 8, 9, 15}};
  std::map<Kind, int> seen;
  expect_right(problem, seen);
}

/// What is computed: vectors of multiply-adds in the code say it exactly where loops are the same.
TEST(ZeroWeights, MakeKernelsOfLessWork) {
  const Problem dense =
      parse_problem_line("ic64ih28iw28oc64oh28ow28kh3kw3ph1pw1 --epilogue bias --math exact");
  for (const Target &target : targets_here(dense)) {
    const auto multiply_adds = [&](const ZeroWeights &zeros) {
      Problem problem = dense;
      problem.zeros = zeros;
      return left_out(problem, make_plan(problem, target)).multiply_adds;
    };
    const std::vector<int> half = [] {
      std::vector<int> even;
      for (int i = 0; i < 64; i += 2)
        even.push_back(i);
      return even;
    }();
    EXPECT_EQ(multiply_adds({{}, half, {}}), dense.multiply_adds() / 2) << target.name;
    EXPECT_EQ(multiply_adds({{}, {}, half}), dense.multiply_adds() / 2) << target.name;
    EXPECT_EQ(multiply_adds({{}, half, half}), dense.multiply_adds() / 4) << target.name;
    EXPECT_EQ(multiply_adds({{0, 2, 6, 8}, {}, {}}), dense.multiply_adds() / 9 * 5) << target.name;
    EXPECT_EQ(multiply_adds({{0, 1, 2, 3, 5, 6, 7, 8}, {}, {}}), dense.multiply_adds() / 9) << target.name;
  }
}

/// A few channels save less than it costs to gather the others, which is counted.
TEST(ZeroWeights, AreKeptWhereLeavingThemOutIsSlower) {
  Problem problem = parse_problem_line("ic64ih28iw28oc8oh28ow28kh1kw1 --epilogue bias");
  problem.zeros.in_channels = {3, 17, 30, 50};
  for (const Target &target : targets_here(problem)) {
    EXPECT_FALSE(make_plan(problem, target).leaves_out_channels()) << target.name;
    for (const Candidate &candidate : candidates(problem, target))
      if (candidate.plan.algorithm == Algorithm::pointwise)
        EXPECT_EQ(candidate.cost.copies > 0, candidate.plan.leaves_out_channels()) << candidate.plan.why;
  }
}

TEST(ZeroWeights, WithoutAnyTheKernelIsTheSame) {
  const Problem problem = parse_problem_line(small);
  Problem known = problem;
  const std::vector<float> weights(32 * 48 * 9, 1);
  known.zeros = find_zero_weights(known, std::as_bytes(std::span(weights)));
  EXPECT_EQ(known, problem);
  for (const Target &target : targets_here(problem))
    EXPECT_EQ(compile(known, target, "k").object, compile(problem, target, "k").object) << target.name;
}

} // namespace
} // namespace convforge
