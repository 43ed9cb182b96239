// Files of plans: what --plans, CONVFORGE_PLANS and `tune --db` read.
#include "artefact/artefact.hpp"
#include "float_targets.hpp"
#include "fuzz/fuzz_target.hpp"
#include "plan/json_text.hpp"
#include "plan/plan_json.hpp"
#include "planner/check_plan.hpp"
#include "planner/family.hpp"
#include "planner/tuned.hpp"

#include <nlohmann/json.hpp>

namespace convforge::fuzz {
namespace {

/// What follows from a plan that fits, as compiling and `explain` ask.
void follow(const Plan &plan, const Problem &problem, const Target &target) {
  const Family &family = family_of(plan, problem);
  const auto bytes = [&](bool shared) {
    for (const Scratch &scratch : family.scratch(plan, problem, shared))
      require(!scratch.formula.empty(), "scratch memory has its formula");
  };
  bytes(false), bytes(true);
  require(family.imbalance(plan, problem) >= 0, "an imbalance is a time");
  for (const Region &region : plan.regions)
    require(!family.tile_in_words(plan, region).empty(), "a tile has words");
  require(!family.task_in_words(plan, problem).empty(), "a task has words");
  Plan followed = plan;
  family.follow(followed, problem, target);
  if (succeeds([&] { pack_layout(problem, plan); }))
    require(pack_layout(problem, plan).bytes > 0, "packed weights have bytes");
}

/// A plan against the problem that it says it is for, and against that of the other layout.
void fit(const Plan &plan, std::string_view problem_text) {
  Problem problem;
  const auto parse = [&] { problem = Problem::parse(problem_text.substr(0, problem_text.find(' '))); };
  if (!succeeds(parse))
    return;
  for (const Layout layout : {Layout::nhwc, Layout::nchw})
    for (const Target &target : targets_of_floats()) {
      problem.layout = layout;
      if (succeeds([&] { check_plan(plan, problem, target); }))
        follow(plan, problem, target);
    }
}

/// Whoever walks through a value calls itself for each depth.
void require_bounds(const nlohmann::ordered_json &value, std::size_t depth) {
  if (!value.is_structured())
    return;
  require(depth <= most_json_depth, "values are not deeper than the limit");
  require(!value.is_object() || value.size() <= most_json_fields,
          "objects have no more fields than the limit");
  for (const nlohmann::ordered_json &part : value)
    require_bounds(part, depth + 1);
}

void same(const TunedPlans &plans, const TunedPlans &again) {
  require(again.size() == plans.size(), "a printed file has as many plans");
  for (const auto &[key, tuned] : plans) {
    const TunedPlan *other = again.find(key);
    require(other && other->plan == tuned.plan, "a printed plan is the same");
    require(other && other->us == tuned.us && other->model_us == tuned.model_us,
            "printed times are the same");
  }
}

} // namespace

void check(Input input) {
  require_bounds(parse_json(text_of(input)), 1);
  const ParsedPlans parsed = TunedPlans::parse(text_of(input), "plans.json");
  const ParsedPlans again = TunedPlans::parse(parsed.plans.text(), "printed");
  require(again.complaints.empty(), "a printed file is read without complaints");
  same(parsed.plans, again.plans);
  for (const auto &[key, tuned] : parsed.plans) {
    require(parse_plan(parse_json(plan_text(tuned.plan))) == tuned.plan, "a plan's text is the plan");
    fit(tuned.plan, key.problem);
  }
  for (const std::string &complaint : parsed.complaints)
    throw Error(complaint);
}

} // namespace convforge::fuzz
