// Machine: a microarchitecture as one row of measured facts. What a row does not say, the planner takes of
// the least machine of the target's class (data of the vendors' optimisation manuals): the row `generic` says
// nothing. A new machine is a new row of machine.cpp (`convforge machine --measure` prints one).
#pragma once

#include "target/target.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// What the planner's model counts with, of one machine and target. Cycles and bytes are of one core.
struct MachineFacts {
  /// Ports that start a vector multiply-add each cycle. Without FMA, a multiplication or an addition.
  double fma_ports;
  double loads_per_cycle;
  /// 1: a vector is done in two passes, so that one of half the size takes half the time.
  double vectors_in_two_passes;
  double instructions_per_cycle;
  /// Ports that vector arithmetic shares, and micro-operations that a load of a vector or a broadcast is
  /// charged on them. llvm-mca's model of Skylake-X charges every 512-bit one; tiles that keep clear of that
  /// are as fast as others where it is not so (measured on Zen 5).
  double arithmetic_ports, arithmetic_per_load;
  /// Cycles that a load beside multiply-adds costs after all: in-order cores do not hide all of it
  /// (llvm-mca's models of Cortex-A55 and A510).
  double exposed_cycles_per_load;
  /// Cycles in which an iteration's first multiply-adds wait for the loads of its vectors of scalars, at
  /// least, else one for each; and more of them in a tile of all registers. 0 where cores start them early.
  double first_loads_cycles, first_loads_of_all_registers;
  double fma_latency; ///< cycles from one multiply-add to the next that needs its result
  double l1_bytes, l2_bytes;
  double l1_ways;  ///< lines that L1 holds of one set; 0: what more of them cost is not known
  double l3_bytes; ///< what one core finds of the cache that it shares
  double l2_bytes_per_cycle, l3_bytes_per_cycle, memory_bytes_per_cycle; ///< sustained by one core
  /// The same by all cores together. Times are predicted for one thread: nothing looks at it yet.
  double memory_bytes_per_cycle_of_all;
  double copied_bytes_per_cycle; ///< of a padded copy: a load and a store of a vector every few cycles
  /// On one long stream that prefetchers follow, from L3 or memory, while it computes.
  double stream_bytes_per_cycle;
  double stream_bytes_per_cycle_of_memory; ///< the same from memory, where it is known to be slower
  /// How much longer reading and writing beyond L2 takes, as a share, in pieces: some channels of each pixel;
  /// and depthwise for each column of the input more that a tile reads at once (depthwise_stream.hpp).
  double stream_in_pieces, stream_of_wide_tiles;
  /// A Winograd transform's time for each vector that it stores or loads, part of them in L2.
  double transform_cycles_per_vector;
  /// A register tile's start and end beside sums of a few taps (Winograd down the columns, direct first
  /// layers): of any tile, and for each accumulator beyond those whose stores the next sums hide.
  double short_sum_cycles, short_sum_cycles_per_accumulator, accumulators_hidden;
  /// How much of a stream from beyond L2 shows although there is arithmetic to hide it.
  double exposed_share_of_stream;
  /// How much more than L2 data passed over again and again must be for L2 to keep none of it, as a share of
  /// L2; 0: none is kept of what outgrows it.
  double l2_overflow;
};

/// A fact by its name, for tables of them.
struct MachineFact {
  std::string_view name;
  double MachineFacts::*value;
  std::string_view meaning;
};
/// All facts, in the order of MachineFacts.
std::span<const MachineFact> machine_facts();

/// A fact that was measured on a machine or is in its data sheet.
struct KnownFact {
  double MachineFacts::*value;
  double is;
  /// Of targets with vectors of so many bytes; 0: of all. Zen 4 does 64 bytes as two halves.
  int of_vector_bytes = 0;

  bool holds_for(const Target &target) const;
};

struct Machine {
  std::string name = "generic";          ///< the microarchitecture (machine_class.hpp), or "generic"
  std::span<const KnownFact> known = {}; ///< of this machine; empty for generic
  std::string_view best_target = {};     ///< that it runs, of a machine with a row

  /// Is it `generic`: not one machine but all that may run a target?
  bool is_any() const;

  /// Is this fact for that target the machine's own, and not its class'?
  bool knows(double MachineFacts::*value, const Target &target) const;
  /// What it is for a target of a CPU: the machine's own facts, else those of the least machine of the
  /// target's class. Throws Error for a GPU's (gpu_machine.hpp).
  MachineFacts facts(const Target &target) const;
};

/// Machines that have a row, `generic` first.
std::span<const Machine> all_machines();
/// Those that run a CPU's target: the least machine of its class, as `generic`, then every row whose best
/// target has this one's features.
std::vector<Machine> machines_of(const Target &target);
/// The machine of that name: one with a row, a microarchitecture without one (which has generic's facts and
/// its own tuned plans), or this CPU's own class; "" is this CPU's. Throws Error listing the names.
Machine find_machine(std::string_view name);

} // namespace convforge
