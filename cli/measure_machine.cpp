#include "cli/measure_machine.hpp"

#include "cli/measure.hpp"
#include "convforge/convforge.hpp"
#include "convforge_tools/measure.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <unistd.h>

namespace convforge::cli {
namespace {

using F = MachineFacts;

/// Cycles a second: of additions that wait for one another, one ends in each cycle. (Intel's newest cores do
/// those of a constant while renaming, several in a cycle; not those of a register.)
double clock_rate() {
  constexpr int steps = 1000, chain = 8;
  const Timing timing = measure(
      [] {
        std::uint64_t value = 1;
        for (int i = 0; i < steps; ++i)
#if defined(__x86_64__)
          asm volatile("add %0, %0\n add %0, %0\n add %0, %0\n add %0, %0\n"
                       "add %0, %0\n add %0, %0\n add %0, %0\n add %0, %0\n"
                       : "+r"(value));
#elif defined(__aarch64__)
          asm volatile("add %0, %0, %0\n add %0, %0, %0\n add %0, %0, %0\n add %0, %0, %0\n"
                       "add %0, %0, %0\n add %0, %0, %0\n add %0, %0, %0\n add %0, %0, %0\n"
                       : "+r"(value));
#endif
      },
      0.05);
  return steps * chain / timing.min_seconds;
}

template <std::size_t Bytes>
using Vector [[gnu::vector_size(Bytes)]] = std::int64_t;

/// Reads `bytes` (a multiple of 512), each once. Always inlined into a function of the vectors' instruction
/// set.
template <std::size_t Bytes>
[[gnu::always_inline]] inline void read_vectors(const std::byte *from, std::size_t bytes) {
  constexpr int loads = 8;
  const auto *vectors = reinterpret_cast<const Vector<Bytes> *>(from);
  Vector<Bytes> a{}, b{}, c{}, d{};
  for (std::size_t i = 0; i < bytes / Bytes; i += loads) {
    a ^= vectors[i] ^ vectors[i + 4], b ^= vectors[i + 1] ^ vectors[i + 5];
    c ^= vectors[i + 2] ^ vectors[i + 6], d ^= vectors[i + 3] ^ vectors[i + 7];
  }
  Vector<Bytes> all = a ^ b ^ c ^ d;
  asm volatile("" : : "r"(&all) : "memory"); // it has a reader
}

using Read = void (*)(const std::byte *, std::size_t);

#if defined(__x86_64__)
[[gnu::target("avx512f")]] void read_avx512(const std::byte *from, std::size_t bytes) {
  read_vectors<64>(from, bytes);
}
[[gnu::target("avx2")]] void read_avx2(const std::byte *from, std::size_t bytes) {
  read_vectors<32>(from, bytes);
}
#endif
void read_16_bytes(const std::byte *from, std::size_t bytes) {
  read_vectors<16>(from, bytes);
}

Read reader_of(const Target &target) {
#if defined(__x86_64__)
  if (target.vector_bytes == 64)
    return read_avx512;
  if (target.vector_bytes == 32)
    return read_avx2;
#endif
  (void)target;
  return read_16_bytes;
}

/// Bytes a second that one core reads of a working set, again and again.
double read_rate(Read read, std::size_t working_set) {
  const std::size_t bytes = working_set / 512 * 512;
  AlignedBuffer buffer(bytes);
  std::fill_n(static_cast<std::byte *>(buffer.data()), bytes, std::byte{1});
  const auto *from = static_cast<const std::byte *>(buffer.data());
  return double(bytes) / measure([&] { read(from, bytes); }, 0.1).min_seconds;
}

/// The same of all cores together, each with a working set of its own.
double read_rate_of_all(Read read, std::size_t working_set) {
  std::atomic<double> sum = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1u, std::thread::hardware_concurrency()); ++i)
    threads.emplace_back([&] { sum += read_rate(read, working_set); });
  threads.clear();
  return sum;
}

/// Bytes of a cache by the C library; 0 where it does not know.
double cache_bytes(int name) {
  const long bytes = sysconf(name);
  return bytes > 0 ? double(bytes) : 0;
}

constexpr std::size_t most_memory = 512u << 20; // of a working set

} // namespace

MeasuredMachine measure_machine(const Target &target) {
  const double hertz = clock_rate();
  MeasuredMachine machine{.hertz = hertz};
  const auto add = [&](double MachineFacts::*fact, double value, int of_vector_bytes = 0) {
    if (value > 0)
      machine.facts.push_back({fact, value, of_vector_bytes});
  };
  const int lanes = target.lanes(ElementType::f32);
  add(&F::fma_ports, convforge_fma_peak(target.cpu_features) / (2.0 * lanes) / hertz * (target.fma ? 1 : 2),
      target.vector_bytes);
  const double l1 = cache_bytes(_SC_LEVEL1_DCACHE_SIZE), l2 = cache_bytes(_SC_LEVEL2_CACHE_SIZE),
               l3 = cache_bytes(_SC_LEVEL3_CACHE_SIZE);
  const Read read = reader_of(target);
  const auto bytes_per_cycle = [&](double working_set) {
    return read_rate(read, static_cast<std::size_t>(working_set)) / hertz;
  };
  if (l1 > 0)
    add(&F::loads_per_cycle, bytes_per_cycle(l1 / 2) / target.vector_bytes, target.vector_bytes);
  add(&F::l1_bytes, l1);
  add(&F::l2_bytes, l2);
  add(&F::l3_bytes, l3);
  if (l2 > 0) {
    add(&F::l2_bytes_per_cycle, bytes_per_cycle(l2 / 2));
    add(&F::copied_bytes_per_cycle, copy_bandwidth(static_cast<std::size_t>(l2 / 2)) / 2 / hertz);
  }
  const auto memory = static_cast<double>(std::min<std::size_t>(most_memory, std::size_t(8 * l3)));
  if (l3 > 2 * l2)
    add(&F::l3_bytes_per_cycle, bytes_per_cycle(std::min(l3 / 2, 4 * l2)));
  if (memory > 1.5 * l3 && l3 > 0) {
    add(&F::memory_bytes_per_cycle, bytes_per_cycle(memory));
    add(&F::memory_bytes_per_cycle_of_all, read_rate_of_all(read, static_cast<std::size_t>(memory)) / hertz);
  }
  return machine;
}

} // namespace convforge::cli
