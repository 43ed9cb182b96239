#include "analysis/mca.hpp"

#include "base/error.hpp"
#include "base/subprocess.hpp"
#include "plan/json_text.hpp"
#include "planner/platform.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace convforge {
namespace {

/// It takes milliseconds, on a busy machine many times that.
constexpr auto answer_limit = std::chrono::minutes(2);
constexpr int peak_multiply_adds = 8; // in the second region; any number that the CPUs' ports divide

/// Dot products of 8-bit integers.
std::string peak_line(const Target &target, Dot dot, int i) {
  const char *reg = target.isa == Isa::avx512 ? "zmm" : target.isa == Isa::avx2 ? "ymm" : "xmm";
  switch (dot) {
  case Dot::four_u8_s8:
    return fmt::format("vpdpbusd {0}{1}, {0}14, {0}15\n", reg, i);
  case Dot::pairs:
    return target.isa == Isa::sse41
               ? fmt::format("pmaddwd xmm{}, xmm14\npaddd xmm{}, xmm15\n", i, i)
               : fmt::format("vpmaddwd {0}13, {0}14, {0}15\nvpaddd {0}{1}, {0}{1}, {0}14\n", reg, i);
  case Dot::four_s8_s8:
    return fmt::format("sdot v{}.4s, v30.16b, v31.16b\n", i);
  case Dot::widening:
    return fmt::format("smlal v{}.4s, v30.4h, v15.h[0]\n", i);
  case Dot::none:
    break;
  }
  return {};
}

/// Multiply-adds of the widest kind, with nothing else beside them.
std::string peak_code(const Target &target, Dot dot) {
  std::string code;
  for (int i = 0; i < peak_multiply_adds; ++i)
    if (dot != Dot::none)
      code += peak_line(target, dot, i);
    else if (target.isa == Isa::neon)
      code += fmt::format("fmla v{}.4s, v30.4s, v31.s[0]\n", i);
    else if (!target.fma)
      code += fmt::format("mulps xmm{}, xmm14\naddps xmm{}, xmm15\n", i, i + 6);
    else
      code += fmt::format("vfmadd231ps {0}{1}, {0}14, {0}15\n", target.isa == Isa::avx512 ? "zmm" : "ymm", i);
  return code;
}

/// Passes: enough that the pipeline's filling (tens of cycles) is under a thousandth, few enough to take
/// milliseconds.
int passes(std::size_t instructions) {
  return static_cast<int>(
      std::clamp<std::size_t>(100'000 / std::max<std::size_t>(instructions, 1), 20, 2'000));
}

std::vector<std::string> candidates(const std::string &tool) {
  if (!tool.empty())
    return {tool};
#ifdef CONVFORGE_LLVM_MCA
  return {CONVFORGE_LLVM_MCA, "llvm-mca-19", "llvm-mca"};
#else
  return {"llvm-mca-19", "llvm-mca"};
#endif
}

ProcessResult run_first(const std::vector<std::string> &tools, const std::vector<std::string> &options,
                        const std::string &input) {
  ProcessResult result;
  for (const std::string &tool : tools) {
    std::vector<std::string> arguments{tool};
    arguments.insert(arguments.end(), options.begin(), options.end());
    result = run_process(arguments, input, answer_limit);
    if (result.found)
      return result;
  }
  throw McaUnavailable(
      fmt::format("llvm-mca: not found (expected {} to exist: install Debian's llvm-19, or put it into PATH)",
                  tools.front()));
}

/// Two code regions: the code, then the peak's.
std::string mca_input(std::span<const Instruction> code, const Target &target, Dot dot) {
  std::string text = target.isa == Isa::neon ? "" : ".intel_syntax noprefix\n";
  const auto add_region = [&](std::string_view name, const std::string &lines) {
    text += fmt::format("# LLVM-MCA-BEGIN {}\n{}# LLVM-MCA-END\n", name, lines);
  };
  std::string lines;
  for (const Instruction &instruction : code)
    lines += instruction.text() + "\n";
  add_region("code", lines);
  add_region("peak", peak_code(target, dot));
  return text;
}

[[noreturn]] void not_understood(const std::string &why) {
  throw McaUnavailable(
      fmt::format("llvm-mca: its answer is not understood: {} (expected the JSON of LLVM 19)", why));
}

} // namespace

McaReport parse_mca(std::string_view json, const Target &target, Dot dot) {
  try {
    const auto regions = parse_json(json).at("CodeRegions");
    const auto &code = regions.at(0).at("SummaryView");
    const double iterations = code.at("Iterations").get<double>();
    McaReport report;
    report.cycles = code.at("TotalCycles").get<double>() / iterations;
    report.micro_ops = code.at("TotaluOps").get<double>() / iterations;
    report.block_throughput = code.at("BlockRThroughput").get<double>();
    report.dispatch_width = code.at("DispatchWidth").get<int>();
    const double peak_cycles = regions.at(1).at("SummaryView").at("BlockRThroughput").get<double>();
    report.peak_multiply_adds =
        peak_multiply_adds * vector_lanes(target) * operands_of(dot).elements / peak_cycles;
    return report;
  } catch (const nlohmann::json::exception &error) {
    not_understood(error.what());
  } catch (const Error &error) {
    not_understood(error.what());
  }
}

McaReport run_mca(std::span<const Instruction> code, const Target &target, Dot dot, const std::string &tool,
                  std::string_view cpu) {
  const std::vector<std::string> options{"--json",
                                         fmt::format("--mtriple={}", target.triple),
                                         fmt::format("--mcpu={}", cpu.empty() ? target.mca_cpu : cpu),
                                         fmt::format("--iterations={}", passes(code.size())),
                                         "--resource-pressure=false",
                                         "--instruction-info=false"};
  const ProcessResult result = run_first(candidates(tool), options, mca_input(code, target, dot));
  if (result.timed_out)
    throw McaUnavailable(
        fmt::format("llvm-mca: no answer within {} minutes (expected an answer in milliseconds; is "
                    "the machine overloaded?)",
                    answer_limit.count()));
  if (result.exit_code != 0)
    throw McaUnavailable(
        fmt::format("llvm-mca: exit code {} (expected 0): {}", result.exit_code, result.errors));
  return parse_mca(result.output, target, dot);
}

} // namespace convforge
