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

// Structured bindings name every field: one that is added later does not compile until it is here, too.

std::string region_text(const Region &region) {
  const auto &[first_channel, channels, block, lanes, tile_w, tile_h] = region;
  return fmt::format("; {}+{} block={} lanes={} tile={}x{}", first_channel, channels, block, lanes, tile_h,
                     tile_w);
}

std::string plan_text(const Plan &plan) {
  const auto &[algorithm, vector_axis, regions, padded_copy, rows, columns, unroll_c, unroll_s, unroll_r,
               parallel, why] = plan;
  std::string text =
      fmt::format("{} vectors={} copy={} rows={} columns={} unroll={},{},{} parallel={} why={}",
                  name_of(algorithm), static_cast<int>(vector_axis), padded_copy, rows, columns, unroll_c,
                  unroll_s, unroll_r, static_cast<int>(parallel), why);
  for (const Region &region : regions)
    text += region_text(region);
  return text;
}

} // namespace

std::string key_of_build() {
  return fmt::format("convforge: {} ({})\nhalide: {}\nllvm: {}\nabi: {}\n", convforge_version(),
                     generator_fingerprint, CONVFORGE_HALIDE_VERSION, LLVM_VERSION_STRING,
                     CONVFORGE_ABI_VERSION);
}

std::string cache_key(const Problem &problem, const Plan &plan, const Target &target) {
  return fmt::format("problem: {}\nplan: {}\ntarget: {} ({})\nname: {}\n", problem.canonical(),
                     plan_text(plan), target.name, target.halide, jit_kernel_name) +
         key_of_build();
}

std::string entry_name(const std::string &key) {
  const auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(key));
  return llvm::toHex(digest, true) + ".kernel";
}

} // namespace convforge
