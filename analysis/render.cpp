#include "analysis/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace convforge {
namespace {

/// "key            value"
std::string line(std::string_view key, std::string_view value) {
  return fmt::format("{:<15}{}\n", key, value);
}

std::string text_of(const Size &size) {
  return size.formula.empty() ? fmt::format("{} bytes (counted in the compiled code)", size.value)
                              : fmt::format("{} bytes = {}", size.value, size.formula);
}

std::string text_of(const Spills &spills) {
  return fmt::format("{} vector stores, {} vector reloads", spills.stores, spills.reloads);
}

std::string decisions(const Explanation &e) {
  std::string text = line("problem", e.problem);
  text += line("layout", fmt::format("{}, weights {}", e.layout, e.weights_layout));
  text += e.types.empty() ? "" : line("types", e.types);
  text += e.padding_mode.empty() ? "" : line("padding", e.padding_mode);
  text += e.strides.empty() ? "" : line("slices", e.strides);
  text += line("epilogue", e.epilogue.empty() ? "none" : e.epilogue);
  text += e.pooling.empty() ? "" : line("pooling", e.pooling);
  text += line("math", e.math);
  text += line("target", e.target);
  text += line("algorithm", e.algorithm);
  text += line("why", e.why);
  text += line("plan from", e.plan_from);
  text += e.left_out_words.empty() ? "" : line("left out", e.left_out_words);
  for (std::size_t i = 0; i < e.pieces.size(); ++i)
    text += line(i == 0 ? "pieces" : "", e.pieces[i]);
  for (std::size_t i = 0; i < e.regions.size(); ++i) {
    const Region &region = e.regions[i];
    const std::string channels = fmt::format("output channels {} to {}: ", region.first_channel,
                                             region.first_channel + region.channels - 1);
    text += line("tile", channels + e.registers[i].tile);
    text += line("  registers", e.registers[i].registers);
  }
  text += line("tasks", e.tasks);
  return e.plain_sums
             ? text
             : text + line("NaN, Inf",
                           "and values that overflow may spoil every output of the tiles that read them; "
                           "--math exact keeps them to the outputs whose window holds them");
}

/// The best few: what they are predicted to take, and on what.
std::string considered(const Explanation &e) {
  constexpr std::size_t shown = 8;
  std::string text =
      line("candidates", fmt::format("{}, predicted kilocycles: total (arithmetic | transfers, "
                                     "the greater; + copies + overhead)",
                                     e.candidates.size()));
  for (std::size_t i = 0; i < std::min(shown, e.candidates.size()); ++i) {
    const Candidate &c = e.candidates[i];
    text += fmt::format("  {:>10.1f} ({:.1f} | {:.1f} + {:.1f} + {:.1f})  {}: {}\n", c.cycles() / 1e3,
                        c.cost.arithmetic / 1e3, c.cost.transfers / 1e3, c.cost.copies / 1e3,
                        c.cost.overhead / 1e3, name_of(c.plan.algorithm), c.reason);
  }
  return text;
}

/// What a plan for any machine costs on each.
std::string on_machines(const Explanation &e) {
  if (e.machines.empty())
    return {};
  std::string text =
      line("machines", "predicted kilocycles of this plan, of the best plan there, and their ratio");
  for (const MachineTime &time : e.machines)
    text += fmt::format("  {:<15} {:>10.1f} {:>10.1f} {:>7.3f}\n", time.machine, time.cycles / 1e3,
                        time.least / 1e3, time.loss());
  return text;
}

/// Where the kernel is predicted to be slower than f32 of its shape; empty where nowhere.
std::string slower_than_floats(const std::vector<BesideFloats> &times) {
  std::string names;
  for (const BesideFloats &time : times)
    if (time.ratio() < 1)
      names += (names.empty() ? "" : ", ") + time.machine;
  if (times.size() > 1 &&
      std::ranges::all_of(times, [](const BesideFloats &time) { return time.ratio() < 1; }))
    return " on every machine";
  return names.empty() ? "" : " on " + names;
}

/// Of a quantised problem: what f32 of the same shape would take, and whether it is the faster one.
std::string beside_floats(const Explanation &e) {
  if (!e.floats)
    return {};
  const auto [least, most] = std::ranges::minmax(e.floats->times, {}, &BesideFloats::ratio);
  std::string ratios = fmt::format("{:.2f}", least.ratio());
  if (const std::string upper = fmt::format("{:.2f}", most.ratio()); upper != ratios)
    ratios += " to " + upper;
  const std::string text =
      line("f32 beside it", fmt::format("predicted {} times the time of this kernel ({}, {})", ratios,
                                        name_of(e.floats->algorithm), e.floats->target));
  const std::string where = slower_than_floats(e.floats->times);
  return where.empty()
             ? text
             : text + line("", "by the model this kernel is slower than f32 of the same shape" + where);
}

std::string sizes(const Explanation &e) {
  std::string text = line("multiply-adds",
                          fmt::format("{}{}", e.multiply_adds, e.plain_sums ? "" : " of the direct method"));
  text += line("code", fmt::format("{} bytes", e.code_bytes));
  text += line("packed", text_of(e.packed));
  text += line("workspace", "shared: " + text_of(e.workspace_shared));
  text += line("", "per thread: " + text_of(e.workspace_thread));
  return text + line("", fmt::format("for {} thread{}: {} bytes", e.threads, e.threads == 1 ? "" : "s",
                                     e.workspace_bytes()));
}

std::string bound(const HotBlock &block, const McaReport &mca, const std::string &cpu, Dot dot) {
  const int multiply_adds = block.code.arithmetic.multiply_adds;
  return fmt::format("{:.1f} % of {}'s {} peak: {} multiply-adds in {:.2f} cycles, peak {:g} a cycle; bound "
                     "{:.1f} % ({:.2f} "
                     "cycles); {:g} micro-operations, {} a cycle at most",
                     mca.percent_of_peak(multiply_adds), cpu, dot == Dot::none ? "FMA" : "8-bit",
                     multiply_adds, mca.cycles, mca.peak_multiply_adds, mca.percent_bound(multiply_adds),
                     mca.block_throughput, mca.micro_ops, mca.dispatch_width);
}

/// At most `limit` of them.
std::string listing(std::span<const Instruction> instructions, std::size_t limit) {
  const std::size_t shown = std::min(limit, instructions.size());
  std::string text;
  for (const Instruction &instruction : instructions.first(shown))
    text += "    " + instruction.text() + "\n";
  if (shown < instructions.size())
    text += fmt::format("    ... and {} more (--all shows them)\n", instructions.size() - shown);
  return text;
}

/// Do both run the same instructions, whatever their operands are? Long rows are written out tile by tile, so
/// that 1-D kernels have many a loop like the one before.
bool alike(const HotBlock &a, const HotBlock &b) {
  return a.code.function == b.code.function && a.code.loop == b.code.loop && a.code.depth == b.code.depth &&
         a.code.exact == b.code.exact && a.part == b.part && a.spills.stores == b.spills.stores &&
         a.spills.reloads == b.spills.reloads &&
         std::ranges::equal(a.code.instructions, b.code.instructions, {}, &Instruction::mnemonic,
                            &Instruction::mnemonic);
}

/// How many blocks from the first one on are like it, itself included.
std::size_t count_alike(std::span<const HotBlock> blocks) {
  const auto other =
      std::ranges::find_if(blocks, [&](const HotBlock &block) { return !alike(blocks.front(), block); });
  return static_cast<std::size_t>(other - blocks.begin());
}

/// The first of blocks that are alike, and how many more they are.
std::string hot_block(std::span<const HotBlock> blocks, const Explanation &e,
                      std::size_t instructions_shown) {
  const HotBlock &block = blocks.front();
  const HotCode &code = block.code;
  std::string text = "\n";
  text += line(code.loop ? "hot loop" : "hot block",
               fmt::format("{}in {}, {} loop{} deep, {:.1f} % of the multiply-adds, runs {}{:.0f} times",
                           block.part.empty() ? "" : block.part + ", ", code.function, code.depth,
                           code.depth == 1 ? "" : "s", 100 * code.share, code.exact ? "" : "about ",
                           code.executions));
  text += line(
      "  instructions",
      fmt::format("{}, of which {} multiply and add ({:.1f} %); {} vector registers, {} of them accumulators",
                  code.instructions.size(), code.arithmetic.instructions,
                  100.0 * code.arithmetic.instructions / static_cast<double>(code.instructions.size()),
                  code.arithmetic.registers.size(), code.arithmetic.accumulators.size()));
  text += line("  spills", text_of(block.spills));
  text += line("  llvm-mca", block.mca ? bound(block, *block.mca, e.mca_cpu, e.plan.dot) : e.mca_missing);
  for (const auto &[cpu, mca] : block.others)
    text += line("", bound(block, mca, cpu, e.plan.dot));
  double share = 0;
  for (const HotBlock &one : blocks)
    share += one.code.share;
  if (blocks.size() > 1)
    text +=
        line("  alike", fmt::format("{} more with the same instructions on other operands; together {:.1f} % "
                                    "of the multiply-adds",
                                    blocks.size() - 1, 100 * share));
  return text + listing(code.instructions, instructions_shown);
}

/// The blocks that are not shown.
std::string summed_up(std::span<const HotBlock> blocks) {
  double share = 0;
  Spills spills;
  std::size_t instructions = 0;
  for (const HotBlock &block : blocks) {
    share += block.code.share;
    spills.stores += block.spills.stores;
    spills.reloads += block.spills.reloads;
    instructions += block.code.instructions.size();
  }
  std::string text = "\n";
  return text + line("others",
                     fmt::format("{} more with {:.1f} % of the multiply-adds, {} instructions, spills: {}; "
                                 "--all shows them",
                                 blocks.size(), 100 * share, instructions, text_of(spills)));
}

} // namespace

std::string render_text(const Explanation &e, const HotCodeLimits &limits) {
  std::string text = decisions(e) + considered(e) + on_machines(e) + beside_floats(e) + sizes(e);
  text += line("hot code", fmt::format("{} of them with {:.1f} % of the multiply-adds; {}", e.hot.size(),
                                       100 * e.hot_share,
                                       e.exact_counts ? "counts read from the code"
                                                      : "estimates: some counts are not in the code"));
  text += line("all loops", "spills: " + text_of(e.spills_in_loops));
  std::size_t shown = 0, instructions = limits.instructions;
  while (shown < std::min(limits.blocks, e.hot.size())) {
    const auto rest = std::span(e.hot).subspan(shown);
    const std::size_t count = count_alike(rest);
    text += hot_block(rest.first(count), e, instructions);
    instructions -= std::min(instructions, rest.front().code.instructions.size());
    shown += count;
  }
  return shown < e.hot.size() ? text + summed_up(std::span(e.hot).subspan(shown)) : text;
}

} // namespace convforge
