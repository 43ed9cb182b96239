#include "analysis/call_counts.hpp"

#include "analysis/trip_count.hpp"

#include <optional>
#include <set>

namespace convforge {
namespace {

/// One place that runs another function of the object.
struct Site {
  std::string caller, callee;
  double runs = 0; ///< of the callee for each call of the caller
  bool exact = true;
};

bool is_call(const Instruction &instruction) {
  return instruction.flow == Flow::call ||
         (instruction.flow == Flow::jump && !instruction.target); // or a tail call
}

/// The count of the parallel-for that the block calls behind `address_taken`: its fourth argument, in rcx
/// (psABI, 3.2.3) or x3 (AAPCS64, 6.8.2).
std::optional<double> task_count(const Profile &caller, std::size_t block, std::size_t address_taken) {
  for (std::size_t i = address_taken + 1; i < caller.flow.blocks[block].end; ++i)
    if (is_call(caller.function->instructions[i]))
      for (const char *fourth : {"RCX", "X3"})
        if (const auto count = constant_before(*caller.function, caller.flow, block, i, fourth))
          return count;
  return {};
}

std::vector<Site> sites_of(const Profile &caller, const std::set<std::string> &names, double assumed_trips) {
  std::vector<Site> sites;
  for (std::size_t b = 0; b < caller.flow.blocks.size(); ++b)
    for (std::size_t i = caller.flow.blocks[b].begin; i < caller.flow.blocks[b].end; ++i) {
      const Instruction &instruction = caller.function->instructions[i];
      if (instruction.symbol == caller.function->name || !names.contains(instruction.symbol) ||
          instruction.mnemonic == "adrp") // AArch64 takes an address in two steps; the second counts
        continue;
      const auto count = is_call(instruction) ? std::optional(1.0) : task_count(caller, b, i);
      sites.push_back({caller.function->name, instruction.symbol,
                       caller.block_runs[b] * count.value_or(assumed_trips),
                       count.has_value() && caller.block_exact[b]});
    }
  return sites;
}

} // namespace

Profile profile(const Function &function, double assumed_trips) {
  Profile result{&function, control_flow(function), {}, {}};
  result.block_runs.assign(result.flow.blocks.size(), 1);
  result.block_exact.assign(result.flow.blocks.size(), true);
  for (const Loop &loop : result.flow.loops) {
    const auto trips = trip_count(function, result.flow, loop);
    for (const std::size_t block : loop.blocks) {
      result.block_runs[block] *= trips ? static_cast<double>(*trips) : assumed_trips;
      result.block_exact[block] = result.block_exact[block] && trips.has_value();
    }
  }
  return result;
}

CallCounts count_calls(std::span<const Profile> profiles, double assumed_trips) {
  std::set<std::string> names, called;
  for (const Profile &one : profiles)
    names.insert(one.function->name);
  std::vector<Site> sites;
  for (const Profile &one : profiles)
    for (Site &site : sites_of(one, names, assumed_trips)) {
      called.insert(site.callee);
      sites.push_back(std::move(site));
    }
  CallCounts counts;
  for (const std::string &name : names)
    counts.exact[name] = true;
  // Counts flow down the call graph, one level a round; it has no cycles and at most as many levels as
  // functions.
  for (std::size_t level = 0; level < profiles.size(); ++level) {
    std::map<std::string, double> next;
    for (const std::string &name : names)
      next[name] = called.contains(name) ? 0 : 1;
    for (const Site &site : sites) {
      next[site.callee] += counts.calls[site.caller] * site.runs;
      counts.exact[site.callee] = counts.exact[site.callee] && counts.exact[site.caller] && site.exact;
    }
    counts.calls = std::move(next);
  }
  return counts;
}

} // namespace convforge
