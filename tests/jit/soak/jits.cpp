#include "jits.hpp"

#include <array>

namespace convforge::soak {

namespace {

// Room for some 30 kernels, of a hundred or more that are asked for.
constexpr std::uint64_t cache_bytes = 512 << 10;

JitOptions options_of(Source source) {
  JitOptions options{.disk_bytes = cache_bytes};
  switch (source) {
  case Source::shared:
    options.memory_entries = 64;
    break;
  case Source::bounded:
    options.memory_entries = 4;
    break;
  case Source::fresh:
    break;
  case Source::program:
    options.program = CONVFORGE;
    options.program_timeout = std::chrono::hours(1); // a hang is the watchdog's to tell
    break;
  case Source::fallback:
    options.generic_fallback = true;
    options.program = "/bin/false";
    break;
  case Source::failing:
    options.program = "/bin/false";
  }
  return options;
}

} // namespace

std::shared_ptr<Jit> Jits::make(Source source, const std::string &target) const {
  JitOptions options = options_of(source);
  options.cache_dir = cache_;
  options.target = target;
  const auto count = [&state = state_](Jit *jit) {
    const JitCounts counts = jit->counts();
    state.memory += counts.memory;
    state.disk += counts.disk;
    state.compiled += counts.compiled;
    delete jit;
  };
  return {new Jit(options), count};
}

std::shared_ptr<Jit> Jits::get(Source source, const std::string &target) {
  if (source != Source::shared && source != Source::bounded)
    return make(source, target);
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Jit> &jit = shared_[{source, target}];
  if (!jit)
    jit = make(source, target);
  return jit;
}

void Jits::forget(Source source, const std::string &target) {
  std::shared_ptr<Jit> last; // which waits for what it compiles: not under the lock
  const std::lock_guard lock(mutex_);
  last.swap(shared_[{source, target}]);
}

void Jits::forget_all() {
  std::map<std::pair<Source, std::string>, std::shared_ptr<Jit>> all;
  const std::lock_guard lock(mutex_);
  all.swap(shared_);
}

} // namespace convforge::soak
