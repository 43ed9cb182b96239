#include "analysis/sizes.hpp"
#include "base/integer.hpp"

#include "convforge/convforge.h"
#include "plan/channels_last.hpp"
#include "plan/joined_phases.hpp"
#include "plan/packed_tables.hpp"
#include "planner/direct/direct_cost.hpp"
#include "planner/family.hpp"
#include "planner/rearranged_plans.hpp"
#include "problem/pieces.hpp"

#include <fmt/format.h>

namespace convforge {
namespace {

/// The registers of a tile, by name. `vector` and `scalar`: what is loaded whole, what broadcast.
std::string terms(const Target &target, const RegisterTile &tile, const char *vector, const char *scalar) {
  const RegistersHeld held = registers_held(target, tile);
  std::string text =
      fmt::format("{} + {}", counted(held.accumulators, "accumulator"), counted(held.vectors, vector));
  if (held.scalars > 0)
    text += fmt::format(" + {}", counted(held.scalars, scalar));
  return held.products > 0 ? text + fmt::format(" + {}", counted(held.products, "product")) : text;
}

/// The number is what the compiler counted; the formula stands beside it only where it gives the same.
Size workspace(const Artefact &artefact, std::size_t bytes, bool shared) {
  if (bytes == 0)
    return {0, "nothing to keep"};
  for (const Scratch &scratch : scratch_of(artefact.plan, artefact.problem, shared)) {
    if (scratch.bytes == bytes)
      return {bytes, scratch.formula};
    if (scratch.bytes < bytes && bytes - scratch.bytes <= scratch.overread)
      return {bytes, fmt::format("{} + {} for strided loads", scratch.formula, bytes - scratch.bytes)};
  }
  return {bytes, {}};
}

/// What a tile loads whole vectors of, beside one register of the other.
bool weights_in_vectors(const Plan &plan) {
  return plan.vector_axis != VectorAxis::width;
}

/// " + 4 x 2 blocks", of a region.
std::string blocks_in_words(const Pack &pack, const PackRegion &region, std::size_t element) {
  return fmt::format(" + {} x {}{}", element, pack.groups > 1 ? fmt::format("{} groups x ", pack.groups) : "",
                     counted(ceil_div(region.channels, region.lanes), "block"));
}

/// What one of `bytes` is rounded up to.
const char *rounding_in_words(std::size_t bytes) {
  return bytes % CONVFORGE_ALIGNMENT == 0 ? "" : ", rounded up to 64";
}

std::size_t channels_of(const Pack &pack, const PackRegion &region) {
  return std::size_t(pack.groups) * ceil_div(region.channels, region.lanes) * region.lanes;
}

/// A region's blocked weights. Dot products take runs of several columns, each filled up to whole ones.
std::string packed_panels(const Problem &problem, const Pack &pack, const PackRegion &region) {
  const auto [planes, rows, columns] = pack.points;
  const bool dots = pack.dot.elements > 0;
  const int across = dots ? columns / pack.dot.run_columns : columns;
  const int inputs = dots ? round_up(pack.dot.run_columns * pack.group_in, pack.dot.elements) : pack.group_in;
  const std::size_t element = bytes_of(pack.type),
                    bytes = element * channels_of(pack, region) * planes * rows * across * inputs;
  return fmt::format("{} x {}{}x{} {} x {} x {}{}", blocks_in_words(pack, region, element),
                     problem.has_depth() ? fmt::format("{}x", planes) : "", rows, across,
                     dots              ? "runs"
                     : pack.winograd() ? "points"
                                       : "taps",
                     dots ? counted(inputs, "weight") : counted(inputs, "input channel"),
                     counted(region.lanes, "output channel"), rounding_in_words(bytes));
}

/// What is packed behind them by channel.
std::string packed_table(const Pack &pack, const PackRegion &region, const PackedTable &table) {
  const std::size_t element = bytes_of(table.type), bytes = element * channels_of(pack, region);
  return fmt::format("{} x {} of {}{}", blocks_in_words(pack, region, element),
                     counted(region.lanes, "output channel"), table.name, rounding_in_words(bytes));
}

} // namespace

RegisterUse register_use(const Problem &whole, const Plan &plan, const Region &region, const Target &target) {
  const Problem problem = planned_problem(whole, plan);
  const RegisterTile tile = register_tile(problem, plan, region);
  RegisterUse use{.accumulators = tile.accumulators(), .available = target.vector_registers};
  use.tile = family_of(plan, problem).tile_in_words(plan, region);
  if (plan.channelwise()) {
    use.used = use.accumulators;
    use.registers = fmt::format("{} of {}, the rest for input and weights between taps",
                                counted(use.accumulators, "accumulator"), use.available);
    return use;
  }
  use.used = registers_used(target, tile);
  use.registers = fmt::format("{} = {} of {}",
                              terms(target, tile, weights_in_vectors(plan) ? "weight" : "input",
                                    weights_in_vectors(plan) ? "input" : "weight"),
                              use.used, use.available);
  return use;
}

namespace {

std::string packed_regions(const Problem &problem, const Pack &pack) {
  std::string text;
  for (const PackRegion &region : pack.regions) {
    text += packed_panels(problem, pack, region);
    for (const PackedTable &table : packed_tables(problem))
      text += packed_table(pack, region, table);
  }
  return text;
}

} // namespace

Size packed_size(const Artefact &artefact) {
  const Pack &pack = artefact.pack;
  Size size{pack.bytes, fmt::format("{} for the header", CONVFORGE_PACK_HEADER_BYTES)};
  if (artefact.plan.pieces.empty()) {
    const Problem &problem = artefact.problem;
    size.formula += packed_regions(artefact.plan.joins_phases ? joined_problem(problem) : problem, pack);
    return size;
  }
  const std::vector<Piece> pieces = pieces_of(artefact.problem);
  for (std::size_t i = 0; i < pieces.size(); i++)
    size.formula += packed_regions(pieces[i].problem, i == 0 ? pack : pack.others[i - 1]);
  return size;
}

Size shared_workspace(const Artefact &artefact) {
  return workspace(artefact, artefact.workspace_shared_bytes, true);
}

Size thread_workspace(const Artefact &artefact) {
  return workspace(artefact, artefact.workspace_thread_bytes, false);
}

} // namespace convforge
