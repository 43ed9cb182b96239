// Tuned plans: what `convforge tune` measured, by machine class, target and problem. The planner takes them
// before its model; what has no entry is left to the model.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

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

/// The problem as far as plans depend on it: its canonical text without weights' layout and epilogue, which
/// change the packing and the store alone.
std::string plan_key(const Problem &problem);

/// A table of plans and its file.
class TunedPlans {
public:
  /// Reads a file's text. Throws Error naming `source`, the entry and the field that is wrong.
  static TunedPlans parse(std::string_view text, const std::string &source);
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

/// schedules/tuned/<machine>.json as this program was built with it; empty for a class that has none.
std::string_view shipped_text(std::string_view machine);

/// The plan for this machine (machine_class()): from the file that CONVFORGE_PLANS names, else from those
/// shipped. Its `why` says so. Throws Error when that file, or its plan for this problem, is wrong; a shipped
/// plan that schedules no longer take is passed over.
std::optional<Plan> tuned_plan(const Problem &problem, const Target &target);

} // namespace convforge
