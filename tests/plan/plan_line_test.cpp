// Plans on one line: every field is in it.
#include "plan/plan_line.hpp"

#include "plan/plan_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace convforge {
namespace {

using Json = nlohmann::ordered_json;

Plan plan_of(Algorithm algorithm) {
  Plan plan = empty_plan(algorithm);
  plan.regions = {{.channels = 8, .block = 8, .lanes = 8, .tile_w = 2, .tile_h = 1},
                  {.first_channel = 8, .channels = 4, .block = 4, .lanes = 4, .tile_w = 2, .tile_h = 1}};
  plan.rows_per_task = plan.columns_per_task = 2;
  plan.why = "any text, even x=1 or ]";
  return plan;
}

/// Another value of the field's kind, which a plan may have.
Json another(const Json &value) {
  if (value.is_boolean())
    return !value.get<bool>();
  if (value.is_number())
    return value.get<int>() + 1;
  const std::string text = value.get<std::string>();
  return text == "channel" ? "width" : text == "none" ? "pixels" : text + ".";
}

void expect_other_line(const Json &json, const std::string &line, const std::string &field) {
  EXPECT_NE(plan_line(parse_plan(json)), line) << field;
}

TEST(PlanLine, ChangesWithEveryField) {
  for (const Algorithm algorithm :
       {Algorithm::direct, Algorithm::pointwise, Algorithm::depthwise, Algorithm::winograd}) {
    const Json json = plan_json(plan_of(algorithm));
    const std::string line = plan_line(plan_of(algorithm));
    EXPECT_EQ(plan_line(parse_plan(json)), line);
    EXPECT_EQ(line.rfind("algorithm=" + name_of(algorithm) + " ", 0), 0u) << line;
    for (const auto &[name, value] : json.items()) {
      Json other = json;
      if (name == "algorithm")
        continue; // which parts follow
      if (name != "regions") {
        other[name] = another(value);
        expect_other_line(other, line, name);
        continue;
      }
      for (const auto &[field, number] : value[1].items()) {
        other = json;
        other[name][1][field] = another(number);
        expect_other_line(other, line, field);
      }
    }
  }
}

TEST(PlanLine, TellsListsApart) {
  Plan two = plan_of(Algorithm::direct), one = two;
  one.regions.pop_back();
  EXPECT_NE(plan_line(one), plan_line(two));
  EXPECT_EQ(plan_line(two).find('\n'), std::string::npos);
}

} // namespace
} // namespace convforge
