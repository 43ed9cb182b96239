// `convforge bench`: how long a call of a kernel takes.
#include "cli/commands.hpp"
#include "cli/kernel.hpp"
#include "cli/measure.hpp"
#include "cli/operand_memory.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"
#include "convforge/convforge.hpp"
#include "convforge_tools/measure.h"
#include "verify/kernel_run.hpp"
#include "verify/quantised/quantised_fill.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace convforge::cli {
namespace {

struct BenchFlags : CallFlags {
  double min_time = 0.5;
  bool json = false;
};

std::vector<Elements> tensors(const Problem &problem, const convforge_kernel &kernel) {
  if (problem.types.quantised())
    return fill(problem, QuantisedFill::spread, 0).all(problem);
  return to_elements(kernel, fill(problem, Fill::real, 0));
}

Timing time_kernel(const convforge_kernel &descriptor, const Problem &problem, const BenchFlags &flags) {
  const Progress progress("timing " + problem.descriptor());
  const Kernel kernel(&descriptor);
  const ThreadPool pool(flags.threads);
  std::vector<AlignedBuffer> operands = operand_memory(descriptor, tensors(problem, descriptor));
  const std::vector<void *> pointers = pointers_to(operands);
  AlignedBuffer workspace = kernel.make_workspace(flags.threads);
  convforge_args args{};
  args.operands = pointers.data(), args.workspace = workspace.data();
  args.threads = flags.threads > 1 ? pool.threads() : nullptr;
  throw_on_error(convforge_run(&descriptor, &args));
  return measure([&] { convforge_run(&descriptor, &args); }, flags.min_time);
}

/// The most arithmetic that a core could do, in multiples of its measured FMA peak, and why.
struct Peak {
  double multiple = 1;
  std::string source = "the FMA peak";
};

Peak peak_of(const convforge_kernel &kernel) {
  const std::int32_t source = convforge_input(&kernel)->dtype;
  if (source != CONVFORGE_U8 && source != CONVFORGE_S8)
    return {};
  const std::string_view target = kernel.target;
  const auto has = [&](const char *part) { return target.find(part) != target.npos; };
  if (has("vnni") || has("dotprod"))
    return {4, "4 times the FMA peak (8-bit products are summed by fours)"};
  if (has("x86"))
    return {2, "2 times the FMA peak (16-bit products are summed by twos)"};
  return {1, "the FMA peak (16-bit products are as many as those of floats)"};
}

nlohmann::ordered_json report(const convforge_kernel &kernel, const Timing &timing, int threads) {
  const double operations = 2 * static_cast<double>(kernel.multiply_adds),
               gflops = operations / timing.min_seconds * 1e-9;
  const auto [multiple, peak_source] = peak_of(kernel);
  const double peak = multiple * convforge_fma_peak(kernel.cpu_features) * threads * 1e-9;
  const auto bytes = static_cast<double>(bytes_moved(kernel));
  // Caches multiply with threads; memory may not: with several threads the roof can be too high there.
  const double bandwidth = copy_bandwidth(bytes_moved(kernel)) * threads * 1e-9,
               intensity = operations / bytes;
  const double roofline = std::min(peak, intensity * bandwidth);
  return {{"problem", kernel.problem},
          {"epilogue", kernel.epilogue},
          {"layout", kernel.layout},
          {"target", kernel.target},
          {"algorithm", kernel.algorithm},
          {"why", kernel.why},
          {"threads", threads},
          {"min_us", timing.min_seconds * 1e6},
          {"median_us", timing.median_seconds * 1e6},
          {"samples", timing.samples},
          {"calls_per_sample", timing.calls_per_sample},
          {"gflops", gflops},
          {"peak_gflops", peak},
          {"peak_source", peak_source},
          {"percent_of_peak", peak > 0 ? 100 * gflops / peak : 0},
          {"multiply_adds", kernel.multiply_adds},
          {"code_bytes", kernel.code_bytes},
          {"packed_bytes", kernel.packed_bytes},
          {"workspace_bytes", convforge_workspace_size(&kernel, threads)},
          {"bytes_moved", bytes_moved(kernel)},
          {"operations_per_byte", intensity},
          {"bandwidth_gbytes", bandwidth},
          {"bandwidth_source", fmt::format("measured: one core copies {} bytes{}", bytes_moved(kernel),
                                           threads > 1 ? ", times the threads" : "")},
          {"roofline_gflops", roofline},
          {"roofline_us", roofline > 0 ? operations / roofline * 1e-3 : 0},
          {"roofline_bound", intensity * bandwidth < peak ? "memory" : "arithmetic"},
          {"percent_of_roofline", roofline > 0 ? 100 * gflops / roofline : 0}};
}

void print(const nlohmann::ordered_json &r) {
  const auto number = [&](const char *key) { return r.at(key).get<double>(); };
  const auto text = [&](const char *key) { return r.at(key).get<std::string>(); };
  fmt::print("{}  {}  {}\n{} for {}, {} thread{}: {}\n", text("problem"), text("layout"),
             text("epilogue").empty() ? "no epilogue" : text("epilogue"), text("algorithm"), text("target"),
             number("threads"), number("threads") > 1 ? "s" : "", text("why"));
  fmt::print("  time      {:.2f} us at best, {:.2f} us median of {} samples\n", number("min_us"),
             number("median_us"), number("samples"));
  fmt::print("  speed     {:.1f} GF/s, {:.1f} % of {} of {:.1f} GF/s\n", number("gflops"),
             number("percent_of_peak"), text("peak_source"), number("peak_gflops"));
  fmt::print("  roofline  {:.1f} GF/s or {:.2f} us, bound by {}: {:.1f} % of it\n", number("roofline_gflops"),
             number("roofline_us"), text("roofline_bound"), number("percent_of_roofline"));
  fmt::print("            {:.1f} operations a byte; {:.1f} GB/s, {}\n", number("operations_per_byte"),
             number("bandwidth_gbytes"), text("bandwidth_source"));
  fmt::print("  bytes     {} of code, {} of packed weights, {} of workspace, {} moved\n",
             number("code_bytes"), number("packed_bytes"), number("workspace_bytes"), number("bytes_moved"));
}

void bench(const BenchFlags &flags) {
  const Problem problem = flags.problem.problem();
  const JitKernel loaded = flags.load(problem);
  const Timing timing = time_kernel(loaded.descriptor(), problem, flags);
  const auto result = report(loaded.descriptor(), timing, flags.threads);
  flags.json ? print_json(result) : print(result);
}

} // namespace

void add_bench(CLI::App &app) {
  const auto flags = std::make_shared<BenchFlags>();
  CLI::App *command = app.add_subcommand("bench", "Time a kernel and compare it with the machine's limits");
  flags->add_to(*command);
  command->add_option("--min-time", flags->min_time, "Seconds to measure at least")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  add_json(*command, flags->json);
  command->footer(
      "Dense tensors in and out, weights already packed. Operations are 2 x multiply-adds of the direct\n"
      "method, padding included. Examples:\n"
      "  convforge bench --problem mb1ic64ih56oc64oh56kh3ph1 --epilogue bias,relu\n"
      "  convforge bench --problem g144ic144ih56oc144kh3ph1 --min-time 2 --json");
  command->callback([flags] { bench(*flags); });
}

} // namespace convforge::cli
