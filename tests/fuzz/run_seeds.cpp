// run_seeds FOLDER...: a fuzz target on its seeds, in builds without libFuzzer. A seed is taken unless its
// name begins with `refused`; what is wrong with it, or was once, is the rest of the name.
#include "fuzz/fuzz_target.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace convforge::fuzz;

std::vector<std::uint8_t> bytes_of(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Whether the seed does as its name says.
bool right(const fs::path &seed) {
  const std::vector<std::uint8_t> bytes = bytes_of(seed);
  const std::string refused = refusal([&] { check(bytes); });
  const bool expected = seed.filename().string().starts_with("refused");
  if (refused.empty() == expected)
    std::printf("%s is %s\n", seed.c_str(), expected ? "taken" : refused.c_str());
  return refused.empty() != expected;
}

} // namespace

int main(int count, char **arguments) {
  int seeds = 0, wrong = 0;
  for (int i = 1; i < count; i++)
    for (const fs::directory_entry &entry : fs::directory_iterator(arguments[i])) {
      ++seeds;
      wrong += right(entry.path()) ? 0 : 1;
    }
  std::printf("%d seeds, %d not as their names say\n", seeds, wrong);
  return seeds > 0 && wrong == 0 ? 0 : 1;
}
