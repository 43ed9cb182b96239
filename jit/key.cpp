#include "key.hpp"

#include "compiler.hpp"
#include "convforge/convforge.h"
#include "fingerprint.hpp"
#include "plan/plan_line.hpp"

#include <fmt/format.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Support/SHA256.h>

namespace convforge {

namespace {

constexpr std::string_view kernel_extension = ".kernel", choice_extension = ".choice";
constexpr std::size_t digest_digits = 64; // of SHA-256 in hexadecimal

std::string name_of(const std::string &key, std::string_view extension) {
  const auto digest = llvm::SHA256::hash(llvm::arrayRefFromStringRef(key));
  return llvm::toHex(digest, true).append(extension);
}

bool is_name(std::string_view name, std::string_view extension) {
  return name.size() == digest_digits + extension.size() && name.ends_with(extension) &&
         name.substr(0, digest_digits).find_first_not_of("0123456789abcdef") == name.npos;
}

} // namespace

std::string key_of_build() {
  return fmt::format("convforge: {} ({})\nhalide: {}\nllvm: {}\nabi: {}\n", convforge_version(),
                     generator_fingerprint, CONVFORGE_HALIDE_VERSION, LLVM_VERSION_STRING,
                     CONVFORGE_ABI_VERSION);
}

std::string cache_key(const Problem &problem, const Plan &plan, const Target &target) {
  return fmt::format("problem: {}\nplan: {}\ntarget: {} ({})\nname: {}\n", problem.canonical(),
                     plan_line(plan), target.name, target.halide, jit_kernel_name) +
         key_of_build();
}

std::string choice_key(const Problem &problem, const Target &target, const std::string &machine,
                       const std::string &algorithm) {
  Problem bare = problem;
  bare.weights_layout = default_weights_layout(problem);
  bare.epilogue = {};
  return fmt::format("problem: {}\ntarget: {} ({})\nmachine: {}\nalgorithm: {}\n", bare.canonical(),
                     target.name, target.halide, machine, algorithm) +
         key_of_build();
}

std::string entry_name(const std::string &key) {
  return name_of(key, kernel_extension);
}

std::string choice_name(const std::string &key) {
  return name_of(key, choice_extension);
}

bool is_entry_name(std::string_view name) {
  return is_name(name, kernel_extension) || is_choice_name(name);
}

bool is_choice_name(std::string_view name) {
  return is_name(name, choice_extension);
}

} // namespace convforge
