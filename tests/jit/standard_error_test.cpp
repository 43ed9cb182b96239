// A program whose standard error is closed or full gets its kernels all the same: what CONVFORGE_VERBOSE
// would say is lost, and nothing else. In a child process, for standard error is the test's own.
#include "convforge/jit.hpp"
#include "fixture.hpp"
#include "scratch_directory.hpp"
#include "stored_compiler.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

enum class StandardError { closed, full };

void spoil(StandardError how) {
  if (how == StandardError::closed)
    close(STDERR_FILENO);
  else
    dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
}

bool has_origin(const Result<JitKernel> &kernel, JitKernel::Origin origin) {
  return kernel && kernel->origin() == origin;
}

/// In the child: no exception may reach the test's framework, which would run the next tests.
int exit_code(const std::filesystem::path &directory, bool (*serve)(const std::filesystem::path &)) {
  try {
    return serve(directory) ? 0 : 1;
  } catch (...) {
    return 2;
  }
}

/// Each line that a Jit may say: of a compiled kernel, a stored one, a broken entry, a directory that is
/// none.
bool serves(const std::filesystem::path &directory) {
  const JitOptions options{.cache_dir = directory / "c", .target = stored_target};
  write_bytes(directory / "none", {1});
  Jit first(options), second(options), without({.cache_dir = directory / "none", .target = stored_target});
  const bool compiled = has_origin(first.compile(small_problem(0)), JitKernel::Origin::compiled) &&
                        has_origin(first.compile_async(small_problem(1)).get(), JitKernel::Origin::compiled);
  const bool stored = has_origin(second.compile(small_problem(0)), JitKernel::Origin::disk);
  for (const auto &entry : std::filesystem::directory_iterator(options.cache_dir))
    write_bytes(entry.path(), {1});
  return compiled && stored &&
         has_origin(Jit(options).compile(small_problem(1)), JitKernel::Origin::compiled) &&
         has_origin(without.compile(small_problem(0)), JitKernel::Origin::compiled);
}

class WithoutStandardError : public testing::TestWithParam<StandardError> {};

TEST_P(WithoutStandardError, KernelsAreServed) {
  const ScratchDirectory directory;
  const pid_t process = fork();
  ASSERT_GE(process, 0);
  if (process == 0) {
    alarm(60); // instead of waiting for ever for a kernel that nobody finishes
    setenv("CONVFORGE_VERBOSE", "1", 1);
    spoil(GetParam());
    _exit(exit_code(directory.path(), serves));
  }
  int status = 0;
  waitpid(process, &status, 0);
  ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

INSTANTIATE_TEST_SUITE_P(As, WithoutStandardError,
                         testing::Values(StandardError::closed, StandardError::full), [](const auto &test) {
                           return test.param == StandardError::closed ? "Closed" : "Full";
                         });

} // namespace
} // namespace convforge
