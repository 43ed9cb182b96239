// An explanation of a GPU kernel as text and as JSON.
#include "analysis/gpu/explanation.hpp"

#include "target/gpu_machine.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <vector>

namespace convforge {

namespace {

std::string loop_text(const SassLoop &loop) {
  std::vector<std::pair<int, std::string>> most;
  most.reserve(loop.count.size());
  for (const auto &[operation, count] : loop.count)
    most.emplace_back(-count, operation);
  std::sort(most.begin(), most.end());
  std::string text =
      fmt::format("{} instructions, {:.1f} % FFMA:", loop.instructions, 100 * loop.share("FFMA"));
  for (std::size_t i = 0; i < std::min<std::size_t>(6, most.size()); i++)
    text += fmt::format(" {} {}", -most[i].first, most[i].second);
  return text;
}

} // namespace

std::string render_text(const GpuExplanation &e) {
  const Artefact &kernel = e.artefact.kernel;
  std::string text;
  const auto line = [&](std::string_view name, const std::string &value) {
    text += fmt::format("{:16}{}\n", name, value);
  };
  line("problem", kernel.problem.canonical());
  line("target", std::string(kernel.target.name));
  line("why", kernel.plan.why);
  for (const GpuLaunch &launch : e.artefact.launches) {
    line("launch", fmt::format("{}: grid {}, block {}", launch.kernel, fmt::join(launch.grid, " x "),
                               fmt::join(launch.block, " x ")));
  }
  line("shared memory", fmt::format("{} bytes a block", e.shared_bytes));
  line("global memory", fmt::format("{:.3f} bytes per floating-point operation", e.bytes_per_flop));
  line("packed weights", fmt::format("{} bytes: {}", kernel.pack.bytes, kernel.pack.layout));
  line("PTX", fmt::format("{} bytes", e.artefact.ptx.size()));
  if (!e.assembled) {
    line("machine code", "not assembled: no ptxas (scripts/deps.sh --cuda installs it)");
    return text;
  }
  line("cubin", fmt::format("{} bytes", e.artefact.cubin.size()));
  line("registers", fmt::format("{} a thread, {} bytes spilled, {} bytes of stack", e.registers,
                                e.spill_bytes, e.stack_bytes));
  line("occupancy",
       fmt::format("{:.0f} %: {} blocks, {} warps a multiprocessor, limited by {}", 100 * e.occupancy.share,
                   e.occupancy.blocks, e.occupancy.warps, e.occupancy.limit));
  line("waves",
       fmt::format("{:.2f} on {} multiprocessors", e.waves, gpu_machine(kernel.target).multiprocessors));
  line("hot loop",
       e.loop ? loop_text(*e.loop) : "not read: no nvdisasm (scripts/deps.sh --cuda installs it)");
  return text;
}

nlohmann::ordered_json render_json(const GpuExplanation &e) {
  const Artefact &kernel = e.artefact.kernel;
  nlohmann::ordered_json out = {{"problem", kernel.problem.canonical()},
                                {"target", kernel.target.name},
                                {"why", kernel.plan.why},
                                {"tile_pixels", e.artefact.plan.tile_pixels},
                                {"tile_channels", e.artefact.plan.tile_channels},
                                {"thread_pixels", e.artefact.plan.thread_pixels},
                                {"thread_channels", e.artefact.plan.thread_channels},
                                {"chunk", e.artefact.plan.chunk}};
  for (const GpuLaunch &launch : e.artefact.launches) {
    out["launches"].push_back({{"function", launch.kernel},
                               {"grid", launch.grid},
                               {"block", launch.block},
                               {"shared_bytes", launch.shared_bytes}});
  }
  out["shared_bytes"] = e.shared_bytes;
  out["bytes_per_flop"] = e.bytes_per_flop;
  out["packed_bytes"] = kernel.pack.bytes;
  out["ptx_bytes"] = e.artefact.ptx.size();
  out["assembled"] = e.assembled;
  if (!e.assembled)
    return out;
  out["cubin_bytes"] = e.artefact.cubin.size();
  out["registers"] = e.registers;
  out["spill_bytes"] = e.spill_bytes;
  out["stack_bytes"] = e.stack_bytes;
  out["occupancy"] = {{"share", e.occupancy.share},
                      {"blocks", e.occupancy.blocks},
                      {"warps", e.occupancy.warps},
                      {"limit", e.occupancy.limit}};
  out["waves"] = e.waves;
  if (e.loop) {
    out["hot_loop"] = {{"instructions", e.loop->instructions},
                       {"ffma_share", e.loop->share("FFMA")},
                       {"count", e.loop->count}};
  }
  return out;
}

} // namespace convforge
