#include "kernel_maker.hpp"

#include "executable_memory.hpp"
#include "key.hpp"
#include "loader.hpp"

#include <exception>
#include <new>
#include <utility>

namespace convforge {

Result<MadeKernel> KernelMaker::make(const Problem &problem, const Plan &plan,
                                     std::chrono::milliseconds time_limit) const {
  using Code = JitError::Code;
  Code stage = Code::load;
  try {
    std::string key = cache_key(problem, plan, target_);
    if (std::optional<MadeKernel> found = from_disk(problem, plan, key))
      return std::move(*found);
    require_executable_memory(); // before a compilation that would be for nothing
    stage = Code::compile;
    Artefact artefact = compiler_->compile({problem, plan, target_, time_limit});
    verbose_.say("{} for {}: compiled; {}", problem.canonical(), target_.name, plan.why);
    stage = Code::load;
    return loaded(std::move(key), std::move(artefact), JitKernel::Origin::compiled);
  } catch (const std::bad_alloc &) {
    throw;
  } catch (const std::exception &error) {
    return JitError{stage, error.what()};
  }
}

/// None: not there, or not usable. Throws where the entry is right, but nothing may be loaded.
std::optional<MadeKernel> KernelMaker::from_disk(const Problem &problem, const Plan &plan,
                                                 std::string key) const {
  if (!disk_)
    return std::nullopt;
  try {
    std::optional<Entry> entry = disk_->load(key);
    if (!entry)
      return std::nullopt;
    MadeKernel made = loaded(std::move(key), to_artefact(std::move(*entry), problem, plan, target_),
                             JitKernel::Origin::disk);
    made.stored = true;
    verbose_.say("{} for {}: from the disk cache; {}", problem.canonical(), target_.name, plan.why);
    return made;
  } catch (const ExecutableMemoryRefused &) {
    throw;
  } catch (const std::exception &error) {
    verbose_.say("disk cache: an entry is not used: {}", error.what());
    return std::nullopt;
  }
}

MadeKernel KernelMaker::loaded(std::string key, Artefact artefact, JitKernel::Origin origin) const {
  const auto shared = std::make_shared<const Artefact>(std::move(artefact));
  const std::shared_ptr<LoadedKernel> loaded = LoadedKernel::load(*shared, perf_map_);
  return {std::move(key), shared, {loaded, loaded->kernel()}, origin};
}

MadeKernel KernelMaker::with_reason(const MadeKernel &made, const std::string &why) const {
  Artefact artefact = *made.artefact;
  artefact.plan.why = why;
  std::string key = cache_key(artefact.problem, artefact.plan, artefact.target);
  return loaded(std::move(key), std::move(artefact), made.origin);
}

void KernelMaker::store(const MadeKernel &made) const {
  if (disk_ && !made.stored)
    disk_->store(made.key, encode_entry(made.key, *made.artefact));
}

} // namespace convforge
