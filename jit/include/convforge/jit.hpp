// Kernels made at run time: the same ones that `convforge compile` makes, loaded into this process.
//
//   convforge::Jit jit({.cache_dir = "/home/me/.cache/my-app"});
//   const auto kernel = jit.compile("mb1ic64ih56oc64oh56kh3ph1", {.epilogue = "bias,relu"});
//   if (!kernel)
//     return report(kernel.error().message); // also of a text that is no problem
//   kernel->pack(weights, packed); // sizes of all buffers: kernel->descriptor()
//   (*kernel)(input, packed, bias, output, workspace);
//
// Link convforge::jit, which compiles in this process (it carries Halide), or convforge::jit_external, which
// needs JitOptions::program.
//
// Errors are values (Result). Two calls that have none to answer throw convforge::Error: Jit's constructor,
// and Problem::parse(), which compile() of a text calls for you. Memory that runs out is an error like
// others (of those two, and of the first call in a child of fork(), std::bad_alloc), but inside of LLVM,
// Halide and the JSON library, which may end the process: docs/jit.md.
//
// Every function may be called from any number of threads at once. Needs C++20 and exceptions.
#pragma once

#if __cplusplus < 202002L
#error "convforge/jit.hpp needs C++20 (-std=c++20); C has convforge/jit.h"
#elif !defined(__cpp_exceptions)
#error "convforge/jit.hpp needs exceptions (no -fno-exceptions); C has convforge/jit.h"
#endif

#include "base/error.hpp"
#include "convforge/convforge.h"
#include "convforge/result.hpp"
#include "problem/problem.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace convforge {

/// What is empty here, the environment may say (CONVFORGE_TARGET for "host", CONVFORGE_MACHINE,
/// CONVFORGE_PLANS, CONVFORGE_CACHE_DIR, CONVFORGE_VERBOSE): Jit's constructor reads it.
struct JitOptions {
  /// Where compiled kernels are kept, made if missing (its parents too). Empty: CONVFORGE_CACHE_DIR, else
  /// $XDG_CACHE_HOME/convforge, else ~/.cache/convforge. One that other users may write to is not used.
  std::filesystem::path cache_dir = {};
  bool disk_cache = true;
  std::uint64_t disk_bytes = 256u << 20; ///< what is used longest ago goes when the directory grows past this
  std::size_t memory_entries = 1024;     ///< kernels kept loaded though nobody holds them
  std::string target = "host";           ///< a name from `convforge targets` that this CPU runs
  std::string algorithm = "auto";        ///< or one by name, as --algorithm takes it
  /// Whose measured facts and plans are used (docs/tuning.md): a microarchitecture's name, or "generic".
  /// Empty: CONVFORGE_MACHINE, else this CPU's.
  std::string machine = {};
  std::filesystem::path plans = {}; ///< what `convforge tune` measured. Empty: CONVFORGE_PLANS, else none
  /// The convforge program to compile with, instead of this process: a path, or a name that PATH has.
  std::string program = {};
  std::chrono::milliseconds program_timeout = std::chrono::minutes(1);
  /// When compiling or loading fails, answer the portable kernel of the runtime: right, but slow.
  bool generic_fallback = false;
  /// Append each kernel's address and name to /tmp/perf-<pid>.map, which `perf report` reads.
  bool perf_map = false;
  /// How long a kernel's making may take for the sake of measuring plans on this machine (docs/jit.md, Tuning
  /// at run time); 0: no plan is measured. Compiling counts; the model's own choice is compiled whatever it
  /// takes, and a compilation that has begun is not stopped (one by `program` is). What is found is kept in
  /// the disk cache for this machine's class. Problems that `plans` or shipped plans answer are not measured,
  /// nor is anything where `machine` (or CONVFORGE_MACHINE) is "generic". One problem of a process is
  /// measured at a time, on the thread that makes its kernel; the others wait for their turn, which does not
  /// count.
  std::chrono::milliseconds tuning_budget{0};
};

/// A loaded kernel. A copy shares it; its code is unloaded with the last one, which may outlive the Jit.
class JitKernel {
public:
  enum class Origin { compiled, disk, generic };

  JitKernel(std::shared_ptr<const convforge_kernel> kernel, Origin origin)
      : kernel_(std::move(kernel)), origin_(origin) {}

  /// Shapes, sizes, target, algorithm and why. Also what convforge::Kernel of convforge.hpp wraps.
  const convforge_kernel &descriptor() const { return *kernel_; }
  /// Where the kernel came from when it was loaded.
  Origin origin() const { return origin_; }

  /// convforge_pack_weights(): `weights` are of the shape and type of convforge_weights(&descriptor());
  /// `packed` has descriptor().packed_bytes, aligned to 64. A convforge_status.
  int pack(const void *weights, void *packed) const {
    return convforge_pack_weights(kernel_.get(), weights, packed);
  }
  /// convforge_pack_operands(): the weights and what is packed with them, in the order of the descriptor's:
  /// kernel.pack({weights, multipliers, bias}, packed). CONVFORGE_ERROR_NULL for a list of another length.
  int pack(std::initializer_list<const void *> operands, void *packed) const {
    std::array<const void *, CONVFORGE_MAX_OPERANDS> pointers{};
    auto next = operands.begin();
    for (int i = 0; i < kernel_->operand_count; ++i) {
      const int role = kernel_->operands[i].role;
      if ((role == CONVFORGE_WEIGHTS || role == CONVFORGE_PACKED) && next != operands.end())
        pointers[static_cast<std::size_t>(i)] = *next++;
    }
    return next == operands.end() ? convforge_pack_operands(kernel_.get(), pointers.data(), packed)
                                  : CONVFORGE_ERROR_NULL;
  }
  /// convforge_run(). A convforge_status.
  int run(const convforge_args &args) const { return convforge_run(kernel_.get(), &args); }
  /// The same with the operands as a list, in the order of the descriptor's, packed weights in the weights'
  /// place, null for what was packed with them. CONVFORGE_ERROR_NULL for a list of another length.
  int operator()(std::initializer_list<const void *> operands, void *workspace,
                 const convforge_threads *threads = nullptr) const {
    std::array<void *, CONVFORGE_MAX_OPERANDS> pointers{};
    if (operands.size() != static_cast<std::size_t>(kernel_->operand_count))
      return CONVFORGE_ERROR_NULL;
    std::transform(operands.begin(), operands.end(), pointers.begin(),
                   [](const void *pointer) { return const_cast<void *>(pointer); });
    return run({pointers.data(), workspace, threads});
  }
  /// The same on the calling thread, for a kernel whose epilogue takes one bias or nothing. What the kernel
  /// does not take, or has packed, is null.
  int operator()(const void *input, const void *packed, const float *bias, void *output,
                 void *workspace) const {
    std::array<void *, CONVFORGE_MAX_OPERANDS> pointers{};
    for (std::int32_t i = 0; i < kernel_->operand_count; ++i)
      pointers[static_cast<std::size_t>(i)] =
          const_cast<void *>(argument_of(kernel_->operands[i], input, packed, bias, output));
    return run({pointers.data(), workspace, nullptr});
  }

private:
  static const void *argument_of(const convforge_operand &operand, const void *input, const void *packed,
                                 const float *bias, const void *output) {
    switch (operand.role) {
    case CONVFORGE_INPUT:
      return input;
    case CONVFORGE_WEIGHTS:
      return packed;
    case CONVFORGE_EPILOGUE:
      return std::string_view(operand.name) == "bias" ? bias : nullptr;
    case CONVFORGE_OUTPUT:
      return output;
    default:
      return nullptr;
    }
  }

  std::shared_ptr<const convforge_kernel> kernel_;
  Origin origin_;
};

/// How often requests were met, and from where, since the Jit was made.
struct JitCounts {
  std::uint64_t memory = 0, disk = 0, compiled = 0, failed = 0;
  std::uint64_t raced = 0; ///< those of disk and compiled whose plans were measured first
};

/// May be used in a child of fork(), which has of the parent's threads the calling one alone: kernels that
/// were loaded are there, and whatever the parent was making is made anew when the child asks. A future that
/// was not ready at the fork never is in the child.
class Jit {
public:
  /// Throws Error when the target is unknown or cannot run here, when the machine is unknown, when a file of
  /// plans cannot be read, when a number is out of range, or when there is nothing to compile with. A cache
  /// that cannot be used is no error: kernels are then compiled each time (CONVFORGE_VERBOSE=1 says why).
  explicit Jit(JitOptions options = {});
  /// Waits for what compile_async() still compiles and measures, in a child of fork() for the child's own.
  /// Kernels live on.
  ~Jit();
  Jit(const Jit &) = delete;
  Jit &operator=(const Jit &) = delete;

  /// The kernel of a problem: from memory (under a microsecond), from disk (a tenth of a millisecond) or
  /// compiled (a tenth of a second). However many threads ask for one problem at once, it is compiled once.
  /// An error is told to all who waited and not kept: the next request tries again.
  Result<JitKernel> compile(const Problem &problem);
  /// The same on a background thread.
  std::shared_future<Result<JitKernel>> compile_async(const Problem &problem);
  /// The same of Problem::parse(descriptor, text), whose Error is JitError::Code::problem. Parses each time
  /// (3 us): what is asked for again and again is better kept as a Problem.
  Result<JitKernel> compile(std::string_view descriptor, const ProblemText &text = {});
  std::shared_future<Result<JitKernel>> compile_async(std::string_view descriptor,
                                                      const ProblemText &text = {});

  /// The target that kernels are made for; where that is the host's, of 8-bit integers it may be another
  /// (JitKernel::descriptor().target).
  std::string_view target() const;
  JitCounts counts() const;

private:
  class Impl;
  class OfProcess; // the Impl of the process that made the Jit, and those of its children
  std::unique_ptr<OfProcess> impl_;
};

} // namespace convforge
