#include "planner/tuned.hpp"

#include "base/error.hpp"
#include "plan/channels_last.hpp"
#include "plan/json_text.hpp"
#include "plan/plan_json.hpp"
#include "plan/pointwise.hpp"
#include "planner/check_plan.hpp"
#include "planner/piece_plans.hpp"
#include "planner/tasks.hpp"
#include "planner/tuning.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace convforge {

namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 1;
constexpr std::size_t most_complaints = 100; // a file may have millions of wrong entries

const Json &field(const Json &object, const std::string &name) {
  const auto found = object.find(name);
  if (found == object.end())
    fail(name, "missing", "to be there");
  return *found;
}

std::string string_field(const Json &object, const std::string &name) {
  const Json &value = field(object, name);
  if (!value.is_string() || value.get_ref<const std::string &>().empty())
    fail(name, json_excerpt(value), "a string that is not empty");
  return value.get<std::string>();
}

double time_field(const Json &object, const std::string &name) {
  const Json &value = field(object, name);
  const double us = value.is_number() ? value.get<double>() : -1;
  if (!(us > 0) || !std::isfinite(us))
    fail(name, json_excerpt(value), "microseconds above 0");
  return us;
}

std::pair<TunedKey, TunedPlan> parse_entry(const Json &entry) {
  if (!entry.is_object())
    fail("entry", json_excerpt(entry), "an object");
  const TunedKey key{string_field(entry, "machine"), string_field(entry, "target"),
                     string_field(entry, "problem")};
  find_target(key.target == "host" ? "" : key.target);
  return {key, {parse_plan(field(entry, "plan")), time_field(entry, "us"), time_field(entry, "model_us")}};
}

Json parse_file(std::string_view text) {
  Json file = parse_json(text);
  if (!file.is_object())
    fail("file", "no object", "{\"format\": 1, \"plans\": [...]}");
  if (const Json &version = field(file, "format"); version != format_version)
    fail("format", json_excerpt(version), std::to_string(format_version));
  if (!field(file, "plans").is_array())
    fail("plans", json_excerpt(file["plans"]), "a list");
  return file;
}

std::string why(const TunedPlan &tuned, const std::string &machine) {
  return fmt::format("{} (tuned on {}: {:.4g} us, where the model's own choice took {:.4g})",
                     name_of(tuned.plan.algorithm), machine, tuned.us, tuned.model_us);
}

Plan checked(const TunedPlan &tuned, const std::string &machine, const Problem &problem,
             const Target &target) {
  check_plan(tuned.plan, problem, target);
  Plan plan = tuned.plan;
  plan.why = why(tuned, machine);
  return plan;
}

/// Is what stands in the padding a zero point that counts, so that taps there may not be left out?
bool padding_counts(const Problem &problem) {
  return problem.types.quantised() && problem.quantisation.source_zero_point != 0 &&
         std::ranges::any_of(problem.axes, [](const Axis &axis) { return needs_padding(axis); });
}

/// The problem's entry. Where padding counts and has none, that of a zero point of 0 may fit. What was the
/// fastest of all that default math allows is the fastest with exact math too, if its sums are the plain
/// ones.
const TunedPlan *entry_for(const TunedPlans &plans, const TunedKey &key, const Problem &problem) {
  const TunedPlan *tuned = plans.find(key);
  if (!tuned && padding_counts(problem)) {
    Problem plain = problem;
    plain.quantisation.source_zero_point = 0;
    return entry_for(plans, {key.machine, key.target, plan_key(plain)}, plain);
  }
  if (tuned && !takes_any_strides(tuned->plan, problem) && problem.input_strides().w != problem.in_channels)
    return nullptr; // measured for another slice, or for a dense tensor
  if (tuned || problem.math != Math::exact)
    return tuned;
  Problem standard = problem;
  standard.math = Math::standard;
  tuned = plans.find({key.machine, key.target, plan_key(standard)});
  return tuned && has_plain_sums(tuned->plan, problem) ? tuned : nullptr;
}

/// Do strides change what plans are of: the pixels that pointwise fuses?
bool strides_matter(const Problem &problem) {
  Problem dense = problem;
  dense.strides = {};
  const bool pointwise = is_pointwise(problem);
  return pointwise != is_pointwise(dense) ||
         (pointwise && fuse_pixels(problem).batch != fuse_pixels(dense).batch);
}

} // namespace

std::string plan_key(const Problem &problem) {
  Problem bare = problem;
  bare.weights_layout = default_weights_layout(problem);
  bare.epilogue = {};
  bare.quantisation = {};
  if (!strides_matter(problem))
    bare.strides = {};
  return bare.canonical() + (padding_counts(problem) ? " padding=counts" : "");
}

ParsedPlans TunedPlans::parse(std::string_view text, const std::string &source) {
  ParsedPlans parsed;
  Json file;
  try {
    file = parse_file(text);
  } catch (const Error &error) {
    throw Error(fmt::format("{}: {}", source, error.what()));
  }
  std::size_t index = 0, more = 0;
  for (const Json &entry : file["plans"]) {
    try {
      const auto [key, plan] = parse_entry(entry);
      if (!parsed.plans.plans_.emplace(key, plan).second)
        fail("problem", key.problem.substr(0, 200), "each problem once for a machine and target");
    } catch (const Error &error) {
      if (parsed.complaints.size() < most_complaints)
        parsed.complaints.push_back(
            fmt::format("{}: plans[{}] is left out: {}", source, index, error.what()));
      else
        more++;
    }
    index++;
  }
  if (more > 0)
    parsed.complaints.push_back(fmt::format("{}: {} more are left out", source, more));
  return parsed;
}

std::string TunedPlans::text() const {
  std::string text = fmt::format("{{\"format\": {}, \"plans\": [", format_version);
  const char *separator = "\n";
  for (const auto &[key, tuned] : plans_) {
    const Json entry = {{"machine", key.machine},     {"target", key.target},
                        {"problem", key.problem},     {"us", tuned.us},
                        {"model_us", tuned.model_us}, {"plan", plan_json(tuned.plan)}};
    text += separator + entry.dump(-1, ' ', true);
    separator = ",\n";
  }
  return text + "\n]}\n";
}

const TunedPlan *TunedPlans::find(const TunedKey &key) const {
  const auto found = plans_.find(key);
  return found == plans_.end() ? nullptr : &found->second;
}

void TunedPlans::put(const TunedKey &key, const TunedPlan &plan) {
  plans_[key] = plan;
}

TunedAnswer tuned_plan(const Problem &problem, const Target &target, const Tuning &tuning) {
  const std::string &machine = tuning.machine.name;
  const TunedKey key{machine, std::string(target.name), plan_key(problem)};
  TunedAnswer answer;
  for (const auto &plans : tuning.plans) {
    if (const TunedPlan *tuned = entry_for(*plans, key, problem)) {
      try {
        answer.plan = checked(*tuned, machine, problem, target);
        return answer;
      } catch (const Error &error) {
        answer.passed_over = error.what();
      }
    }
  }
  return answer;
}

} // namespace convforge
