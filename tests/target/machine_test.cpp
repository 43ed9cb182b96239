#include "target/machine.hpp"

#include "messages.hpp"
#include "target/machine_class.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace convforge {
namespace {

TEST(Machine, RowsHaveOneNameEachAndOneOfTheTable) {
  const std::vector<std::string> classes = machine_class_names();
  std::set<std::string> names;
  for (const Machine &machine : all_machines()) {
    EXPECT_TRUE(names.insert(machine.name).second) << machine.name;
    EXPECT_TRUE(machine.name == "generic" || std::ranges::binary_search(classes, machine.name))
        << machine.name;
    EXPECT_EQ(find_machine(machine.name).name, machine.name);
  }
  EXPECT_TRUE(all_machines().front().known.empty()) << "generic has no facts of its own";
}

/// The facts that may be 0: what a machine does not have.
bool may_be_zero(const MachineFact &fact) {
  using F = MachineFacts;
  return fact.value == &F::arithmetic_per_load || fact.value == &F::exposed_cycles_per_load ||
         fact.value == &F::first_loads_cycles || fact.value == &F::first_loads_of_all_registers ||
         fact.value == &F::short_sum_cycles || fact.value == &F::accumulators_hidden ||
         fact.value == &F::stream_in_pieces || fact.value == &F::stream_of_wide_tiles ||
         fact.value == &F::l2_overflow || fact.value == &F::vectors_in_two_passes ||
         fact.value == &F::l1_ways;
}

TEST(Machine, FactsArePositiveOnEveryTarget) {
  for (const Machine &machine : all_machines())
    for (const Target &target : all_targets()) {
      const MachineFacts facts = machine.facts(target);
      for (const MachineFact &fact : machine_facts()) {
        const double value = facts.*fact.value;
        EXPECT_TRUE(value > 0 || (value == 0 && may_be_zero(fact)))
            << machine.name << " " << target.name << " " << fact.name << " " << value;
      }
      EXPECT_LT(facts.l1_bytes, facts.l2_bytes);
      EXPECT_LT(facts.l2_bytes, facts.l3_bytes);
      EXPECT_GE(facts.l2_bytes_per_cycle, facts.l3_bytes_per_cycle);
      EXPECT_GT(facts.l3_bytes_per_cycle, facts.memory_bytes_per_cycle);
    }
}

TEST(Machine, FactsHaveNamesAndEachIsNamedOnce) {
  std::set<std::string_view> names;
  for (const MachineFact &fact : machine_facts()) {
    EXPECT_TRUE(names.insert(fact.name).second) << fact.name;
    EXPECT_FALSE(fact.meaning.empty()) << fact.name;
    EXPECT_EQ(std::ranges::count(machine_facts(), fact.value, &MachineFact::value), 1) << fact.name;
  }
}

TEST(Machine, ARowsFactsGoBeforeThoseOfTheClass) {
  const Target &avx2 = find_target("x86-64-avx2");
  const Machine emerald = find_machine("emeraldrapids"), generic = find_machine("generic");
  EXPECT_EQ(emerald.facts(avx2).l2_bytes, 2 << 20);
  EXPECT_EQ(generic.facts(avx2).l2_bytes, 256 << 10);
  EXPECT_TRUE(emerald.knows(&MachineFacts::l2_bytes, avx2));
  EXPECT_FALSE(emerald.knows(&MachineFacts::copied_bytes_per_cycle, avx2));
  EXPECT_EQ(emerald.facts(avx2).copied_bytes_per_cycle, generic.facts(avx2).copied_bytes_per_cycle);
}

TEST(Machine, AFactMayHoldForVectorsOfASize) {
  const Machine zen4 = find_machine("zen4"); // 64 bytes in two halves
  EXPECT_EQ(zen4.facts(find_target("x86-64-avx512")).fma_ports, 1);
  EXPECT_EQ(zen4.facts(find_target("x86-64-avx2")).fma_ports, 2);
  EXPECT_TRUE(zen4.knows(&MachineFacts::fma_ports, find_target("x86-64-avx2")));
  EXPECT_FALSE(zen4.knows(&MachineFacts::fma_ports, find_target("x86-64-sse41")));
}

TEST(Machine, AMicroarchitectureWithoutARowHasGenericsFactsUnderItsName) {
  const Machine haswell = find_machine("haswell");
  EXPECT_EQ(haswell.name, "haswell");
  EXPECT_TRUE(haswell.known.empty());
  EXPECT_EQ(find_machine("").name, machine_class());
  EXPECT_EQ(find_machine(machine_class()).name, machine_class());
}

TEST(Machine, ATargetsMachinesAreTheLeastOfItsClassAndTheRowsThatRunIt) {
  const auto names = [](const char *target) {
    std::vector<std::string> names;
    for (const Machine &machine : machines_of(find_target(target)))
      names.push_back(machine.name);
    return names;
  };
  EXPECT_EQ(names("x86-64-avx2"),
            (std::vector<std::string>{"generic", "zen3", "zen4", "zen5", "emeraldrapids"}));
  EXPECT_EQ(names("x86-64-avx512"), (std::vector<std::string>{"generic", "zen4", "zen5", "emeraldrapids"}));
  EXPECT_EQ(names("arm-64-neon"), (std::vector<std::string>{"generic"}));
  EXPECT_TRUE(Machine().is_any());
  EXPECT_FALSE(find_machine("haswell").is_any());
}

TEST(Machine, AnUnknownNameIsAnErrorThatListsTheNames) {
  const std::string error = error_of([] { find_machine("pdp-11"); });
  for (const char *part : {"pdp-11", "generic", "zen4", "zen5", "emeraldrapids", "haswell"})
    EXPECT_TRUE(contains(error, part)) << error;
}

TEST(Machine, FactsOfAGpuAreElsewhere) {
  EXPECT_TRUE(contains(error_of([] { (void)Machine().facts(find_target("cuda-sm80")); }), "cuda-sm80"));
}

} // namespace
} // namespace convforge
