// `convforge targets`: the instruction sets, and which of them run here.
#include "cli/commands.hpp"
#include "cli/kernel.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "cli/report/table.hpp"
#include "environment.hpp"
#include "target/target.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

std::string verdict(const Target &target) {
  return runs_here(target) ? "yes" : "no: CPU or OS lacks " + missing_features(target);
}

struct Host {
  std::string name; ///< empty: this CPU runs none of the targets
  std::string why;
};

/// 8-bit integers have targets of their own.
constexpr ElementTypes eight_bits{ElementType::u8, ElementType::s8, ElementType::u8};

Host chosen_host(const ElementTypes &types = {}) {
  if (read_environment().target.empty() && std::ranges::none_of(all_targets(), runs_here))
    return {"", "this CPU or OS lacks something for each of them"};
  return {std::string(host(types).name), host_reason()};
}

void print_json() {
  nlohmann::ordered_json out;
  for (const Target &target : all_targets())
    out["targets"].push_back({{"name", target.name},
                              {"needs", feature_names(target.cpu_features)},
                              {"runs_here", runs_here(target)},
                              {"triple", target.triple}});
  for (const Target &target : gpu_targets())
    out["targets"].push_back({{"name", target.name},
                              {"needs", feature_names(target.cpu_features)},
                              {"runs_here", false},
                              {"triple", target.triple}});
  const Host chosen = chosen_host();
  out["host"] = chosen.name.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(chosen.name);
  out["why"] = chosen.why;
  if (const Host other = chosen_host(eight_bits); other.name != chosen.name)
    out["host_of_8_bits"] = other.name;
  cli::print_json(out);
}

void print_table() {
  Table table({{"Target"}, {"Needs"}, {"Runs here"}});
  for (const Target &target : all_targets())
    table.add({std::string(target.name), feature_names(target.cpu_features), verdict(target)});
  for (const Target &target : gpu_targets())
    table.add({std::string(target.name), feature_names(target.cpu_features), "compile and explain only"});
  const Host chosen = chosen_host();
  fmt::print("{}\nhost is {}: {}.\n", table.text(), chosen.name.empty() ? "none" : chosen.name, chosen.why);
  if (const Host other = chosen_host(eight_bits); other.name != chosen.name)
    fmt::print("For 8-bit integers it is {}.\n", other.name);
}

} // namespace

void add_targets(CLI::App &app) {
  const auto json = std::make_shared<bool>(false);
  CLI::App *command =
      app.add_subcommand("targets", "List targets, which of them this machine runs, and the host's choice");
  add_json(*command, *json);
  command->footer("Examples:\n  convforge targets\n  CONVFORGE_TARGET=x86-64-avx2 convforge targets --json");
  command->callback([json] { *json ? print_json() : print_table(); });
}

} // namespace convforge::cli
