#include "target/machine.hpp"

#include "base/error.hpp"
#include "target/machine_class.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace convforge {

namespace {

constexpr double kilobytes = 1 << 10, megabytes = 1 << 20;

// The least machines of the targets' classes.
constexpr MachineFacts least_avx2{.fma_ports = 2,
                                  .loads_per_cycle = 2,
                                  .vectors_in_two_passes = 0,
                                  .instructions_per_cycle = 4,
                                  .arithmetic_ports = 3,
                                  .arithmetic_per_load = 0,
                                  .exposed_cycles_per_load = 0,
                                  .first_loads_cycles = 0,
                                  .first_loads_of_all_registers = 0,
                                  .fma_latency = 5,
                                  .l1_bytes = 32 * kilobytes,
                                  .l2_bytes = 256 * kilobytes,
                                  .l1_ways = 8,
                                  .l3_bytes = 8 * megabytes,
                                  .l2_bytes_per_cycle = 20,
                                  .l3_bytes_per_cycle = 16,
                                  .memory_bytes_per_cycle = 6,
                                  .memory_bytes_per_cycle_of_all = 6,
                                  .copied_bytes_per_cycle = 16,
                                  .stream_bytes_per_cycle = 9, // measured on Zen 5: 7 to 11
                                  .stream_bytes_per_cycle_of_memory = 9,
                                  .stream_in_pieces = 0,
                                  .stream_of_wide_tiles = 0,
                                  .transform_cycles_per_vector = 1.3, // measured on Zen 5
                                  .short_sum_cycles = 20,             // the same
                                  .short_sum_cycles_per_accumulator = 2,
                                  .accumulators_hidden = 0,
                                  .exposed_share_of_stream = 0.25, // the same
                                  // The same: 49 tiles of 128 channels, 8 % more than L2, run as if they
                                  // fitted, for replacement is not strictly by age.
                                  .l2_overflow = 0.5};

constexpr MachineFacts least_sse41() {
  MachineFacts facts = least_avx2;
  facts.fma_latency = 4;
  facts.transform_cycles_per_vector = 2;
  return facts;
}

constexpr MachineFacts least_avx512() {
  MachineFacts facts = least_avx2;
  facts.arithmetic_per_load = 1;
  facts.fma_latency = 4;
  facts.l2_bytes = 1 * megabytes;
  facts.l3_bytes = 16 * megabytes;
  facts.l2_bytes_per_cycle = 32;
  return facts;
}

/// Neoverse V1, Apple M1. llvm-mca's model of Apple's for instructions; Neoverse V1 has more. Transforms by
/// llvm-mca: Neoverse V1 1.0 to 1.2 cycles, Apple M1 1.1 to 1.5.
constexpr MachineFacts least_neon() {
  MachineFacts facts = least_avx2;
  facts.fma_ports = facts.arithmetic_ports = 4;
  facts.loads_per_cycle = 3;
  facts.instructions_per_cycle = 6;
  facts.fma_latency = 4;
  facts.l2_bytes = 512 * kilobytes; // the least of Cortex-A76's options
  facts.l1_ways = 0;                // nothing of the kind is measured on ARM
  facts.l2_overflow = 0;            // nothing of the kind is measured on ARM
  return facts;
}

/// Cortex-A55 and A510. First loads by llvm-mca's model of Cortex-A510: three cycles, or half a cycle for
/// each load where that is more, and one more in a tile of all registers, where LLVM finds none to load into
/// (7x12: 45 cycles for 42 of multiply-adds, 5x20: 54 for 50, 14x4: 35 for 28). It starts two multiply-adds a
/// cycle; the class is counted with one, so that these cycles count twice. Transforms by llvm-mca: Cortex-A55
/// 5 to 6 cycles, A510 3 to 4.5. Streams: nothing is measured; they are taken to prefetch as well as others.
/// To charge them all of a stream in Winograd's products, and none in direct loops, kept direct for layers
/// that take 18 % fewer instructions by Winograd.
constexpr MachineFacts least_neon_in_order() {
  MachineFacts facts = least_neon();
  facts.fma_ports = facts.arithmetic_ports = facts.loads_per_cycle = 1;
  facts.instructions_per_cycle = 2;
  facts.exposed_cycles_per_load = 0.5;
  facts.first_loads_cycles = 6;
  facts.first_loads_of_all_registers = 2;
  facts.l2_bytes = 128 * kilobytes; // the least of Cortex-A55's options
  facts.transform_cycles_per_vector = 5;
  facts.exposed_share_of_stream = 0.5;
  return facts;
}

MachineFacts least_of_class(const Target &target) {
  switch (target.isa) {
  case Isa::avx512:
    return least_avx512();
  case Isa::avx2:
    return least_avx2;
  case Isa::sse41:
    return least_sse41();
  case Isa::neon:
    return target.core == CoreClass::in_order ? least_neon_in_order() : least_neon();
  case Isa::cuda:
    break;
  }
  fail("target", std::string(target.name), "a CPU's: facts of GPUs are elsewhere");
}

using F = MachineFacts;
constexpr std::array<MachineFact, 29> facts{{
    {"fma_ports", &F::fma_ports, "vector multiply-adds started in a cycle"},
    {"loads_per_cycle", &F::loads_per_cycle, "vector loads from L1 in a cycle"},
    {"vectors_in_two_passes", &F::vectors_in_two_passes, "1: a vector of half the size takes half the time"},
    {"instructions_per_cycle", &F::instructions_per_cycle, "instructions in a cycle"},
    {"arithmetic_ports", &F::arithmetic_ports, "ports that vector arithmetic shares"},
    {"arithmetic_per_load", &F::arithmetic_per_load, "micro-operations of a load on them"},
    {"exposed_cycles_per_load", &F::exposed_cycles_per_load, "cycles of a load that nothing hides"},
    {"first_loads_cycles", &F::first_loads_cycles, "cycles that an iteration waits for its first loads"},
    {"first_loads_of_all_registers", &F::first_loads_of_all_registers,
     "more of them in a tile of all registers"},
    {"fma_latency", &F::fma_latency, "cycles from a multiply-add to one that needs it"},
    {"l1_bytes", &F::l1_bytes, "bytes of L1"},
    {"l2_bytes", &F::l2_bytes, "bytes of L2"},
    {"l1_ways", &F::l1_ways, "lines that L1 holds of one set"},
    {"l3_bytes", &F::l3_bytes, "bytes that one core finds of L3"},
    {"l2_bytes_per_cycle", &F::l2_bytes_per_cycle, "bytes a cycle from L2"},
    {"l3_bytes_per_cycle", &F::l3_bytes_per_cycle, "bytes a cycle from L3"},
    {"memory_bytes_per_cycle", &F::memory_bytes_per_cycle, "bytes a cycle from memory"},
    {"memory_bytes_per_cycle_of_all", &F::memory_bytes_per_cycle_of_all,
     "bytes a cycle from memory, all cores together"},
    {"copied_bytes_per_cycle", &F::copied_bytes_per_cycle, "bytes a cycle of a padded copy"},
    {"stream_bytes_per_cycle", &F::stream_bytes_per_cycle, "bytes a cycle of a stream beside arithmetic"},
    {"stream_bytes_per_cycle_of_memory", &F::stream_bytes_per_cycle_of_memory, "the same from memory"},
    {"stream_in_pieces", &F::stream_in_pieces, "share that a stream takes longer in pieces of pixels"},
    {"stream_of_wide_tiles", &F::stream_of_wide_tiles,
     "share that a stream takes longer for each column that a tile reads beside others"},
    {"transform_cycles_per_vector", &F::transform_cycles_per_vector,
     "cycles of a vector of Winograd's transforms"},
    {"short_sum_cycles", &F::short_sum_cycles, "cycles of a register tile of few taps beside its sums"},
    {"short_sum_cycles_per_accumulator", &F::short_sum_cycles_per_accumulator,
     "more of them for each accumulator"},
    {"accumulators_hidden", &F::accumulators_hidden, "accumulators that take none of these"},
    {"exposed_share_of_stream", &F::exposed_share_of_stream,
     "share of a stream that arithmetic does not hide"},
    {"l2_overflow", &F::l2_overflow, "excess over L2, as a share of it, that leaves nothing in it"},
}};
static_assert(sizeof(MachineFacts) == facts.size() * sizeof(double), "every fact has its name");

// A virtual machine of 2 cores at 3.24 GHz, by its 103.7 GF/s of FMA; caches by cpuid; rates by a loop that
// sums arrays of 64 KB to 384 KB (104 to 98 GB/s), 1 to 16 MB (80 to 56) and 64 MB (19). Short sums: 3 to 64
// channels at 224x224 by F(3x1) to F(6x1), where tiles of 8 accumulators took as long as their multiply-adds,
// those of 10 11 to 13 cycles more, those of 12 20 to 45.
constexpr KnownFact zen3[] = {
    {&F::fma_ports, 2},
    {&F::fma_latency, 4},
    {&F::l1_bytes, 32 * kilobytes},
    {&F::l2_bytes, 512 * kilobytes},
    {&F::l3_bytes, 32 * megabytes},
    {&F::l2_bytes_per_cycle, 32},
    {&F::l3_bytes_per_cycle, 24},
    {&F::memory_bytes_per_cycle, 6},
    {&F::stream_bytes_per_cycle_of_memory, 6},
    {&F::short_sum_cycles, 0},
    {&F::accumulators_hidden, 8},
    {&F::short_sum_cycles_per_accumulator, 6},
};
// A virtual machine of 2 cores at 3.66 GHz that did nothing else; all but the caches' sizes and instructions
// a cycle (AMD's optimisation guide for Zen 4) by loops of one instruction: FMAs and vpdpbusd of 64 bytes 1.0
// a cycle, of 32 bytes 2.0, FMAs and additions of 64 bytes in turn 1.6; sums of arrays of 16 KB (57 bytes a
// cycle), 64 to 512 KB (32 to 30), 2 to 8 MB (27) and 64 to 256 MB (5.2); copies within L2 15.5. L3 by
// outputs of 12.8 MB, which cross it at its rate. Short sums: 3 to 64 channels at 224x224 by F(6x1), 28
// accumulators 1252 us, 24 1066 and 1142, 20 1132.
constexpr KnownFact zen4[] = {
    {&F::fma_ports, 1, 64},
    {&F::fma_ports, 2, 32},
    {&F::loads_per_cycle, 1, 64},
    {&F::loads_per_cycle, 2, 32},
    {&F::vectors_in_two_passes, 1, 64},
    {&F::arithmetic_ports, 1.6, 64},
    {&F::arithmetic_per_load, 0},
    {&F::instructions_per_cycle, 6},
    {&F::fma_latency, 4},
    {&F::l1_bytes, 32 * kilobytes},
    {&F::l2_bytes, 1 * megabytes},
    {&F::l3_bytes, 24 * megabytes},
    {&F::l2_bytes_per_cycle, 32},
    {&F::l3_bytes_per_cycle, 27},
    {&F::memory_bytes_per_cycle, 5.2},
    {&F::copied_bytes_per_cycle, 15.5},
    {&F::stream_bytes_per_cycle_of_memory, 5.2},
    {&F::short_sum_cycles, 0},
    {&F::accumulators_hidden, 8},
    {&F::short_sum_cycles_per_accumulator, 5},
};
// A server of 4.1 GHz (docs/performance.md, docs/winograd.md): FMAs by the peak that bench measures, caches
// by cpuid; streams and transforms as measured there, which are the classes' values, too. Loads, latency and
// the rates of L2, L3 and memory are not measured.
constexpr KnownFact zen5[] = {
    {&F::fma_ports, 2},
    {&F::l1_bytes, 48 * kilobytes},
    {&F::l1_ways, 12},
    {&F::l2_bytes, 1 * megabytes},
    {&F::l3_bytes, 32 * megabytes},
    {&F::stream_bytes_per_cycle, 9},
    {&F::transform_cycles_per_vector, 1.3},
    {&F::exposed_share_of_stream, 0.25},
    {&F::l2_overflow, 0.5},
};
// A virtual machine of 2 cores: 176 to 181 GF/s of AVX-512 is 2.75 to 2.83 GHz if two FMAs start in a cycle;
// caches by cpuid. How much of the 260 MB of L3 one core finds is not known, nor is any rate measured by
// itself: those of L2 and of streams are the ones with which the model's choices fit the times of 4,000 plans
// best (docs/tuning.md); data sheets have 64 bytes a cycle from L2 at most. Pieces and wide tiles by
// depthwise of 13 layers, chunks and tiles each (docs/depthwise.md).
constexpr KnownFact emerald_rapids[] = {
    {&F::fma_ports, 2},
    {&F::l1_bytes, 48 * kilobytes},
    {&F::l1_ways, 12},
    {&F::l2_bytes, 2 * megabytes},
    {&F::l2_bytes_per_cycle, 40},
    {&F::l3_bytes, 64 * megabytes},
    {&F::l3_bytes_per_cycle, 22},
    {&F::stream_bytes_per_cycle, 6},
    {&F::stream_in_pieces, 0.7},
    {&F::stream_of_wide_tiles, 0.012},
};

const std::array<Machine, 5> machine_rows{{{},
                                           {"zen3", zen3, "x86-64-avx2"},
                                           {"zen4", zen4, "x86-64-avx512-vnni"},
                                           {"zen5", zen5, "x86-64-avx512-vnni"},
                                           {"emeraldrapids", emerald_rapids, "x86-64-avx512-vnni"}}};

std::vector<std::string> names_of_machines() {
  std::vector<std::string> names = machine_class_names();
  names.insert(names.begin(), machine_rows.front().name);
  return names;
}

} // namespace

std::span<const MachineFact> machine_facts() {
  return facts;
}

bool KnownFact::holds_for(const Target &target) const {
  return of_vector_bytes == 0 || of_vector_bytes == target.vector_bytes;
}

bool Machine::knows(double MachineFacts::*value, const Target &target) const {
  return std::ranges::any_of(
      known, [&](const KnownFact &fact) { return fact.value == value && fact.holds_for(target); });
}

bool Machine::is_any() const {
  return name == machine_rows.front().name;
}

MachineFacts Machine::facts(const Target &target) const {
  MachineFacts all = least_of_class(target);
  for (const KnownFact &fact : known)
    if (fact.holds_for(target))
      all.*fact.value = fact.is;
  return all;
}

std::span<const Machine> all_machines() {
  return machine_rows;
}

std::vector<Machine> machines_of(const Target &target) {
  std::vector<Machine> all{machine_rows.front()};
  std::ranges::copy_if(machine_rows, std::back_inserter(all), [&](const Machine &machine) {
    return !machine.is_any() && (target.cpu_features & ~find_target(machine.best_target).cpu_features) == 0;
  });
  return all;
}

Machine find_machine(std::string_view name) {
  const std::string wanted = name.empty() ? machine_class() : std::string(name);
  if (const auto row = std::ranges::find(machine_rows, wanted, &Machine::name); row != machine_rows.end())
    return *row;
  const std::vector<std::string> names = names_of_machines();
  if (wanted != machine_class() && std::ranges::find(names, wanted) == names.end()) {
    fail("machine", fmt::format("{:?}", wanted.substr(0, 60)),
         fmt::format("one of {}", fmt::join(names, ", ")));
  }
  return {.name = wanted};
}

} // namespace convforge
