#include "planner/tuning.hpp"

#include "base/text_file.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

/// An entry that does not parse (plans have changed since it was measured) is as if it were not there: a test
/// tells.
std::shared_ptr<const TunedPlans> shipped_plans(const std::string &machine) {
  const std::string_view text = shipped_text(machine);
  return text.empty() ? nullptr
                      : std::make_shared<const TunedPlans>(
                            TunedPlans::parse(text, fmt::format("schedules/tuned/{}.json", machine)).plans);
}

} // namespace

NamedTuning find_tuning(std::string_view machine, const std::string &plans) {
  NamedTuning named{.tuning = {.machine = find_machine(machine)}};
  if (!plans.empty()) {
    ParsedPlans parsed = TunedPlans::parse(read_text_file("plans", plans), plans);
    named.tuning.plans.push_back(std::make_shared<const TunedPlans>(std::move(parsed.plans)));
    named.complaints = std::move(parsed.complaints);
  }
  if (auto shipped = shipped_plans(named.tuning.machine.name))
    named.tuning.plans.push_back(std::move(shipped));
  return named;
}

} // namespace convforge
