// How long a Jit takes to give a kernel, over a list of problems: compiled, from disk and from memory.
//
//   jit_startup bench/layers/resnet50.txt
#include "convforge/jit.hpp"
#include "verify/problem_list.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>

namespace {

using namespace convforge;

/// Milliseconds of each first request and, when `repeats` is not 0, of the mean of that many further ones.
std::vector<double> times_of(Jit &jit, const std::vector<Problem> &problems, int repeats) {
  std::vector<double> times;
  for (const Problem &problem : problems) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < std::max(1, repeats); i++)
      jit.compile(problem).value();
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
    times.push_back(time.count() / std::max(1, repeats));
  }
  std::ranges::sort(times);
  return times;
}

void print(const char *what, const std::vector<double> &times) {
  const auto at = [&](double part) { return times[static_cast<std::size_t>(part * (times.size() - 1))]; };
  fmt::print("{:<8} {:>12.5f} {:>12.5f} {:>12.5f} {:>12.5f}\n", what, at(0), at(0.5), at(0.9), at(1));
}

void measure(const std::vector<Problem> &problems, const std::filesystem::path &directory) {
  fmt::print("{} problems; milliseconds\n{:<8} {:>12} {:>12} {:>12} {:>12}\n", problems.size(), "", "least",
             "median", "90 %", "most");
  Jit cold({.cache_dir = directory});
  print("compiled", times_of(cold, problems, 0));
  print("memory", times_of(cold, problems, 10000));
  Jit warm({.cache_dir = directory});
  print("disk", times_of(warm, problems, 0));
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
