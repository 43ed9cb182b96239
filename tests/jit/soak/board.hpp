// What the processes of a soak tell each other: one piece of shared memory, all of it counters.
#pragma once

#include "damages.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace convforge::soak {

inline constexpr int processes = 4, threads = 4;

using Count = std::atomic<std::uint64_t>; // lock-free, so that it works between processes
static_assert(Count::is_always_lock_free);

/// Which Jit a request goes to.
enum class Source { shared, bounded, fresh, program, fallback, failing };
inline constexpr std::array<std::string_view, 6> source_names = {
    "a shared Jit",           "a shared Jit of few kernels",        "a new Jit",
    "the program's compiler", "the fallback of a failing compiler", "a failing compiler"};

struct ThreadState {
  Count requests = 0; ///< also the sign of life
  std::atomic<int> source = 0, test_case = 0;
};

/// Of one process, while no Jit and no kernel is alive in it.
struct Held {
  std::atomic<long> resident_kib = 0, peak_kib = 0;
  std::atomic<long> heap_kib = 0; ///< allocated, so without what the heap keeps for later
  std::atomic<int> mappings = 0, executable_mappings = 0, descriptors = 0;
};

struct ProcessState {
  std::array<ThreadState, threads> thread;
  Count memory = 0, disk = 0, compiled = 0, generic = 0; ///< where kernels came from
  Count unawaited = 0;                                   ///< compile_async() whose future was dropped
  Count refused = 0;                                     ///< errors of the failing compiler, as they must be
  Count wrong = 0, errors = 0;
  Held early, late;
};

struct Board {
  std::array<ProcessState, processes> process;
  std::array<Count, damages.size()> inflicted{};
  Count vandal_steps = 0;
};

} // namespace convforge::soak
