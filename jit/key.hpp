// The key of a compiled kernel: everything that its object depends on, as text. That of a choice between
// plans (choice.hpp) likewise.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <string>
#include <string_view>

namespace convforge {

/// Lines "field: value": the problem, the plan in full, the target and its features, and the versions of
/// ConvForge, its generator's sources, Halide, LLVM and the ABI.
std::string cache_key(const Problem &problem, const Plan &plan, const Target &target);
/// What a choice depends on: lines as those of a kernel's key. Epilogue and weights' layout are not
/// among them, as for tuned plans (plan_key()).
std::string choice_key(const Problem &problem, const Target &target, const std::string &machine,
                       const std::string &algorithm);
/// The last lines of every key of this build: the versions. Entries whose key ends otherwise are never used.
std::string key_of_build();
/// The file name of a key's entry: its SHA-256 in hexadecimal, and ".kernel".
std::string entry_name(const std::string &key);
/// The same of a choice's key (choice.hpp), with ".choice".
std::string choice_name(const std::string &key);
/// Whether a file of this name may be one of the two: others in the directory are not the cache's to list or
/// remove.
bool is_entry_name(std::string_view name);
bool is_choice_name(std::string_view name);

} // namespace convforge
