#include "key.hpp"

#include "compiler.hpp"
#include "convforge/convforge.h"
#include "fingerprint.hpp"
#include "planner.hpp"

#include <fmt/format.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Support/SHA256.h>

namespace convforge {

namespace {

std::string plan_text(const Plan &plan) {
  std::string text = fmt::format(
      "{} vectors={} copy={} rows={} columns={} unroll={},{},{} parallel={} why={}", name_of(plan.algorithm),
      static_cast<int>(plan.vector_axis), plan.padded_copy, plan.rows_per_task, plan.columns_per_task,
      plan.unroll_c, plan.unroll_s, plan.unroll_r, static_cast<int>(plan.parallel), plan.why);
  for (const Region &region : plan.regions)
    text += fmt::format("; {}+{} block={} lanes={} tile={}x{}", region.first_channel, region.channels,
                        region.block, region.lanes, region.tile_h, region.tile_w);
  return text;
}

} // namespace

std::string cache_key(const Problem &problem, const Plan &plan, const Target &target) {
  return fmt::format("problem: {}\nplan: {}\ntarget: {} ({})\nname: {}\n"
                     "convforge: {} ({})\nhalide: {}\nllvm: {}\nabi: {}\n",
                     problem.canonical(), plan_text(plan), target.name, target.halide, jit_kernel_name,
                     convforge_version(), generator_fingerprint, CONVFORGE_HALIDE_VERSION,
                     LLVM_VERSION_STRING, CONVFORGE_ABI_VERSION);
}

std::string entry_name(const std::string &key) {
  const auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(key));
  return llvm::toHex(digest, true) + ".kernel";
}

} // namespace convforge
