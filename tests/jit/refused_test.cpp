// Where the system refuses executable memory, as hardened ones do: a named error, or the portable kernel.
#include "convforge/jit.hpp"
#include "fixture.hpp"
#include "refuse_executable_memory.hpp"
#include "verify/check.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

enum Exit { right = 0, wrong = 1, no_filter = 2 };

Exit child() {
  if (!refuse_executable_memory())
    return no_filter;
  const Problem problem = small_problem(0);
  Jit strict({.disk_cache = false});
  const auto refused = strict.compile(problem);
  Jit lenient({.disk_cache = false, .generic_fallback = true});
  const auto generic = lenient.compile(problem);
  const bool named = !refused && refused.error().code == JitError::Code::load;
  const bool served = generic && generic->origin() == JitKernel::Origin::generic &&
                      check_kernel(problem, generic->descriptor(), 1).passed;
  return named && served ? right : wrong;
}

TEST(Refused, ExecutableMemory) {
  const pid_t process = fork();
  ASSERT_GE(process, 0);
  if (process == 0)
    _exit(child());
  int status = 0;
  waitpid(process, &status, 0);
  ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  if (WEXITSTATUS(status) == no_filter)
    GTEST_SKIP() << "this system has no seccomp filters";
  EXPECT_EQ(WEXITSTATUS(status), right);
}

} // namespace
} // namespace convforge
