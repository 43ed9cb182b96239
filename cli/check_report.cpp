#include "cli/check_report.hpp"

#include "cli/report/json.hpp"
#include "cli/report/table.hpp"
#include "verify/problem_list.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <vector>

namespace convforge::cli {
namespace {

constexpr std::size_t longest_table = 20;

std::size_t count_passed(std::span<const CheckCase> cases) {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(), [](const CheckCase &one) { return one.result.passed; }));
}

/// All that passed, or of a long list those closest to their bounds.
std::vector<const CheckCase *> worth_showing(std::span<const CheckCase> cases) {
  std::vector<const CheckCase *> passed;
  for (const CheckCase &one : cases)
    if (one.result.passed)
      passed.push_back(&one);
  if (passed.size() > longest_table) {
    std::stable_sort(passed.begin(), passed.end(), [](const CheckCase *a, const CheckCase *b) {
      return a->result.ratio() > b->result.ratio();
    });
    passed.resize(5);
  }
  return passed;
}

} // namespace

void print_report(std::span<const CheckCase> cases, std::uint64_t seed) {
  Table table({{"Target"}, {"Error", Table::Align::right}, {"Bound", Table::Align::right}, {"Problem"}});
  const auto shown = worth_showing(cases);
  for (const CheckCase *one : shown)
    table.add({std::string(one->target.name), fmt::format("{:.3g}", one->result.error),
               fmt::format("{:.3g}", one->result.bound), problem_line(one->problem)});
  const std::size_t passed = count_passed(cases);
  if (!shown.empty())
    fmt::print("{}{}\n", shown.size() < passed ? "Closest to their bounds:\n" : "", table.text());
  for (const CheckCase &one : cases)
    if (!one.result.passed)
      fmt::print("FAILED {} for {}\n  {}\n  repeat: {}\n\n", problem_line(one.problem), one.target.name,
                 one.result.failure, one.reproduction);
  fmt::print("{} checked, {} passed, {} failed (seed {})\n", cases.size(), passed, cases.size() - passed,
             seed);
  if (const auto spreading =
          std::ranges::count_if(cases, [](const CheckCase &one) { return one.result.spreads; }))
    fmt::print("{} by Winograd: NaN, Inf and values that overflow may spoil every output of the tiles that "
               "read them; "
               "--math exact keeps them to the outputs whose window holds them\n",
               spreading);
}

void print_json(std::span<const CheckCase> cases, std::uint64_t seed) {
  nlohmann::ordered_json out = {
      {"seed", seed}, {"passed", count_passed(cases)}, {"failed", cases.size() - count_passed(cases)}};
  for (const auto &[problem, target, reproduction, result] : cases) {
    nlohmann::ordered_json one = {{"problem", problem.descriptor()},
                                  {"epilogue", problem.epilogue.text()},
                                  {"layout", name_of(problem.layout)},
                                  {"dtype", name_of(problem.types)},
                                  {"target", target.name},
                                  {"passed", result.passed},
                                  {"error", result.error},
                                  {"bound", result.bound},
                                  {"non_finite_reach", result.spreads ? "tiles" : "windows"},
                                  {"repeat", reproduction}};
    if (!result.passed)
      one["failure"] = result.failure;
    out["results"].push_back(std::move(one));
  }
  cli::print_json(out);
}

} // namespace convforge::cli
