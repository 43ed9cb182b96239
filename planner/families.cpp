// The table of family.hpp: all families' rows.
#include "planner/family.hpp"

#include "base/error.hpp"
#include "planner/depthwise/depthwise_family.hpp"
#include "planner/direct/direct_family.hpp"
#include "planner/quantised/quantised_families.hpp"
#include "planner/winograd/winograd_family.hpp"
#include "planner/winograd_down/winograd_down_family.hpp"

#include <algorithm>
#include <array>

namespace convforge {

namespace {

constexpr std::array<const Family *, 9> rows{&quantised_depthwise_family,
                                             &quantised_pointwise_family,
                                             &quantised_direct_family,
                                             &depthwise_family,
                                             &pointwise_family,
                                             &winograd_down_family,
                                             &winograd_family,
                                             &fused_pixels_family,
                                             &direct_family};

} // namespace

std::span<const Family *const> families() {
  return rows;
}

const Family &family_of(const Plan &plan, const Problem &problem) {
  const auto found = std::ranges::find_if(rows, [&](const Family *family) {
    return family->algorithm == plan.algorithm && (!family->owns || family->owns(plan, problem));
  });
  if (found == rows.end())
    fail("algorithm", std::string(name_of(plan.algorithm)), "one with a row in planner/families.cpp");
  return **found;
}

} // namespace convforge
