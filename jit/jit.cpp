// Jit: which kernel to hand out, from memory, from disk or by compiling.
#include "convforge/jit.hpp"

#include "background.hpp"
#include "base/error.hpp"
#include "compiler.hpp"
#include "disk_cache.hpp"
#include "environment.hpp"
#include "generic_kernel.hpp"
#include "kernel_maker.hpp"
#include "memory_cache.hpp"
#include "per_process.hpp"
#include "planner/planner.hpp"
#include "run_time_tuner.hpp"
#include "verbose.hpp"

#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <new>
#include <utility>

namespace convforge {

namespace {

/// For problems of these types.
const Target &runnable_target(const std::string &name, const Environment &environment,
                              const ElementTypes &types = {}) {
  const Target &target = name == "host" ? host_target(environment.target, types) : find_target(name);
  if (!runs_here(target))
    fail("target", name, "one that this CPU runs: see convforge targets");
  return target;
}

/// 8-bit integers have targets of their own.
constexpr ElementTypes eight_bits{ElementType::u8, ElementType::s8, ElementType::u8};

/// What options say, else the environment; empty: this CPU's.
const std::string &machine_of(const JitOptions &options, const Environment &environment) {
  return options.machine.empty() ? environment.machine : options.machine;
}

Tuning tuning_of(const JitOptions &options, const Environment &environment, const Verbose &verbose) {
  const NamedTuning named = find_tuning(machine_of(options, environment),
                                        options.plans.empty() ? environment.plans : options.plans.string());
  for (const std::string &complaint : named.complaints)
    verbose.say("{}", complaint);
  return named.tuning;
}

/// 0: nothing is measured. Of the machine that is named generic the model alone decides, as what it finds
/// must not depend on the machine.
std::chrono::milliseconds budget_of(const JitOptions &options, const Environment &environment) {
  if (options.tuning_budget.count() < 0)
    fail("tuning budget", fmt::format("{} ms", options.tuning_budget.count()), "0, for none, or more");
  return machine_of(options, environment) == "generic" ? std::chrono::milliseconds(0) : options.tuning_budget;
}

/// The origins that count as what was asked for: the others are not kept, so that the next request tries
/// again.
bool kept(const MemoryCache::Outcome &outcome) {
  return outcome && outcome->origin() != JitKernel::Origin::generic;
}

/// Weights are arguments of calls here: nothing is known of them.
Problem of_any_weights(Problem problem) {
  problem.zeros = {};
  return problem;
}

} // namespace

class Jit::Impl {
public:
  Impl(JitOptions options, const Environment &environment)
      : options_(std::move(options)), verbose_(environment.verbose),
        target_(runnable_target(options_.target, environment)),
        target_of_8_bits_(runnable_target(options_.target, environment, eight_bits)),
        tuning_(tuning_of(options_, environment, verbose_)), budget_(budget_of(options_, environment)),
        compiler_(options_.program.empty() ? built_in_compiler()
                                           : program_compiler(options_.program, options_.program_timeout)),
        memory_(options_.memory_entries), out_of_memory_(finished(out_of_memory())) {
    if (options_.disk_cache)
      disk_.emplace(options_.cache_dir.empty() ? environment.cache_directory : options_.cache_dir,
                    options_.disk_bytes, verbose_);
  }
  /// In a child of fork(): what the parent's was told, and its finished kernels.
  explicit Impl(Impl &of_parent)
      : options_(of_parent.options_), verbose_(of_parent.verbose_), target_(of_parent.target_),
        target_of_8_bits_(of_parent.target_of_8_bits_), tuning_(of_parent.tuning_),
        budget_(of_parent.budget_), compiler_(of_parent.compiler_),
        memory_hits_(of_parent.memory_hits_.load()), disk_hits_(of_parent.disk_hits_.load()),
        compiled_(of_parent.compiled_.load()), failed_(of_parent.failed_.load()),
        raced_(of_parent.raced_.load()), memory_(of_parent.memory_),
        out_of_memory_(of_parent.out_of_memory_) {
    if (of_parent.disk_)
      disk_.emplace(*of_parent.disk_);
  }

  Result<JitKernel> compile(const Problem &problem) {
    try {
      MemoryCache::Claim claim = memory_.claim(problem);
      if (claim.duty)
        fulfil(*claim.duty);
      else
        memory_hits_++;
      return claim.future.get();
    } catch (const std::bad_alloc &) {
      return out_of_memory();
    }
  }

  MemoryCache::Future compile_async(const Problem &problem) {
    try {
      MemoryCache::Claim claim = memory_.claim(problem);
      if (claim.duty)
        fulfil_in_background(std::move(*claim.duty));
      else
        memory_hits_++;
      return claim.future;
    } catch (const std::bad_alloc &) {
      return out_of_memory_;
    }
  }

  Result<JitKernel> compile(std::string_view descriptor, const ProblemText &text) {
    const Result<Problem> problem = parsed(descriptor, text);
    return problem ? compile(*problem) : Result<JitKernel>(problem.error());
  }

  MemoryCache::Future compile_async(std::string_view descriptor, const ProblemText &text) {
    try {
      const Result<Problem> problem = parsed(descriptor, text);
      return problem ? compile_async(*problem) : finished(problem.error());
    } catch (const std::bad_alloc &) {
      return out_of_memory_;
    }
  }

  const Target &target() const { return target_; }
  JitCounts counts() const { return {memory_hits_, disk_hits_, compiled_, failed_, raced_}; }

private:
  using Code = JitError::Code;

  static MemoryCache::Future finished(MemoryCache::Outcome outcome) {
    std::promise<MemoryCache::Outcome> promise;
    promise.set_value(std::move(outcome));
    return promise.get_future().share();
  }

  static Result<Problem> parsed(std::string_view descriptor, const ProblemText &text) {
    try {
      return Problem::parse(descriptor, text);
    } catch (const Error &error) {
      return JitError{Code::problem, error.what()};
    } catch (const std::bad_alloc &) {
      return out_of_memory().error();
    }
  }

  void fulfil_in_background(MemoryCache::Duty duty) {
    // std::function wants its content to be copyable; a duty is not.
    const auto shared = std::make_shared<MemoryCache::Duty>(std::move(duty));
    try {
      background_.run([this, shared] { fulfil(*shared); });
    } catch (const std::exception &) { // no thread could be had
      fulfil(*shared);
    }
  }

  void fulfil(MemoryCache::Duty &duty) noexcept {
    MemoryCache::Outcome outcome = made_or_error(duty.problem());
    if (!outcome)
      failed_++;
    const bool keep = kept(outcome);
    duty.complete(std::move(outcome), keep);
  }

  /// make(), with what it throws (there is no memory for an error's text) as an error: who waits must hear of
  /// it.
  MemoryCache::Outcome made_or_error(const Problem &problem) noexcept {
    try {
      return make(problem);
    } catch (const std::bad_alloc &) {
      return out_of_memory();
    } catch (...) {
      return JitError{Code::compile, "unknown error"};
    }
  }

  /// Plan, then disk, then compiler.
  MemoryCache::Outcome make(const Problem &problem) {
    try {
      const Result<MadeKernel> made = budget_.count() > 0 ? tuned(problem) : planned(problem);
      if (!made)
        return instead_of(made.error(), problem);
      (made->origin == JitKernel::Origin::disk ? disk_hits_ : compiled_)++;
      return JitKernel(made->kernel, made->origin);
    } catch (const std::bad_alloc &) { // not the problem's fault
      return instead_of(out_of_memory().error(), problem);
    } catch (const std::exception &error) {
      return instead_of({Code::problem, error.what()}, problem);
    }
  }

  Result<MadeKernel> planned(const Problem &problem) const {
    const auto &[target, maker, tuner] = workshop_for(problem);
    const Plan plan = make_plan(problem, target, tuning_, options_.algorithm);
    Result<MadeKernel> made = maker.make(problem, plan);
    if (made)
      maker.store(*made);
    return made;
  }

  Result<MadeKernel> tuned(const Problem &problem) {
    RunTimeTuner::Answer answer = workshop_for(problem).tuner.kernel(problem);
    raced_ += answer.raced;
    return std::move(answer.made);
  }

  /// The portable kernel where the caller asked for it and the problem is none of its own fault; else the
  /// error.
  MemoryCache::Outcome instead_of(JitError error, const Problem &problem) const {
    const Target &target = workshop_for(problem).target;
    verbose_.say("{} for {}: {}", problem.canonical(), target.name, error.message);
    if (!options_.generic_fallback || error.code == Code::problem)
      return error;
    try {
      const std::string why = "generic: a portable kernel in plain C, because " + error.message;
      return JitKernel(generic_kernel(problem, target, why), JitKernel::Origin::generic);
    } catch (const std::exception &) { // no memory
      return error;
    }
  }

  /// What makes kernels for one target.
  struct Workshop {
    const Target &target;
    const KernelMaker maker;
    const RunTimeTuner tuner;
    Workshop(Impl &jit, const Target &of)
        : target(of), maker(of, jit.compiler_, jit.disk_, jit.options_.perf_map, jit.verbose_),
          tuner(maker, jit.disk_, of, jit.tuning_, {jit.options_.algorithm, jit.budget_}, jit.verbose_) {}
  };
  const Workshop &workshop_for(const Problem &problem) const {
    return problem.types.quantised() ? workshop_of_8_bits_ : workshop_;
  }

  const JitOptions options_;
  const Verbose verbose_;
  const Target &target_, &target_of_8_bits_;
  const Tuning tuning_;
  const std::chrono::milliseconds budget_;
  const std::shared_ptr<const Compiler> compiler_;
  std::optional<DiskCache> disk_;
  const Workshop workshop_{*this, target_}, workshop_of_8_bits_{*this, target_of_8_bits_};
  std::atomic<std::uint64_t> memory_hits_{0}, disk_hits_{0}, compiled_{0}, failed_{0}, raced_{0};
  MemoryCache memory_;
  const MemoryCache::Future out_of_memory_; // made while there is some
  Background background_;                   // last: its jobs use all of the above
};

class Jit::OfProcess : public PerProcess<Impl> {
public:
  using PerProcess::PerProcess;
};

Jit::Jit(JitOptions options)
    : impl_(std::make_unique<OfProcess>(std::in_place, std::move(options), read_environment())) {}
Jit::~Jit() = default;

Result<JitKernel> Jit::compile(const Problem &problem) {
  return problem.zeros.none() ? impl_->get().compile(problem) : compile(of_any_weights(problem));
}

std::shared_future<Result<JitKernel>> Jit::compile_async(const Problem &problem) {
  return problem.zeros.none() ? impl_->get().compile_async(problem) : compile_async(of_any_weights(problem));
}

Result<JitKernel> Jit::compile(std::string_view descriptor, const ProblemText &text) {
  return impl_->get().compile(descriptor, text);
}

std::shared_future<Result<JitKernel>> Jit::compile_async(std::string_view descriptor,
                                                         const ProblemText &text) {
  return impl_->get().compile_async(descriptor, text);
}

std::string_view Jit::target() const {
  return impl_->get().target().name;
}

JitCounts Jit::counts() const {
  return impl_->get().counts();
}

} // namespace convforge
