// Explanation: everything `convforge explain` shows about one compiled kernel, as data.
#pragma once

#include "analysis/hot_loops.hpp"
#include "analysis/mca.hpp"
#include "analysis/sizes.hpp"
#include "analysis/spills.hpp"
#include "artefact/artefact.hpp"
#include "plan/left_out.hpp"
#include "planner/any_machine.hpp"
#include "planner/candidate.hpp"
#include "planner/quantised/beside_floats.hpp"
#include "planner/tuning.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace convforge {

/// One hot loop or block with what is known of it.
struct HotBlock {
  HotCode code;
  std::string part; ///< of a Winograd kernel: what it computes (parts.hpp); else empty
  Spills spills;
  std::optional<McaReport> mca; ///< nothing when llvm-mca could not be used, or was not asked
  std::vector<std::pair<std::string, McaReport>> others; ///< for the target's other CPUs, by name
  /// Of the CPU's multiply-adds a cycle: as simulated, and the bound that its busiest resource sets. 0
  /// without llvm-mca.
  double percent_of_peak() const { return mca ? mca->percent_of_peak(code.arithmetic.multiply_adds) : 0; }
  double percent_bound() const { return mca ? mca->percent_bound(code.arithmetic.multiply_adds) : 0; }
};

struct Explanation {
  std::string padding_mode; ///< empty: zeros
  std::string pooling;      ///< empty: none
  std::string strides;      ///< as flags; empty: all tensors are dense
  std::string types;        ///< with zero points and rounding as flags; empty: f32
  std::string name, problem, epilogue, layout, weights_layout, math, target, algorithm, why,
      plan_from;                     ///< "tuned" (planner/tuned.hpp) or "model"
  std::vector<Candidate> candidates; ///< what the planner chose from, cheapest first
  std::vector<MachineTime> machines; ///< of a kernel that any machine may run (`generic`): on each
  std::optional<FloatKernel> floats; ///< of a quantised problem: f32 of its shape
  Plan plan;                         ///< the one compiled
  std::string left_out_words; ///< of constant weights (plan/left_out.hpp); empty: nothing is known of them
  LeftOut left_out;
  std::vector<std::string> pieces; ///< where it is computed in several: what each computes, and how
  bool plain_sums = true;          ///< Family::plain_sums
  std::string tasks;               ///< how the work is split among threads
  std::vector<Region> regions;
  std::vector<RegisterUse> registers; ///< of each region
  std::vector<HotBlock> hot;          ///< greatest share first; empty if nothing is multiplied
  double hot_share = 0;               ///< of the kernel's multiply-adds, together
  Spills spills_in_loops;             ///< of all innermost loops, transforms and copies too
  bool exact_counts = true;         ///< the counts around multiply-adds were all in the code (hot_loops.hpp)
  std::string mca_cpu, mca_missing; ///< the CPU modelled; why there is no bound, or empty
  Size packed, workspace_shared, workspace_thread;
  int threads = 1; ///< that share a call, for workspace_bytes()
  std::size_t workspace_bytes() const { return workspace_shared.value + threads * workspace_thread.value; }
  std::size_t code_bytes = 0;
  std::int64_t multiply_adds = 0; ///< of the direct method
};

/// Llvm-mca's runs, which take most of an explanation's time: a layer of one dimension may have fifty hot
/// blocks.
struct McaUse {
  std::string tool = {};                             ///< as in run_mca
  std::size_t blocks = static_cast<std::size_t>(-1); ///< that it models, greatest share first
};

/// Reads the artefact's object. `tuning`: what it was planned with, whose candidates are shown. Throws Error
/// when the object cannot be read; goes on without llvm-mca when that cannot be used.
Explanation explain(const Artefact &artefact, const Tuning &tuning = {}, const McaUse &mca = {});

} // namespace convforge
