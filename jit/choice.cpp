#include "choice.hpp"

#include "bytes.hpp"
#include "plan/plan_line.hpp"
#include "sealed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace convforge {

namespace {

constexpr SealKind choice_kind = {"CFCHOICE", choice_format_version};

/// A time above 0, or 0 where nothing was measured.
double read_seconds(ByteReader &payload, const char *field, bool measured) {
  const double seconds = std::bit_cast<double>(payload.number(field, 8));
  const bool right =
      measured ? seconds > 0 && std::isfinite(seconds) : std::bit_cast<std::uint64_t>(seconds) == 0;
  expect(right, field, fmt::format("{} s", seconds), measured ? "a time above 0" : "0: nothing was measured");
  return seconds;
}

std::string read_text(ByteReader &payload, const char *field) {
  const auto text = payload.block(field);
  return {text.begin(), text.end()};
}

std::string reason(const Choice &choice, const Plan &plan, const std::string &machine) {
  const std::string others =
      choice.seconds == choice.model_seconds
          ? "the model's own choice"
          : fmt::format("where the model's own choice took {:.4g}", 1e6 * choice.model_seconds);
  return fmt::format("{} (measured at run time on {}: {:.4g} us, {}; the fastest of {} plans)",
                     name_of(plan.algorithm), machine, 1e6 * choice.seconds, others, choice.contestants);
}

} // namespace

std::vector<std::uint8_t> encode_choice(const std::string &key, const Choice &choice) {
  ByteWriter payload;
  payload.block(key);
  payload.number(choice.budget_ms, 8);
  payload.number(choice.whole, 8);
  payload.number(choice.contestants, 8);
  payload.number(std::bit_cast<std::uint64_t>(choice.seconds), 8);
  payload.number(std::bit_cast<std::uint64_t>(choice.model_seconds), 8);
  payload.block(choice.plan);
  return seal(choice_kind, payload.take());
}

KeyedChoice decode_choice(std::span<const std::uint8_t> bytes) {
  ByteReader payload(unseal(choice_kind, bytes));
  KeyedChoice read{.key = read_text(payload, "key")};
  Choice &choice = read.choice;
  choice.budget_ms = payload.number("budget", 8);
  const std::uint64_t whole = payload.number("whole", 8);
  expect(whole <= 1, "whole", std::to_string(whole), "0 or 1");
  choice.whole = whole == 1;
  choice.contestants = payload.number("contestants", 8);
  const bool measured = choice.contestants > 0;
  choice.seconds = read_seconds(payload, "time", measured);
  choice.model_seconds = read_seconds(payload, "model's time", measured);
  choice.plan = read_text(payload, "plan");
  expect(choice.plan.empty() != measured, "plan", choice.plan.empty() ? "empty" : "named",
         measured ? "one that was measured" : "none, as nothing was measured");
  expect(payload.left() == 0, "bytes after the plan", std::to_string(payload.left()), "none");
  return read;
}

std::string name_in_choice(Plan plan) {
  plan.why.clear();
  return plan_line(plan);
}

std::optional<Plan> chosen_plan(const Choice &choice, const std::vector<Candidate> &candidates,
                                const std::string &machine) {
  const auto found = std::ranges::find_if(
      candidates, [&](const Candidate &candidate) { return name_in_choice(candidate.plan) == choice.plan; });
  if (found == candidates.end())
    return std::nullopt;
  Plan plan = found->plan;
  plan.why = reason(choice, plan, machine);
  return plan;
}

} // namespace convforge
