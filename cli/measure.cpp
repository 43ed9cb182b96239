#include "cli/measure.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

namespace convforge::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double sample_seconds = 20e-6;

double time_of(const std::function<void()> &call, std::size_t calls) {
  const auto begin = Clock::now();
  for (std::size_t i = 0; i < calls; ++i)
    call();
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The first call, which touches memory and code for the first time, is left out.
std::size_t calls_per_sample(const std::function<void()> &call) {
  call();
  std::size_t calls = 1;
  while (time_of(call, calls) < sample_seconds)
    calls *= 2;
  return calls;
}

} // namespace

Timing measure(const std::function<void()> &call, double seconds) {
  Timing timing;
  timing.calls_per_sample = calls_per_sample(call);
  std::vector<double> samples;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  do
    samples.push_back(time_of(call, timing.calls_per_sample) / static_cast<double>(timing.calls_per_sample));
  while (Clock::now() < end);
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::nth_element(samples.begin(), middle, samples.end());
  timing.median_seconds = *middle;
  timing.min_seconds = *std::min_element(samples.begin(), samples.end());
  timing.samples = samples.size();
  return timing;
}

double copy_bandwidth(std::size_t working_set) {
  const std::size_t half = std::max<std::size_t>(working_set / 2, 512);
  std::vector<char> from(half, 1), to(half);
  const Timing timing = measure(
      [&] {
        std::memcpy(to.data(), from.data(), half);
        asm volatile("" : : "r"(to.data()) : "memory"); // the copy has a reader
      },
      0.02);
  return 2 * static_cast<double>(half) / timing.min_seconds;
}

} // namespace convforge::cli
