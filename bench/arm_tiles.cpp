// Prints the table of docs/arm.md: register tiles of one 3x3 layer for ARM, each compiled and its hot loop
// read back. Nothing runs: instructions are counted in the object, cycles are llvm-mca's.
#include "analysis/explanation.hpp"
#include "compiler/compile.hpp"
#include "planner/planner.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <vector>

namespace {

using namespace convforge;

struct Tile {
  const char *name;
  int pixels, channels, broadcast_lanes;
  bool lanes_innermost = false, two_weight_pointers = false;
};

constexpr Tile tiles[] = {
    {"plain 4x4", 4, 16, 1},
    {"plain 6x8", 6, 8, 1},
    {"XNNPACK's 6x8", 6, 8, 4},
    {"4x16", 4, 16, 4},
    {"8x8", 8, 8, 4},
    {"5x16", 5, 16, 4},
    {"6x16", 6, 16, 4},
    {"7x12", 7, 12, 4},
    {"4x24", 4, 24, 4},
    {"6x8, lanes innermost", 6, 8, 4, true},
    {"8x8, lanes innermost", 8, 8, 4, true},
    {"10x8, lanes innermost", 10, 8, 4, true},
    {"8x8, two pointers", 8, 8, 4, false, true},
    {"6x16, two pointers", 6, 16, 4, false, true},
    {"4x24, two pointers", 4, 24, 4, false, true},
    {"7x12, two pointers", 7, 12, 4, false, true},
    {"5x20, two pointers", 5, 20, 4, false, true},
};

/// The planner's plan with another tile; output channels fill whole blocks.
Plan plan_with(const Tile &tile, const Problem &problem, const Target &target) {
  Plan plan = make_plan(problem, target, {}, "direct");
  plan.regions = {{.first_channel = 0,
                   .channels = problem.out_channels,
                   .block = tile.channels,
                   .lanes = 4,
                   .tile_w = tile.pixels,
                   .tile_h = 1}};
  plan.broadcast_lanes = tile.broadcast_lanes;
  plan.unroll_c = 4;
  plan.lanes_innermost = tile.lanes_innermost;
  plan.direct().two_weight_pointers = tile.two_weight_pointers;
  return plan;
}

void print_row(const Tile &tile, const HotBlock &block) {
  const Arithmetic &arithmetic = block.code.arithmetic;
  const auto instructions = block.code.instructions.size();
  fmt::print("| {} | {} | {} | {} | {:.1f} | {} |", tile.name, arithmetic.accumulators.size(), instructions,
             arithmetic.instructions, 100.0 * arithmetic.instructions / static_cast<double>(instructions),
             block.spills.total());
  fmt::print(" {:.1f} |", block.percent_of_peak());
  for (const auto &[cpu, mca] : block.others)
    fmt::print(" {:.1f} |", mca.percent_of_peak(arithmetic.multiply_adds));
}

} // namespace

int main() {
  const Target &out_of_order = find_target("arm-64-neon"), &in_order = find_target("arm-64-neon-inorder");
  fmt::print("| tile | accumulators | instructions | fmla | fmla % | spills | neoverse-n1 | cortex-a76 | "
             "neoverse-v1 | "
             "apple-m1 | cortex-a55 | cortex-a510 |\n"
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (const Tile &tile : tiles) {
    Problem problem = Problem::parse(fmt::format("ic64ih56oc{}oh56kh3ph1", tile.channels * 4));
    const Artefact artefact = compile(problem, plan_with(tile, problem, out_of_order), out_of_order, "conv");
    const HotBlock block = explain(artefact).hot.at(0);
    print_row(tile, block);
    const McaReport small = run_mca(block.code.instructions, in_order),
                    newer = run_mca(block.code.instructions, in_order, {}, "cortex-a510");
    fmt::print(" {:.1f} | {:.1f} |\n", small.percent_of_peak(block.code.arithmetic.multiply_adds),
               newer.percent_of_peak(block.code.arithmetic.multiply_adds));
  }
}
