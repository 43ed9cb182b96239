// Tuned plans: what `convforge tune` measured, by machine, target and problem. The planner takes them before
// its model; what has no entry is left to the model.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// What a plan was measured for. `problem` is plan_key()'s.
struct TunedKey {
  std::string machine, target, problem;
  auto operator<=>(const TunedKey &) const = default;
};

struct TunedPlan {
  Plan plan;
  double us = 0, model_us = 0; ///< the least time of a call: with this plan, and with the model's own choice
};

/// The problem as far as plans depend on it: its canonical text without weights' layout, epilogue and
/// quantisation, which change the packing and the store alone, but for a zero point that stands in the
/// padding.
std::string plan_key(const Problem &problem);

struct ParsedPlans;

/// A table of plans and its file.
class TunedPlans {
public:
  /// Reads a file's text. An entry that is wrong is left out, with a line that names `source`, the entry and
  /// the field. Throws Error for a text that is no file of plans.
  static ParsedPlans parse(std::string_view text, const std::string &source);
  /// The file: JSON, sorted, an entry a line.
  std::string text() const;

  const TunedPlan *find(const TunedKey &key) const;
  /// Takes the place of an entry of the same key.
  void put(const TunedKey &key, const TunedPlan &plan);
  std::size_t size() const { return plans_.size(); }
  auto begin() const { return plans_.begin(); }
  auto end() const { return plans_.end(); }

private:
  std::map<TunedKey, TunedPlan> plans_;
};

struct ParsedPlans {
  TunedPlans plans;
  std::vector<std::string>
      complaints; ///< one for each entry left out, of the first hundred; then how many more
};

/// schedules/tuned/<machine>.json as this program was built with it; empty for a class that has none.
std::string_view shipped_text(std::string_view machine);

struct Tuning;

/// What tables say of a problem.
struct TunedAnswer {
  std::optional<Plan> plan; ///< its `why` says where it was tuned
  std::string
      passed_over; ///< why an entry that there is does not serve: it does not fit the problem; or empty
};

/// The first plan that fits of the tuning's tables.
TunedAnswer tuned_plan(const Problem &problem, const Target &target, const Tuning &tuning);

} // namespace convforge
