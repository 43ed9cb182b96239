// How long a Jit takes to give a kernel, over a list of problems: compiled, from disk and from memory. A
// problem's time is the median of three runs, each on a cold directory of its own.
//
//   jit_startup bench/layers/resnet50.txt
#include "convforge/jit.h"
#include "convforge/jit.hpp"
#include "verify/problem_list.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>

namespace {

using namespace convforge;

constexpr int runs = 3, memory_repeats = 10000;

template <typename Work>
double milliseconds(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

/// The times of each problem, by run.
using Times = std::vector<std::vector<double>>;

/// Adds a run: the mean of `repeats` requests for each problem.
void add_run(Times &times, Jit &jit, const std::vector<Problem> &problems, int repeats) {
  for (std::size_t i = 0; i < problems.size(); i++)
    times[i].push_back(milliseconds([&] {
                         for (int k = 0; k < repeats; k++)
                           jit.compile(problems[i]).value();
                       }) /
                       repeats);
}

/// The same in C, for kernels that are on disk: the first request loads, the others are answered from memory.
void add_c_run(Times &times, const std::string &directory, const std::vector<Problem> &problems) {
  const convforge_jit_options options = {.cache_dir = directory.c_str()};
  convforge_jit *jit = nullptr;
  convforge_jit_create(&options, &jit, nullptr, 0);
  for (std::size_t i = 0; i < problems.size(); i++) {
    const std::string shape = problems[i].descriptor(), epilogue = problems[i].epilogue.text(),
                      layout(name_of(problems[i].layout)), weights(name_of(problems[i].weights_layout)),
                      math(name_of(problems[i].math));
    const convforge_jit_problem problem = {shape.c_str(), epilogue.c_str(), layout.c_str(), weights.c_str(),
                                           math.c_str()};
    const auto ask = [&] {
      convforge_jit_kernel *kernel = nullptr;
      convforge_jit_compile(jit, &problem, &kernel, nullptr, 0);
      convforge_jit_release(kernel);
    };
    ask();
    times[i].push_back(milliseconds([&] {
                         for (int k = 0; k < memory_repeats; k++)
                           ask();
                       }) /
                       memory_repeats);
  }
  convforge_jit_destroy(jit);
}

struct Median {
  double time;
  const Problem *problem;
};

std::vector<Median> medians(Times times, const std::vector<Problem> &problems) {
  std::vector<Median> all;
  for (std::size_t i = 0; i < problems.size(); i++) {
    std::ranges::sort(times[i]);
    all.push_back({times[i][times[i].size() / 2], &problems[i]});
  }
  std::ranges::sort(all, {}, &Median::time);
  return all;
}

void print(const char *what, const Times &times, const std::vector<Problem> &problems) {
  const auto all = medians(times, problems);
  const auto at = [&](double part) { return all[static_cast<std::size_t>(part * (all.size() - 1))].time; };
  fmt::print("{:<8} {:>12.5f} {:>12.5f} {:>12.5f} {:>12.5f}  {}\n", what, at(0), at(0.5), at(0.9), at(1),
             all.back().problem->descriptor());
}

void measure(const std::vector<Problem> &problems, const std::filesystem::path &directory) {
  std::optional<Jit> first;
  const double made = milliseconds([&] { first.emplace(JitOptions{.disk_cache = false}); });
  const double compiled_first = milliseconds([&] { first->compile(problems.front()).value(); });
  Times compiled(problems.size()), disk(problems.size()), memory(problems.size()), memory_c(problems.size());
  for (int run = 0; run < runs; run++) {
    const JitOptions options{.cache_dir = directory / std::to_string(run)};
    Jit cold(options), warm(options);
    add_run(compiled, cold, problems, 1);
    add_run(memory, cold, problems, memory_repeats);
    add_run(disk, warm, problems, 1);
    add_c_run(memory_c, options.cache_dir.string(), problems);
  }
  fmt::print("Jit made in {:.2f} ms; the process's first kernel compiled in {:.2f} ms\n", made,
             compiled_first);
  fmt::print("{} problems; milliseconds\n{:<8} {:>12} {:>12} {:>12} {:>12}  {}\n", problems.size(), "",
             "least", "median", "90 %", "most", "of");
  print("compiled", compiled, problems);
  print("disk", disk, problems);
  print("memory", memory, problems);
  print("... in C", memory_c, problems);
}

} // namespace

int main(int argc, char **argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: jit_startup PROBLEMS\n");
    return 1;
  }
  std::string directory = (std::filesystem::temp_directory_path() / "jit_startup_XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) {
    fmt::print(stderr, "jit_startup: no temporary directory {}\n", directory);
    return 1;
  }
  int status = 0;
  try {
    measure(read_problem_list(argv[1]), directory);
  } catch (const std::exception &error) {
    fmt::print(stderr, "jit_startup: {}\n", error.what());
    status = 1;
  }
  std::filesystem::remove_all(directory);
  return status;
}
