// `convforge machine`: the facts that plans are made from, and their measurement.
#include "target/machine.hpp"
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/gpu.hpp"
#include "cli/kernel.hpp"
#include "cli/measure_machine.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"
#include "cli/report/table.hpp"
#include "target/machine_class.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

struct MachineFlags {
  std::string name, target = "host";
  bool measure = false, json = false;
};

const Target &cpu_target(const MachineFlags &flags) {
  const Target &target = flags.target == "host" ? host() : find_target(flags.target);
  refuse_gpu(target, "machine");
  return target;
}

std::string number(double value) {
  return value >= 1024 ? grouped(static_cast<long long>(value)) : fmt::format("{:.3g}", value);
}

const char *source_of(const Machine &machine, const MachineFact &fact, const Target &target) {
  return machine.knows(fact.value, target) ? "its own" : "class";
}

void print_row(const Machine &machine, const Target &target) {
  const MachineFacts facts = machine.facts(target);
  Table table({{"Fact"}, {"Value", Table::Align::right}, {"From"}, {"Meaning"}});
  for (const MachineFact &fact : machine_facts())
    table.add({std::string(fact.name), number(facts.*fact.value), source_of(machine, fact, target),
               std::string(fact.meaning)});
  fmt::print("{} for {}\n\n{}\nits own: measured on such a machine or in its data sheet; class: of the least "
             "machine of the target's class.\n{}",
             machine.name, target.name, table.text(),
             machine.known.empty() ? "This machine has no row: convforge machine --measure prints one.\n"
                                   : "");
}

nlohmann::ordered_json row_json(const Machine &machine, const Target &target) {
  const MachineFacts facts = machine.facts(target);
  nlohmann::ordered_json out = {{"machine", machine.name}, {"target", target.name}};
  for (const MachineFact &fact : machine_facts())
    out["facts"][std::string(fact.name)] = {{"value", facts.*fact.value},
                                            {"from", source_of(machine, fact, target)}};
  return out;
}

const MachineFact &named(double MachineFacts::*value) {
  return *std::ranges::find(machine_facts(), value, &MachineFact::value);
}

/// As generator/target/machine.cpp has it.
void print_new_row(const std::string &name, const MeasuredMachine &measured) {
  std::string identifier = name;
  std::ranges::replace(identifier, '-', '_');
  fmt::print("// Measured at {:.2f} GHz by convforge machine --measure.\nconstexpr KnownFact {}[] = {{\n",
             measured.hertz * 1e-9, identifier);
  for (const KnownFact &fact : measured.facts)
    fmt::print("    {{&F::{}, {}{}}},\n", named(fact.value).name,
               fact.is >= 1024 ? fmt::format("{:.0f}", fact.is) : fmt::format("{:.3g}", fact.is),
               fact.of_vector_bytes == 0 ? "" : fmt::format(", {}", fact.of_vector_bytes));
  fmt::print("}};\n// and in machine_rows: {{\"{}\", {}, \"{}\"}}\n", name, identifier, host_target().name);
}

void measure_row(const MachineFlags &flags) {
  const Target &target = cpu_target(flags);
  if (!runs_here(target))
    fail("--target", std::string(target.name), "one that this CPU runs: facts are measured");
  const MeasuredMachine measured = [&] {
    const Progress progress("measuring caches and memory");
    return measure_machine(target);
  }();
  if (!flags.json)
    return print_new_row(machine_class(), measured);
  nlohmann::ordered_json out = {
      {"machine", machine_class()}, {"target", target.name}, {"hertz", measured.hertz}};
  for (const KnownFact &fact : measured.facts)
    out["facts"][std::string(named(fact.value).name)] = fact.is;
  cli::print_json(out);
}

void show(const MachineFlags &flags) {
  const Machine machine = find_machine(flags.name);
  const Target &target = cpu_target(flags);
  flags.json ? cli::print_json(row_json(machine, target)) : print_row(machine, target);
}

} // namespace

void add_machine(CLI::App &app) {
  const auto flags = std::make_shared<MachineFlags>();
  CLI::App *command =
      app.add_subcommand("machine", "Print what the planner knows of a machine, or measure this one");
  command->add_option("--machine", flags->name, "A microarchitecture, or generic (default: this machine's)")
      ->check(valid([](const std::string &name) { find_machine(name); }, "MACHINE"));
  command->add_option("--target", flags->target, "Instruction set whose vectors are meant")
      ->capture_default_str()
      ->check(valid([](const std::string &name) { find_target(name); }, "TARGET"));
  command->add_flag("--measure", flags->measure, "Measure this machine and print the row to add");
  add_json(*command, flags->json);
  command->footer("Some seconds, on a machine that does nothing else. Examples:\n  convforge machine\n"
                  "  convforge machine --machine zen5 --target x86-64-avx512 --json\n"
                  "  convforge machine --measure");
  command->callback([flags] {
    if (flags->measure && !flags->name.empty())
      refuse_usage("--machine", flags->name, "none beside --measure: only this machine can be measured");
    flags->measure ? measure_row(*flags) : show(*flags);
  });
}

} // namespace convforge::cli
