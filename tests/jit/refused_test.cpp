// Where the system refuses executable memory, as hardened ones do: a named error, or the portable kernel.
#include "convforge/jit.hpp"
#include "fixture.hpp"
#include "verify/check.hpp"

#include <cerrno>
#include <cstddef>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

/// From now on this process cannot make memory executable. False: the system has no such filter.
bool refuse_executable_memory() {
  sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program = {sizeof filter / sizeof filter[0], filter};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

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
