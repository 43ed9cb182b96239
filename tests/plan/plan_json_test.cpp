// Plans as JSON: every plan of the layer lists survives the way there and back, and hostile ones are refused
// with an error that names the field.
#include "float_targets.hpp"
#include "plan/plan_json.hpp"

#include "base/error.hpp"
#include "kernels/layers.hpp"
#include "planner/check_plan.hpp"
#include "planner/planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace convforge {
namespace {

using Json = nlohmann::ordered_json;

const Problem problem = Problem::parse("ic24ih14oc40kh3ph1");
const Target &target = find_target("x86-64-avx512");

void expect_fit(const Problem &layer) {
  for (const Target &each : targets_of_floats()) {
    SCOPED_TRACE(layer.canonical() + " " + std::string(each.name));
    for (const Candidate &candidate : candidates(layer, each)) {
      const std::string text = plan_json(candidate.plan).dump();
      EXPECT_EQ(parse_plan(Json::parse(text)), candidate.plan);
      EXPECT_NO_THROW(check_plan(candidate.plan, layer, each)) << text;
    }
  }
}

TEST(PlanJson, EveryCandidateOfTheListsComesBackAndIsFitForItsProblem) {
  for (Problem layer : all_layers()) {
    expect_fit(layer);
    layer.layout = Layout::nchw;
    expect_fit(layer);
    layer.epilogue = Epilogue::parse("residual"); // which the output may be
    expect_fit(layer);
  }
}

std::string error_of(const Json &json, const Problem &of = problem) {
  try {
    check_plan(parse_plan(json), of, target);
  } catch (const Error &error) {
    return error.what();
  }
  return "none";
}

TEST(PlanJson, PlansMadeBeforeNchwWasTransposedAreRead) {
  Problem nchw = problem;
  nchw.layout = Layout::nchw;
  Json plan = plan_json(make_plan(nchw, target));
  ASSERT_EQ(plan["transposed"], true);
  EXPECT_TRUE(parse_plan(plan).transposed);
  plan.erase("transposed");
  EXPECT_FALSE(parse_plan(plan).transposed);
  EXPECT_FALSE(plan_json(parse_plan(plan)).contains("transposed"));
  plan["transposed"] = "yes";
  EXPECT_EQ(error_of(plan).find("transposed"), 0u) << error_of(plan);
  plan["transposed"] = true; // of NHWC, nothing can be
  EXPECT_NE(error_of(plan).find("transposed: true (expected false"), std::string::npos) << error_of(plan);
}

TEST(PlanJson, PhasesAreThoseOfTheDilation) {
  const Problem dilated = Problem::parse("ic64ih60oc64oh60kh3ph3dh2");
  Json plan = plan_json(make_plan(dilated, target));
  ASSERT_EQ(plan["phases_per_task"], 3);
  const auto error = [&](const Problem &of) { return error_of(plan, of); };
  EXPECT_EQ(error(dilated), "none");
  EXPECT_EQ(error(problem).find("plan: phases_per_task: 3 (expected 0"), 0u) << error(problem);
  plan["phases_per_task"] = 2;
  EXPECT_EQ(error(dilated).find("plan: phases_per_task: 2 (expected 3 of a row"), 0u) << error(dilated);
  plan["phases_per_task"] = 3;
  plan["transposed"] = true;
  EXPECT_EQ(error(dilated).find("plan: transposed: true"), 0u) << error(dilated);
}

TEST(PlanJson, PlanesAreThoseOfADepth) {
  Problem deep = Problem::parse("ic32id6ih14oc40kd3kh3pd1ph1");
  Json plan = plan_json(make_plan(deep, target, {}, "winograd"));
  ASSERT_EQ(plan["planes"], "channels");
  const auto error = [&](const Problem &of) { return error_of(plan, of); };
  EXPECT_EQ(error(deep), "none");
  EXPECT_EQ(error(problem).find("plan: planes: channels (expected taps"), 0u) << error(problem);
  plan["planes"] = "rows";
  EXPECT_EQ(error(deep), "planes: \"rows\" (expected one of taps, channels, gathered)");
  deep.layout = Layout::nchw;
  plan = plan_json(make_plan(deep, target, {}, "winograd"));
  ASSERT_EQ(plan["planes"], "gathered");
  EXPECT_EQ(error(deep), "none");
  plan["transposed"] = false;
  EXPECT_EQ(error(deep).find("plan: transposed: false"), 0u) << error(deep);
  plan["transposed"] = true;
  plan["planes"] = "channels";
  EXPECT_EQ(error(deep).find("plan: planes: channels (expected gathered or taps"), 0u) << error(deep);
  plan.erase("planes"); // Winograd has no other way
  EXPECT_NE(error(deep), "none");
}

TEST(PlanJson, JoinedPhasesAreOfProblemsWhosePhasesAreAlike) {
  const Problem alike = Problem::parse("transposed_ic64ih64oc3kh9sh3ph3");
  const Plan plan = make_plan(alike, target);
  ASSERT_TRUE(plan.joins_phases);
  Json json = plan_json(plan);
  EXPECT_EQ(parse_plan(json), plan);
  EXPECT_NO_THROW(check_plan(plan, alike, target));
  EXPECT_NE(error_of(json).find("joins_phases: true (expected false"), std::string::npos) << error_of(json);
  Plan other = plan;
  other.transposed = true;
  EXPECT_THROW(check_plan(other, alike, target), Error);
  other = plan;
  other.regions.push_back(plan.regions.front());
  EXPECT_THROW(check_plan(other, alike, target), Error);
  other = plan;
  other.joins_phases = false; // then it is computed in pieces
  EXPECT_THROW(check_plan(other, alike, target), Error);
}

TEST(PlanJson, EveryFieldIsNeededAndNoOther) {
  const Json plan = plan_json(make_plan(problem, target));
  ASSERT_EQ(error_of(plan), "none");
  for (const auto &item : plan.items()) {
    Json without = plan;
    without.erase(item.key());
    EXPECT_EQ(error_of(without).find(item.key() + ": missing"), 0u) << item.key();
    Json wrong = plan;
    wrong[item.key()] = Json::array({nullptr});
    EXPECT_EQ(error_of(wrong).find(item.key()), 0u) << error_of(wrong);
  }
  Json extra = plan;
  extra["colour"] = "red";
  EXPECT_EQ(error_of(extra), "colour: \"red\" (expected no such field in a plan)");
  EXPECT_NE(error_of(Json::array()).find("plan: [] (expected an object)"), std::string::npos);
}

using Changes = std::initializer_list<std::pair<const char *, Json>>;

/// Each change, by itself, gives an error that names its field.
void expect_refused(const Json &plan, const Changes &hostile) {
  ASSERT_EQ(error_of(plan), "none");
  for (const auto &[path, value] : hostile) {
    Json changed = plan;
    changed[Json::json_pointer(path)] = value;
    const std::string field = Json::json_pointer(path).back();
    EXPECT_NE(error_of(changed).find(field), std::string::npos)
        << path << " " << value << ": " << error_of(changed);
  }
}

TEST(PlanJson, HostileValuesAreRefused) {
  const auto all = candidates(problem, target);
  const Json plan = plan_json(
      std::ranges::find_if(all, [](const Candidate &c) { return c.plan.window().padded_copy; })->plan);
  const Changes hostile = {
      {"/algorithm", "fastest"},
      {"/algorithm", "pointwise"},
      {"/vector_axis", "width"},
      {"/padded_copy", false},
      {"/rows_per_task", 0},
      {"/rows_per_task", 15},
      {"/rows_per_task", 1.5},
      {"/rows_per_task", 18446744073709551615u},
      {"/skip_rows", true},
      {"/skip_columns", true},
      {"/regions/0/unroll_tiles", true},
      {"/taps_innermost", true},
      {"/blocks_per_chunk", 1},
      {"/unroll_c", 5},
      {"/regions", Json::array()},
      {"/regions/0/block", 0},
      {"/regions/0/block", 8},
      {"/regions/0/lanes", 3},
      {"/regions/0/lanes", 32},
      {"/regions/0/tile_w", 15},
      {"/regions/0/tile_h", 1 << 29},
      {"/regions/0/first_channel", 1},
      {"/regions/0/channels", 1 << 20},
      {"/winograd_outputs_h", 4},
      {"/two_weight_pointers", true}, // x86 loads every scalar by itself
  };
  expect_refused(plan, hostile);
}

TEST(PlanJson, HasTheFieldsOfItsAlgorithmsFamilyAlone) {
  const auto error_as = [](const char *planned_as, const char *read_as) {
    Json plan = plan_json(make_plan(problem, target, {}, planned_as));
    plan["algorithm"] = read_as;
    return error_of(plan);
  };
  EXPECT_THAT(error_as("direct", "depthwise"), testing::StartsWith("blocks_per_chunk: missing"));
  EXPECT_THAT(error_as("winograd", "direct"), testing::StartsWith("padded_copy: missing"));
  Json both = plan_json(make_plan(problem, target, {}, "winograd"));
  both["padded_copy"] = false;
  EXPECT_THAT(error_of(both), testing::StartsWith("padded_copy: false (expected no such field"));
  Plan mixed = make_plan(problem, target, {}, "direct");
  mixed.part = WinogradPart{};
  EXPECT_THROW(check_plan(mixed, problem, target), Error);
}

TEST(PlanJson, RowsOfAOneRowKernelAreNotLeftOut) {
  const Problem padded = Problem::parse("ic8ih3iw8oc16oh3ow8kh1kw3ph0pw1");
  Plan plan = make_plan(padded, target, {}, "direct");
  EXPECT_NO_THROW(check_plan(plan, padded, target));
  plan.direct().window = {.skip_rows = true, .skip_columns = true, .unroll_s = true};
  for (Region &region : plan.regions)
    region.tile_w = region.tile_h = 1;
  try {
    check_plan(plan, padded, target);
    FAIL();
  } catch (const Error &error) {
    EXPECT_NE(std::string(error.what()).find("skip_rows"), std::string::npos) << error.what();
  }
}

// The fields beside the pieces are read by whoever asks for one plan.
TEST(PlanJson, PiecesAreHeldToTheProblemAndToTheFieldsBesideThem) {
  const Problem up = Problem::parse("transposed_ic16ih14oc32kh4sh2ph1");
  const Plan plan = make_plan(up, target);
  EXPECT_EQ(parse_plan(plan_json(plan)), plan);
  EXPECT_NO_THROW(check_plan(plan, up, target));
  Plan other = plan;
  other.rows_per_task += 1;
  EXPECT_THROW(check_plan(other, up, target), Error);
  other = plan;
  other.pieces.pop_back();
  EXPECT_THROW(check_plan(other, up, target), Error);
  EXPECT_THROW(check_plan(plan, problem, target), Error);
  EXPECT_THROW(check_plan(make_plan(problem, target), up, target), Error);
  other = plan;
  other.pieces[1].pieces = plan.pieces;
  EXPECT_THROW(check_plan(other, up, target), Error);
}

TEST(PlanJson, HostileWinogradPlansAreRefused) {
  const Changes hostile = {
      {"/vector_axis", "width"},
      {"/padded_copy", true},
      {"/unroll_c", 5},
      {"/unroll_s", true},
      {"/two_weight_pointers", true},
      {"/winograd_outputs_h", 5},
      {"/winograd_outputs_h", 6}, // --math fast only
      {"/winograd_rows_per_task", 0},
      {"/winograd_rows_per_task", 8},
      {"/columns_per_task", 8}, // part of a row, but tasks of four
      {"/columns_per_task", 0},
      {"/winograd_input_lanes", 12},
      {"/winograd_output_passes", 0},
      {"/winograd_output_passes", 5},
      {"/winograd_prefetch", true}, // one task has the image
      {"/winograd_input_lanes", 32},
      {"/regions/0/block", 8},
      {"/regions/0/block", 1024},
      {"/regions/0/lanes", 3},
      {"/regions/0/tile_w", 50},
      {"/regions/0/tile_h", 2},
      {"/regions/0/first_channel", 1},
      {"/regions/0/channels", 39},
  };
  Plan plan = make_plan(problem, target, {}, "winograd");
  plan.winograd().outputs_h = plan.winograd().outputs_w = 4;
  plan.winograd().rows_per_task = 4;
  plan.regions.front().tile_w = 4;
  expect_refused(plan_json(plan), hostile);
}

TEST(PlanJson, SkippedPaddingNeedsTilesOfOneRowAndColumnsWrittenOut) {
  Plan plan = make_plan(problem, target, {}, "direct");
  ASSERT_TRUE(plan.window().skip_rows && plan.window().skip_columns);
  EXPECT_NO_THROW(check_plan(plan, problem, target));
  Plan two_rows = plan, columns = plan;
  two_rows.regions[0].tile_h = 2;
  columns.direct().window.unroll_s = false;
  EXPECT_THROW(check_plan(two_rows, problem, target), Error);
  EXPECT_THROW(check_plan(columns, problem, target), Error);
}

} // namespace
} // namespace convforge
