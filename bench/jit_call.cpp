// What a call of a kernel costs ahead of time and just in time: the same 1x1x1 convolution, whose arithmetic
// takes no time, through convforge_run(). Rounds of both in turn; the least and the median of all rounds.
//
//   jit_call
#include "call_overhead.h" // generated: convforge_add_conv in CMakeLists.txt
#include "convforge/jit.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>

namespace {

using namespace convforge;

constexpr int rounds = 501, calls = 20000;

/// Nanoseconds a call, over one round.
double time_of(const convforge_kernel &kernel, const convforge_args &arguments) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < calls; i++)
    convforge_run(&kernel, &arguments);
  const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
  return time.count() / calls;
}

void measure(const convforge_kernel &ahead, const convforge_kernel &just) {
  alignas(64) static std::byte packed[1024], workspace[1024];
  const float weight = 3;
  float input = 5, output = 0;
  if (convforge_pack_weights(&ahead, &weight, packed) != CONVFORGE_OK)
    return;
  void *const operands[] = {&input, packed, &output};
  const convforge_args arguments = {operands, workspace, nullptr};
  std::array<std::vector<double>, 2> times;
  for (int round = 0; round < rounds; round++) {
    times[0].push_back(time_of(ahead, arguments));
    times[1].push_back(time_of(just, arguments));
  }
  for (auto &row : times)
    std::ranges::sort(row);
  const auto print = [&](const char *what, std::size_t at) {
    fmt::print("{:<8} {:>12.2f} {:>12.2f} {:>8.3f}\n", what, times[0][at], times[1][at],
               times[1][at] / times[0][at]);
  };
  fmt::print("{:<8} {:>12} {:>12} {:>8}\n", "ns/call", "ahead", "just in time", "ratio");
  print("least", 0);
  print("median", rounds / 2);
}

} // namespace

int main() {
  try {
    Jit jit({.disk_cache = false});
    const auto kernel = jit.compile(Problem::parse("ic1ih1oc1kh1"));
    measure(*call_overhead_kernel(), kernel.value().descriptor());
  } catch (const std::exception &error) {
    fmt::print(stderr, "jit_call: {}\n", error.what());
    return 1;
  }
}
