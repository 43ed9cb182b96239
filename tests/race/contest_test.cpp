// Contests of kernels that are loops of known lengths.
#include "race/contest.hpp"

#include "artefact/artefact.hpp"
#include "artefact/kernel_description.hpp"
#include "planner/planner.hpp"

#include <algorithm>
#include <deque>
#include <gtest/gtest.h>
#include <span>

using namespace convforge;

namespace {

/// Stands for a kernel: so many steps that no compiler takes away.
template <int steps>
int spin(void ** /*arguments*/) {
  volatile int step = 0;
  while (step < steps)
    step = step + 1;
  return 0;
}

class Contest : public testing::Test {
protected:
  static Artefact artefact_of(const Problem &problem) {
    const Target &target = find_target("x86-64-sse41");
    Artefact artefact{.name = "conv",
                      .symbol = "none",
                      .problem = problem,
                      .target = target,
                      .plan = make_plan(problem, target)};
    artefact.pack = pack_layout(problem, artefact.plan);
    artefact.views = {{0, 0}, {1, CONVFORGE_PACK_HEADER_BYTES}, {2, 0}};
    return artefact;
  }
  void enter(convforge_function function) {
    kernels_.push_back(description_.materialise(function));
    kernels_.back().cpu_features = 0; // it runs anywhere
    const std::shared_ptr<const convforge_kernel> kernel(std::shared_ptr<void>(), &kernels_.back());
    field_.push_back(std::make_unique<Contestant>(artefact_.plan, kernel));
    field_.back()->warm_up(tensors_);
  }
  ContestResult result(const std::function<bool()> &stop = [] { return false; }) {
    return contest(problem_, field_, tensors_, {.slice_seconds = 1e-4}, stop);
  }

  const Problem problem_ = Problem::parse("ic4ih5oc8kh1");
  const Artefact artefact_ = artefact_of(problem_);
  const KernelDescription description_{artefact_};
  std::deque<convforge_kernel> kernels_;
  TuningTensors tensors_{problem_};
  Field field_;
};

TEST_F(Contest, TheShortestLoopWins) {
  enter(spin<100'000>), enter(spin<1'000'000>), enter(spin<100>);
  const ContestResult found = result();
  EXPECT_EQ(found.winner, 2u);
  EXPECT_LT(found.seconds, found.model_seconds);
}

TEST_F(Contest, TheModelsChoiceMayWin) {
  enter(spin<100>), enter(spin<100'000>);
  const ContestResult found = result();
  EXPECT_EQ(found.winner, 0u);
  EXPECT_EQ(found.seconds, found.model_seconds);
}

TEST_F(Contest, WhenItIsOverAtOnceTheModelsChoiceIsTheAnswer) {
  enter(spin<100'000>), enter(spin<100>);
  const ContestResult found = result([] { return true; });
  EXPECT_EQ(found.winner, 0u);
  EXPECT_GT(found.model_seconds, 0);
}

TEST(Turns, AreThoseOfTheRace) {
  for (const std::size_t contestants : {1u, 2u, 3u, 7u, 12u}) {
    int turns = 0;
    race(contestants, [&](std::size_t i) { return ++turns, 1.0 + 0.1 * double(i); });
    EXPECT_EQ(turns_of(contestants), turns) << contestants;
  }
}

TEST(TuningTensors, HoldOrdinaryNumbersOfTheirType) {
  const Problem problem = Problem::parse("ic16ih30oc16kh3", {.epilogue = "bias", .dtype = "f32:f16:f32"});
  TuningTensors tensors(problem);
  const std::vector<Operand> list = operands(problem);
  ASSERT_EQ(tensors.pointers().size(), list.size());
  const auto *input = static_cast<const float *>(tensors.pointers()[input_operand]);
  const std::vector<float> values(input, input + list[input_operand].elements());
  EXPECT_GT(std::ranges::max(values), 0.9f);
  EXPECT_LT(std::ranges::max(values), 1.0f);
  EXPECT_LT(std::ranges::min(values), -0.9f);
  EXPECT_GE(std::ranges::min(values), -1.0f);
  EXPECT_EQ(std::ranges::count(values, 0.0f), 0);
  EXPECT_EQ(tensor_bytes(problem), 4u * 16 * 30 * 30 + 2 * 16 * 16 * 9 + 4 * 16 + 4 * 16 * 28 * 28);
}

// Whole ranges of 8-bit integers, and multipliers that packing takes.
TEST(TuningTensors, OfEightBitsAreSpreadOverTheirRange) {
  const Problem problem =
      Problem::parse("ic16ih30oc16kh3", {.epilogue = "bias", .dtype = "u8:s8:u8", .zero_points = "255:3"});
  TuningTensors tensors(problem);
  const std::vector<Operand> list = operands(problem);
  ASSERT_EQ(list.size(), 5u);
  const auto *input = static_cast<const std::uint8_t *>(tensors.pointers()[input_operand]);
  const auto *multipliers = static_cast<const double *>(tensors.pointers()[2]);
  EXPECT_EQ(std::ranges::max(std::span(input, 3000)), 255);
  EXPECT_EQ(std::ranges::min(std::span(input, 3000)), 0);
  for (const double multiplier : std::span(multipliers, 16))
    EXPECT_TRUE(multiplier > 1e-4 && multiplier < 1e-2) << multiplier;
}

} // namespace
