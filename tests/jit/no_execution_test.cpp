// A Jit where the system refuses executable memory, in child processes: the error says so and what to do, and
// nothing is compiled or stored in vain.
#include "fixture.hpp"
#include "loader.hpp"
#include "refuse_executable_memory.hpp"
#include "stored_compiler.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

#ifndef PR_SET_MDWE // of Linux 6.3
#define PR_SET_MDWE 65
#endif

bool deny_write_execute() {
  return prctl(PR_SET_MDWE, 1, 0, 0, 0) == 0;
}

struct Refusal {
  const char *name;
  bool (*refuse)();
};

constexpr int no_such_refusal = 77;

class NoExecution : public testing::TestWithParam<Refusal> {
protected:
  /// Whether `holds()` is true of a child process that gets no executable memory.
  template <typename Holds>
  void expect_in_child(Holds holds) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        _exit(!GetParam().refuse() ? no_such_refusal : holds() ? 0 : 1);
      } catch (...) {
        _exit(2);
      }
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    if (WEXITSTATUS(status) == no_such_refusal)
      GTEST_SKIP() << "this system refuses no executable memory in this way";
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }

  const ScratchDirectory directory;
  const JitOptions options{.cache_dir = directory / "c", .target = stored_target};
};

bool says_what_to_do(const std::string &message) {
  for (const char *part : {"executable memory: refused", "ahead of time", "generic_fallback"})
    if (message.find(part) == message.npos)
      return false;
  return true;
}

/// Whether the kernel is refused for that reason alone, with nothing compiled.
bool is_refused(Jit &jit) {
  const auto kernel = jit.compile(small_problem(0));
  return !kernel && kernel.error().code == JitError::Code::load && says_what_to_do(kernel.error().message) &&
         jit.counts().compiled == 0;
}

TEST_P(NoExecution, ANewKernelIsNeitherCompiledNorStored) {
  expect_in_child([&] {
    Jit jit(options);
    return is_refused(jit) && is_refused(jit);
  });
  EXPECT_TRUE(std::filesystem::is_empty(options.cache_dir));
}

TEST_P(NoExecution, AStoredKernelStaysAsItIs) {
  Jit(options).compile(small_problem(0)).value();
  const auto file = std::filesystem::directory_iterator(options.cache_dir)->path();
  struct stat before = {}, after = {};
  ASSERT_EQ(stat(file.c_str(), &before), 0);
  expect_in_child([&] {
    Jit jit(options);
    return is_refused(jit);
  });
  ASSERT_EQ(stat(file.c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
}

TEST_P(NoExecution, ThePortableKernelStandsIn) {
  expect_in_child([&] {
    JitOptions lenient = options;
    lenient.generic_fallback = true;
    const auto kernel = Jit(lenient).compile(small_problem(0));
    return kernel && kernel->origin() == JitKernel::Origin::generic &&
           says_what_to_do(kernel->descriptor().why);
  });
}

TEST_P(NoExecution, TheLoaderSaysSo) {
  const Artefact artefact = stored_artefact(small_problem(0));
  expect_in_child([&] {
    try {
      LoadedKernel::load(artefact);
      return false;
    } catch (const std::exception &error) {
      return says_what_to_do(error.what());
    }
  });
}

INSTANTIATE_TEST_SUITE_P(As, NoExecution,
                         testing::Values(Refusal{"SeccompFilter", refuse_executable_memory},
                                         Refusal{"DenyWriteExecute", deny_write_execute}),
                         [](const auto &test) { return std::string(test.param.name); });

} // namespace
} // namespace convforge
