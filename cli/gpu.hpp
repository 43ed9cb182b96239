// The subcommands' answers for targets that are GPUs.
#pragma once

#include "artefact/emit.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <span>
#include <string>
#include <vector>

namespace convforge::cli {

struct GpuRequest {
  Problem problem;
  std::vector<Target> targets; ///< of GPUs, best first
  std::string algorithm, name;
  std::vector<std::string> emit;
};

/// Every file that `convforge compile` was asked for: header, source, ptx, stmt, object (the cubin). Throws
/// Error for others.
std::vector<Member> gpu_files(const GpuRequest &request);
/// Throws Error for a problem that has no plan for one of the targets.
void check_gpu_plans(const Problem &problem, std::span<const Target> targets, const std::string &algorithm);
/// Prints what `convforge explain` says, by problem, then by target.
void explain_gpu_kernels(std::span<const Problem> problems, std::span<const Target> targets,
                         const std::string &algorithm, bool json);
/// Throws Error unless all targets are CPUs or all are GPUs; whether they are GPUs.
bool all_gpus(std::span<const Target> targets);
/// Throws Error for a GPU: `command` runs kernels on this CPU.
void refuse_gpu(const Target &target, const std::string &command);

} // namespace convforge::cli
