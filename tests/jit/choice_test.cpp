// Every field of a choice is checked, and it can only name what the planner proposes.
#include "choice.hpp"

#include "base/error.hpp"
#include "bytes.hpp"
#include "key.hpp"
#include "sealed.hpp"

#include <algorithm>
#include <bit>
#include <gtest/gtest.h>
#include <limits>

namespace convforge {
namespace {

const Problem problem = Problem::parse("ic16ih14oc16kh3ph1", {.epilogue = "bias"});
const Target &target = find_target("x86-64-sse41");
const std::vector<Candidate> proposed = candidates(problem, target);

Choice second() {
  return {.budget_ms = 500,
          .contestants = 4,
          .seconds = 2e-6,
          .model_seconds = 3e-6,
          .plan = name_in_choice(proposed[1].plan)};
}

std::string refusal_of(const std::vector<std::uint8_t> &bytes) {
  try {
    decode_choice(bytes);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

template <typename Change>
std::string message_with(Change change) {
  Choice choice = second();
  change(choice);
  return refusal_of(encode_choice("key", choice));
}

TEST(ChoiceTest, ComesBackAsItWas) {
  Choice whole = second();
  whole.whole = true;
  for (const Choice &choice : {second(), whole, Choice{.budget_ms = 1}}) {
    const KeyedChoice read = decode_choice(encode_choice("a key", choice));
    EXPECT_EQ(read.key, "a key");
    EXPECT_EQ(read.choice.budget_ms, choice.budget_ms);
    EXPECT_EQ(read.choice.whole, choice.whole);
    EXPECT_EQ(read.choice.contestants, choice.contestants);
    EXPECT_EQ(read.choice.seconds, choice.seconds);
    EXPECT_EQ(read.choice.model_seconds, choice.model_seconds);
    EXPECT_EQ(read.choice.plan, choice.plan);
  }
}

TEST(ChoiceTest, WhatIsWrongIsNamed) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_NE(message_with([](Choice &c) { c.seconds = 0; }).find("time: 0 s"), std::string::npos);
  EXPECT_NE(message_with([](Choice &c) { c.seconds = -1; }).find("time: -1 s"), std::string::npos);
  EXPECT_NE(message_with([](Choice &c) { c.model_seconds = infinity; }).find("model's time"),
            std::string::npos);
  EXPECT_NE(message_with([](Choice &c) {
              c.model_seconds = std::numeric_limits<double>::quiet_NaN();
            }).find("model's time"),
            std::string::npos);
  EXPECT_NE(message_with([](Choice &c) { c.plan.clear(); }).find("plan: empty"), std::string::npos);
  EXPECT_NE(message_with([](Choice &c) { c.contestants = 0; }).find("nothing was measured"),
            std::string::npos);
  ByteWriter other;
  other.block(std::string("key"));
  other.number(1, 8);
  other.number(2, 8);
  EXPECT_NE(refusal_of(seal({"CFCHOICE", choice_format_version}, other.take())).find("whole: 2"),
            std::string::npos);
}

TEST(ChoiceTest, NoDamagePasses) {
  const std::vector<std::uint8_t> bytes = encode_choice("key", second());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::uint8_t> changed = bytes;
    changed[i] ^= 1;
    EXPECT_NE(refusal_of(changed), "") << i;
    changed.resize(i);
    EXPECT_NE(refusal_of(changed), "") << i;
  }
}

Plan plan_of(const Choice &choice, const std::string &machine) {
  if (const std::optional<Plan> plan = chosen_plan(choice, proposed, machine))
    return *plan;
  throw Error("no plan of that name");
}

TEST(ChoiceTest, NamesAPlanAndSaysHowItWasFound) {
  const Plan plan = plan_of(second(), "haswell");
  EXPECT_EQ(name_in_choice(plan), second().plan);
  EXPECT_EQ(plan.why, name_of(plan.algorithm) +
                          " (measured at run time on haswell: 2 us, where the model's own choice took 3; the "
                          "fastest of 4 plans)");
  Choice models = second();
  models.plan = name_in_choice(proposed[0].plan);
  models.seconds = models.model_seconds;
  EXPECT_NE(plan_of(models, "zen5").why.find("on zen5: 3 us, the model's own choice;"), std::string::npos);
}

TEST(ChoiceTest, OfAPlanThatIsNotProposedIsNone) {
  Choice strange = second();
  strange.plan += " ";
  EXPECT_FALSE(chosen_plan(strange, proposed, "haswell"));
}

TEST(ChoiceTest, HoldsForNoLargerBudgetUnlessNothingWasLeftOut) {
  Choice choice{.budget_ms = 100};
  EXPECT_TRUE(choice.holds_for(1));
  EXPECT_TRUE(choice.holds_for(100));
  EXPECT_FALSE(choice.holds_for(101));
  choice.whole = true;
  EXPECT_TRUE(choice.holds_for(101));
}

TEST(ChoiceTest, ItsKeyHasAllThatItDependsOn) {
  const std::string key = choice_key(problem, target, "haswell", "auto");
  const auto of = [](const char *descriptor, const ProblemText &text = {}) {
    return choice_key(Problem::parse(descriptor, text), target, "haswell", "auto");
  };
  EXPECT_EQ(of("ic16ih14oc16kh3ph1", {.epilogue = "residual,relu"}), key);
  EXPECT_EQ(of("ic16ih14oc16kh3ph1n\"name\""), key);
  EXPECT_NE(of("ic16ih14oc16kh3ph1", {.layout = "nchw"}), key);
  EXPECT_NE(of("ic16ih14oc16kh3ph1", {.math = "exact"}), key);
  EXPECT_NE(of("ic16ih14oc16kh3ph1", {.strides = "6272x1x448x32::"}), key);
  EXPECT_NE(choice_key(problem, find_target("x86-64-avx2"), "haswell", "auto"), key);
  EXPECT_NE(choice_key(problem, target, "zen5", "auto"), key);
  EXPECT_NE(choice_key(problem, target, "haswell", "direct"), key);
}

} // namespace
} // namespace convforge
