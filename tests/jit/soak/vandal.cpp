#include "vandal.hpp"

#include <thread>

#include <sys/stat.h>
#include <unistd.h>

namespace convforge::soak {

namespace fs = std::filesystem;

namespace {

std::size_t pick_damage(Random &random) {
  int all = 0;
  for (const Damage &damage : damages)
    all += damage.weight;
  int left = random.integer(1, all);
  std::size_t which = 0;
  for (; left > damages[which].weight; which++)
    left -= damages[which].weight;
  return which;
}

/// A directory that cannot be used ends all other damage: it comes back after a while.
void mend(const fs::path &directory) {
  std::error_code error;
  if (fs::is_regular_file(directory, error))
    fs::remove(directory, error);
  else
    chmod(directory.c_str(), 0700);
}

} // namespace

void vandalize(Board &board, const fs::path &directory, std::chrono::steady_clock::time_point end) {
  Random random(9);
  while (std::chrono::steady_clock::now() < end) {
    const std::size_t which = pick_damage(random);
    board.inflicted[which] += damages[which].inflict(directory, random);
    if (++board.vandal_steps % 20 == 0)
      mend(directory);
    // In bursts: between them entries live long enough to be read.
    std::this_thread::sleep_for(std::chrono::milliseconds(random.chance(20) ? 1000 : random.integer(0, 40)));
  }
}

} // namespace convforge::soak
