#include "planner/tuned.hpp"

#include "base/error.hpp"
#include "kernels/layers.hpp"
#include "plan/dilation_phases.hpp"
#include "plan/plan_json.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"
#include "scratch_directory.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

using namespace convforge;
using nlohmann::ordered_json;
using ::testing::HasSubstr;

namespace {

const Target &avx2() {
  return find_target("x86-64-avx2");
}

Problem some_problem() {
  Problem problem = Problem::parse("mb1ic64ih56oc64oh56kh3ph1");
  problem.epilogue = Epilogue::parse("bias,relu");
  return problem;
}

TunedKey key_on(const std::string &machine) {
  return {machine, std::string(avx2().name), plan_key(some_problem())};
}

/// The model's second choice, so that it can be told from the first.
Plan second_plan() {
  Plan plan = candidates(some_problem(), avx2()).at(1).plan;
  plan.why.clear();
  return plan;
}

TunedPlans some_plans(const std::string &machine = "haswell") {
  TunedPlans plans;
  plans.put(key_on(machine), {second_plan(), 900, 1000});
  return plans;
}

/// What is wrong with a file, or with an entry of it.
std::string error_of(const std::string &text) {
  try {
    const ParsedPlans parsed = TunedPlans::parse(text, "db.json");
    return parsed.complaints.empty() ? "no error" : parsed.complaints.front();
  } catch (const Error &error) {
    return error.what();
  }
}

/// The file with one field of its only entry changed.
std::string with(const std::string &field, const ordered_json &value) {
  ordered_json file = ordered_json::parse(some_plans().text());
  file["plans"][0][ordered_json::json_pointer(field)] = value;
  return file.dump();
}

/// A tuning of a machine and a file of that text.
NamedTuning tuning_of(const std::string &text, const char *machine) {
  const test::ScratchDirectory scratch;
  const std::string path = scratch / "tuned.json";
  std::ofstream(path) << text;
  return find_tuning(machine, path);
}

TEST(TunedPlans, ComeBackFromTheirTextAndKeepItsBytes) {
  TunedPlans plans = some_plans();
  plans.put(key_on("zen5"), {second_plan(), 400, 410});
  const std::string text = plans.text();
  const TunedPlans again = TunedPlans::parse(text, "db.json").plans;
  EXPECT_EQ(again.text(), text);
  ASSERT_NE(again.find(key_on("zen5")), nullptr);
  EXPECT_EQ(again.find(key_on("zen5"))->plan, second_plan());
  EXPECT_EQ(TunedPlans::parse(TunedPlans().text(), "db.json").plans.size(), 0u);
}

TEST(TunedPlans, TheOrderOfTuningDoesNotMatter) {
  TunedPlans one, other;
  one.put(key_on("a"), {second_plan(), 1, 1}), one.put(key_on("b"), {second_plan(), 1, 1});
  other.put(key_on("b"), {second_plan(), 1, 1}), other.put(key_on("a"), {second_plan(), 1, 1});
  EXPECT_EQ(one.text(), other.text());
}

TEST(TunedPlans, WhatIsWrongInAFileIsNamed) {
  EXPECT_THAT(error_of(""), AllOf(HasSubstr("db.json"), HasSubstr("JSON")));
  const std::string text = some_plans().text();
  for (const std::size_t length : {text.size() / 4, text.size() / 2, text.size() - 4})
    EXPECT_THAT(error_of(text.substr(0, length)), HasSubstr("JSON")) << length;
  EXPECT_THAT(error_of("[]"), HasSubstr("file"));
  EXPECT_THAT(error_of("{}"), HasSubstr("format"));
  EXPECT_THAT(error_of(R"({"format": 7, "plans": []})"), HasSubstr("format: 7"));
  EXPECT_THAT(error_of(R"({"format": 1, "plans": {}})"), HasSubstr("plans"));
  EXPECT_THAT(error_of(R"({"format": 1, "plans": [3]})"), HasSubstr("plans[0]"));
}

TEST(TunedPlans, HostileValuesAreErrorsThatNameTheField) {
  EXPECT_THAT(error_of(with("/machine", 3)), HasSubstr("machine: 3"));
  EXPECT_THAT(error_of(with("/target", "pdp-11")), HasSubstr("pdp-11"));
  EXPECT_THAT(error_of(with("/us", -1)), HasSubstr("us: -1"));
  EXPECT_THAT(error_of(with("/us", "soon")), HasSubstr("us"));
  EXPECT_THAT(error_of(with("/model_us", nullptr)), HasSubstr("model_us"));
  EXPECT_THAT(error_of(with("/plan", "direct")), HasSubstr("plan"));
  EXPECT_THAT(error_of(with("/plan/algorithm", "magic")), HasSubstr("algorithm"));
  EXPECT_THAT(error_of(with("/plan/regions/0/tile_w", 1e9)), HasSubstr("tile_w"));
  EXPECT_THAT(error_of(with("/plan/regions/0/tile_w", 0)), HasSubstr("tile_w"));
  ordered_json twice = ordered_json::parse(some_plans().text());
  twice["plans"].push_back(twice["plans"][0]);
  EXPECT_THAT(error_of(twice.dump()), AllOf(HasSubstr("plans[1]"), HasSubstr("once")));
}

TEST(TunedPlan, IsTakenBeforeTheModelsAndSaysSo) {
  const NamedTuning named = tuning_of(some_plans().text(), "haswell");
  const Plan plan = make_plan(some_problem(), avx2(), named.tuning);
  EXPECT_EQ(plan.regions, second_plan().regions);
  EXPECT_THAT(plan.why, AllOf(HasSubstr("tuned on haswell"), HasSubstr("900 us"), HasSubstr("1000")));
  EXPECT_EQ(make_plan(some_problem(), avx2(), named.tuning), plan) << "the same lookup, the same plan";
}

TEST(TunedPlan, HoldsForAnyEpilogueAndWeightsLayoutButNotForAnotherShapeOrLayout) {
  const NamedTuning named = tuning_of(some_plans().text(), "haswell");
  Problem problem = some_problem();
  problem.epilogue = Epilogue::parse("bias,residual,relu");
  problem.weights_layout = parse_weights_layout("oihw");
  problem.name = "named";
  EXPECT_TRUE(tuned_plan(problem, avx2(), named.tuning).plan);
  Problem nchw = problem;
  nchw.layout = parse_layout("nchw");
  EXPECT_FALSE(tuned_plan(nchw, avx2(), named.tuning).plan);
  EXPECT_FALSE(tuned_plan(Problem::parse("mb1ic64ih55oc64oh55kh3ph1"), avx2(), named.tuning).plan);
  EXPECT_FALSE(tuned_plan(problem, find_target("x86-64-avx512"), named.tuning).plan);
}

TEST(TunedPlan, OfDefaultMathHoldsForExactMathUnlessItIsWinograds) {
  Problem exact = some_problem(), fast = some_problem();
  exact.math = Math::exact, fast.math = Math::fast;
  for (const char *algorithm : {"direct", "winograd"}) {
    TunedPlans plans;
    Plan plan = make_plan(some_problem(), avx2(), {}, algorithm);
    plan.why.clear();
    plans.put(key_on("haswell"), {plan, 900, 1000});
    const NamedTuning named = tuning_of(plans.text(), "haswell");
    EXPECT_EQ(tuned_plan(exact, avx2(), named.tuning).plan.has_value(), plan.algorithm == Algorithm::direct);
    EXPECT_FALSE(tuned_plan(fast, avx2(), named.tuning).plan);
  }
}

// 5x5 with stride 2 is 3x3, 3x2, 2x3 and 2x2 taps: the largest by direct alone does not make it exact.
TEST(TunedPlan, OfDefaultMathHoldsForExactMathOnlyIfNoPieceIsWinograds) {
  const Problem problem = Problem::parse("transposed_ic32ih28oc32kh5sh2ph2");
  Problem exact = problem;
  exact.math = Math::exact;
  Plan plan = make_plan(problem, avx2(), {}, "direct");
  const Plan winograd = make_plan(problem, avx2(), {}, "winograd");
  for (const bool one_by_winograd : {false, true}) {
    if (one_by_winograd)
      plan.pieces.back() = winograd.pieces.back();
    TunedPlans plans;
    TunedKey key = key_on("haswell");
    key.problem = plan_key(problem);
    plans.put(key, {plan, 900, 1000});
    const NamedTuning named = tuning_of(plans.text(), "haswell");
    EXPECT_TRUE(tuned_plan(problem, avx2(), named.tuning).plan.has_value());
    const TunedAnswer of_exact = tuned_plan(exact, avx2(), named.tuning);
    EXPECT_EQ(of_exact.plan.has_value(), !one_by_winograd);
    EXPECT_EQ(of_exact.passed_over, ""); // it was not tuned for exact math
  }
  EXPECT_EQ(winograd.pieces.back().algorithm, Algorithm::winograd);
}

TEST(TunedPlan, OfAnotherMachineClassIsNotUsed) {
  const NamedTuning named = tuning_of(some_plans("zen5").text(), "haswell");
  EXPECT_FALSE(tuned_plan(some_problem(), avx2(), named.tuning).plan);
  EXPECT_THAT(make_plan(some_problem(), avx2(), named.tuning).why, ::testing::Not(HasSubstr("tuned")));
}

TEST(TunedPlan, IsNotTakenWhereAnAlgorithmIsAskedFor) {
  const NamedTuning named = tuning_of(some_plans().text(), "haswell");
  EXPECT_THAT(make_plan(some_problem(), avx2(), named.tuning, "direct").why,
              ::testing::Not(HasSubstr("tuned")));
}

TEST(TunedPlan, ThatDoesNotFitItsProblemIsPassedOverAndThePlanSaysSo) {
  const NamedTuning named = tuning_of(with("/plan/regions/0/tile_w", 1000), "haswell");
  EXPECT_TRUE(named.complaints.empty()) << "an entry for itself is right";
  Plan plan = make_plan(some_problem(), avx2(), named.tuning);
  EXPECT_THAT(plan.why, AllOf(HasSubstr("a tuned plan does not fit"), HasSubstr("tile_w")));
  const Plan models = make_plan(some_problem(), avx2(), {.machine = named.tuning.machine});
  plan.why = models.why;
  EXPECT_EQ(plan, models);
}

TEST(TunedPlans, ABadEntryLosesThatEntryOnlyWithALineThatNamesIt) {
  ordered_json file = ordered_json::parse(some_plans().text());
  file["plans"].insert(file["plans"].begin(), file["plans"][0]);
  file["plans"][0]["plan"].erase("regions");
  const NamedTuning named = tuning_of(file.dump(), "haswell");
  ASSERT_EQ(named.complaints.size(), 1u);
  EXPECT_THAT(named.complaints.front(),
              AllOf(HasSubstr("tuned.json"), HasSubstr("plans[0]"), HasSubstr("regions")));
  EXPECT_THAT(make_plan(some_problem(), avx2(), named.tuning).why, HasSubstr("tuned on haswell"));
}

TEST(TunedPlans, MillionsOfBadEntriesAreAHundredLines) {
  std::string text = R"({"format": 1, "plans": [0)";
  for (int i = 1; i < 1000; i++)
    text += ",0";
  const std::vector<std::string> complaints = TunedPlans::parse(text + "]}", "plans.json").complaints;
  ASSERT_EQ(complaints.size(), 101u);
  EXPECT_EQ(complaints.back(), "plans.json: 900 more are left out");
}

TEST(TunedPlan, AFileThatIsNotThereIsAnError) {
  EXPECT_THROW(find_tuning("haswell", "/nowhere/tuned.json"), Error);
}

TEST(Tuning, HasThePlansShippedForItsMachineAndNoOthers) {
  EXPECT_EQ(find_tuning("zen5", "").tuning.plans.size(), 1u);
  EXPECT_TRUE(find_tuning("generic", "").tuning.plans.empty());
  EXPECT_TRUE(find_tuning("haswell", "").tuning.plans.empty());
  EXPECT_THROW(find_tuning("pdp-11", ""), Error);
}

TEST(Tuning, TheEnvironmentIsNotRead) {
  setenv("CONVFORGE_PLANS", "/nowhere/tuned.json", 1);
  setenv("CONVFORGE_MACHINE", "pdp-11", 1);
  EXPECT_NO_THROW(make_plan(some_problem(), avx2()));
  EXPECT_NO_THROW(find_tuning("", ""));
  unsetenv("CONVFORGE_PLANS");
  setenv("CONVFORGE_MACHINE", "generic", 1);
}

/// The layers of bench/layers by their key, in every layout and math that plans are tuned for.
std::map<std::string, Problem> layers_by_key() {
  std::map<std::string, Problem> layers;
  std::vector<Problem> lists = all_layers();
  std::ranges::copy(read_layers("weak"), std::back_inserter(lists));
  for (const Problem &layer : lists)
    for (const Layout layout : {Layout::nhwc, Layout::nchw})
      for (const Math math : {Math::standard, Math::exact, Math::fast}) {
        Problem problem = layer;
        problem.layout = layout, problem.math = math;
        layers.emplace(plan_key(problem), problem);
        problem.types = parse_element_types("u8:s8:u8");
        layers.emplace(plan_key(problem), problem);
      }
  return layers;
}

// Slices share the plans of dense tensors, unless pointwise meets other pixels.
TEST(TunedPlans, KeysOfSlices) {
  const auto key = [](const char *shape, const char *strides) {
    return plan_key(Problem::parse(shape, {.strides = strides}));
  };
  EXPECT_EQ(key("mb2ic16ih9oc8kh3ph1", "0x1x400x32::0x1x0x40"), key("mb2ic16ih9oc8kh3ph1", ""));
  EXPECT_EQ(key("mb2ic16ih9oc8kh1", "0x1x0x32::0x1x0x40"), key("mb2ic16ih9oc8kh1", ""));
  EXPECT_NE(key("mb2ic16ih9oc8kh1", "0x1x400x32"), key("mb2ic16ih9oc8kh1", ""));
  EXPECT_NE(key("mb2ic16ih9oc8kh1", "3000x1x0x16"), key("mb2ic16ih9oc8kh1", ""));
}

// Taps in the padding are left out where it is 0 alone: another zero point has a key of its own, and takes
// the plan of 0 where that leaves out none.
TEST(TunedPlans, OfPaddingThatCounts) {
  const auto problem = [](const char *shape, const char *zero_points) {
    return Problem::parse(shape, {.dtype = "u8:s8:u8", .zero_points = zero_points});
  };
  const Problem zero = problem("ic64ih14oc64kh3ph1", "0:3"), other = problem("ic64ih14oc64kh3ph1", "7:3");
  EXPECT_NE(plan_key(zero), plan_key(other));
  EXPECT_EQ(plan_key(problem("ic64ih14oc64kh3", "0:3")), plan_key(problem("ic64ih14oc64kh3", "7:3")));
  const Target &vnni = find_target("x86-64-avx512-vnni");
  bool skips = false, copies = false;
  for (const Candidate &candidate : candidates(zero, vnni)) {
    TunedPlans plans;
    plans.put({"haswell", std::string(vnni.name), plan_key(zero)}, {candidate.plan, 9, 10});
    const NamedTuning named = tuning_of(plans.text(), "haswell");
    EXPECT_TRUE(tuned_plan(zero, vnni, named.tuning).plan);
    const bool skipping = candidate.plan.window().skip_rows;
    EXPECT_EQ(tuned_plan(other, vnni, named.tuning).plan.has_value(), !skipping);
    (skipping ? skips : copies) = true;
  }
  EXPECT_TRUE(skips && copies);
}

TEST(TunedPlans, DownTheColumnsOnlyWherePixelsLieSideBySide) {
  const Problem dense = Problem::parse("ic3ih64oc32kh3ph1"),
                apart = Problem::parse("ic3ih64oc32kh3ph1", {.strides = "0x1x0x4"}),
                rows_apart = Problem::parse("ic3ih64oc32kh3ph1", {.strides = "0x1x300x3"});
  const std::vector<Candidate> all = candidates(dense, avx2());
  const auto down = std::ranges::find_if(all, [](const Candidate &candidate) {
    return candidate.plan.algorithm == Algorithm::winograd && candidate.plan.winograd().outputs_w == 1;
  });
  ASSERT_NE(down, all.end());
  TunedPlans plans;
  plans.put({"haswell", std::string(avx2().name), plan_key(dense)}, {down->plan, 9, 10});
  const NamedTuning named = tuning_of(plans.text(), "haswell");
  ASSERT_TRUE(tuned_plan(dense, avx2(), named.tuning).plan);
  EXPECT_TRUE(tuned_plan(rows_apart, avx2(), named.tuning).plan);
  EXPECT_FALSE(tuned_plan(apart, avx2(), named.tuning).plan);
}

// The planner passes over a shipped plan that schedules no longer take, or whose key is no problem's: here
// that fails.
TEST(TunedPlans, ThoseShippedFitTheLayersTheyAreFor) {
  const std::map<std::string, Problem> layers = layers_by_key();
  for (const auto &file : std::filesystem::directory_iterator(TUNED_DIR)) {
    const std::string machine = file.path().stem();
    const ParsedPlans parsed = TunedPlans::parse(shipped_text(machine), file.path());
    EXPECT_TRUE(parsed.complaints.empty()) << parsed.complaints.front();
    const TunedPlans &plans = parsed.plans;
    EXPECT_GT(plans.size(), 0u) << file.path();
    for (const auto &[key, tuned] : plans) {
      EXPECT_EQ(key.machine, machine);
      ASSERT_TRUE(layers.contains(key.problem)) << file.path() << ": " << key.problem << " is no layer's key";
      EXPECT_NO_THROW(check_plan(tuned.plan, layers.at(key.problem), find_target(key.target)))
          << file.path() << ": " << key.problem << " for " << key.target;
    }
  }
  EXPECT_TRUE(shipped_text("generic").empty());
}

TEST(TunedPlans, ThoseOfZen4CoverTheListsInBothLayouts) {
  const TunedPlans plans = TunedPlans::parse(shipped_text("zen4"), "zen4.json").plans;
  for (Problem layer : all_layers())
    for (const Layout layout : {Layout::nhwc, Layout::nchw}) {
      layer.layout = layout;
      EXPECT_TRUE(plans.find({"zen4", "x86-64-avx512", plan_key(layer)})) << plan_key(layer);
    }
}

TEST(TunedPlans, ThoseOfZen5CoverTheLists) {
  const TunedPlans plans = TunedPlans::parse(shipped_text("zen5"), "zen5.json").plans;
  for (const char *target : {"x86-64-avx512", "x86-64-avx2"})
    for (const Problem &layer : all_layers()) {
      if (has_dilation_phases(layer))
        continue; // measured before their phases could be dense, and taken out
      EXPECT_NE(plans.find({"zen5", target, plan_key(layer)}), nullptr) << target << " " << layer.canonical();
    }
}

} // namespace
