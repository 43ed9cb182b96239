#include "base/directory_lock.hpp"

#include "error_of.hpp"
#include "file_content.hpp"
#include "scratch_directory.hpp"

#include <gtest/gtest.h>

#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

/// noexcept: no exception may reach the framework of a forked test, which would run the next tests.
void count_up(const std::filesystem::path &directory, int rounds) noexcept {
  for (int round = 0; round < rounds; ++round) {
    const DirectoryLock lock(directory);
    const int count = std::stoi(test::read_text(directory / "count"));
    test::write_text(directory / "count", std::to_string(count + 1));
  }
}

// Processes that count in a file: without the lock, some would read the same number.
TEST(DirectoryLock, IsHeldByOneAtATime) {
  const test::ScratchDirectory directory;
  constexpr int processes = 4, rounds = 200;
  test::write_text(directory / "count", "0");
  for (int i = 0; i < processes; ++i)
    if (fork() == 0) {
      count_up(directory.path(), rounds);
      _exit(0);
    }
  while (wait(nullptr) > 0) {
  }
  EXPECT_EQ(test::read_text(directory / "count"), std::to_string(processes * rounds));
  EXPECT_EQ(directory.names(), std::vector<std::string>{"count"}) << "no file for the lock";
}

TEST(DirectoryLock, GoesWithItsObject) {
  const test::ScratchDirectory directory;
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(DirectoryLock(directory.path()).held());
  EXPECT_TRUE(
      contains(error_of([&] { DirectoryLock(directory / "none"); }), "none: No such file or directory"));
}

} // namespace
} // namespace convforge
