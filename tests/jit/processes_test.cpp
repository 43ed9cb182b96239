// Several processes on one cold cache directory: every entry is whole, every result right.
#include "convforge/jit.hpp"
#include "disk_cache.hpp"
#include "fixture.hpp"
#include "verify/check.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

constexpr int processes = 4, problems = 6;

/// What a child does; its exit code is how many problems went wrong.
int compile_all(const std::filesystem::path &directory) {
  Jit jit({.cache_dir = directory});
  int wrong = 0;
  for (int i = 0; i < problems; i++) {
    const auto kernel = jit.compile(small_problem(i));
    wrong += !kernel || !check_kernel(small_problem(i), kernel->descriptor(), 1).passed;
  }
  return wrong;
}

TEST(Processes, ShareOneColdDirectory) {
  const ScratchDirectory directory;
  std::vector<pid_t> children;
  for (int i = 0; i < processes; i++) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0)
      _exit(compile_all(directory / "c"));
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  const DiskCache cache(directory / "c", 1 << 30);
  EXPECT_EQ(cache.files().size(), static_cast<std::size_t>(problems));
  for (const auto &file : cache.files())
    EXPECT_NO_THROW(DiskCache::read(file.path));
  Jit jit({.cache_dir = directory / "c"});
  for (int i = 0; i < problems; i++)
    EXPECT_EQ(jit.compile(small_problem(i))->origin(), JitKernel::Origin::disk);
}

} // namespace
} // namespace convforge
