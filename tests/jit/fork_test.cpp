// A Jit in a child of fork(), which has the calling thread alone. What goes wrong here waits for threads that
// are not there: the child's alarm ends it.
#include "convforge/jit.h"
#include "fixture.hpp"
#include "stored_compiler.hpp"
#include "stored_run.hpp"

#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

constexpr unsigned hang_seconds = 100;
#ifdef __SANITIZE_THREAD__
constexpr bool child_may_have_threads = false; // ThreadSanitizer ends a child of threads that starts one
#else
constexpr bool child_may_have_threads = true;
#endif

/// Forks. The child works; answers how it ended: 0 when it answered true.
template <typename Work>
int status_of_child(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(hang_seconds);
    try {
      _exit(work() ? 0 : 1);
    } catch (...) {
      _exit(2);
    }
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

TEST(Fork, AChildHasTheParentsKernelsAndMakesItsOwn) {
  auto jit = std::make_unique<Jit>(JitOptions{.disk_cache = false, .target = stored_target});
  ASSERT_TRUE(jit->compile_async(small_problem(0)).get());
  EXPECT_EQ(status_of_child([&] {
              const bool had = jit->compile(small_problem(0)) && jit->counts().compiled == 1;
              const auto own = jit->compile(small_problem(1));
              const bool later =
                  !child_may_have_threads ||
                  jit->compile_async(small_problem(2)).get().value().origin() == JitKernel::Origin::compiled;
              jit.reset();
              expect_runs(*own);
              return had && later && !testing::Test::HasFailure();
            }),
            0);
  EXPECT_EQ(jit->compile_async(small_problem(3)).get()->origin(), JitKernel::Origin::compiled);
}

TEST(Fork, AChildOfAChild) {
  Jit jit({.disk_cache = false, .target = stored_target});
  ASSERT_TRUE(jit.compile_async(small_problem(0)).get());
  EXPECT_EQ(status_of_child([&] {
              const bool own = bool(jit.compile(small_problem(1)));
              return own && status_of_child([&] {
                              return jit.compile(small_problem(1)) && jit.counts().compiled == 2;
                            }) == 0;
            }),
            0);
}

TEST(Fork, AChildThatOnlyDestroys) {
  auto jit = std::make_unique<Jit>(JitOptions{.disk_cache = false, .target = stored_target});
  ASSERT_TRUE(jit->compile_async(small_problem(0)).get());
  EXPECT_EQ(status_of_child([&] {
              jit.reset();
              return true;
            }),
            0);
}

TEST(Fork, AChildOfABusyParent) {
  Jit jit({.disk_cache = false, .target = stored_target});
  ASSERT_TRUE(jit.compile(small_problem(0)));
  std::atomic<bool> over{false};
  std::thread busy([&] {
    while (!over)
      jit.compile(small_problem(0));
  });
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(status_of_child([&] { return bool(jit.compile(small_problem(0))); }), 0);
  over = true;
  busy.join();
}

/// A program that, as a compiler, waits until it is released the first time, and fails each time.
class WaitingProgram {
public:
  WaitingProgram() {
    std::ofstream(path()) << "#!/bin/sh\n[ -e " << begun() << " ] && exit 3\ntouch " << begun() << "\ncat "
                          << pipe() << "\nexit 4\n";
    EXPECT_EQ(chmod(path().c_str(), 0700) + mkfifo(pipe().c_str(), 0600), 0);
  }
  void wait_until_it_runs() const {
    while (!std::filesystem::exists(begun()))
      std::this_thread::yield();
  }
  void release() const { std::ofstream(pipe()) << "on"; }

  std::string path() const { return (directory_ / "program").string(); }

private:
  std::string begun() const { return (directory_ / "begun").string(); }
  std::string pipe() const { return (directory_ / "pipe").string(); }
  const ScratchDirectory directory_;
};

TEST(Fork, WhatTheParentIsMakingAChildMakesItself) {
  const WaitingProgram program;
  auto jit = std::make_unique<Jit>(
      JitOptions{.disk_cache = false, .target = stored_target, .program = program.path()});
  const auto parents = jit->compile_async(small_problem(0));
  program.wait_until_it_runs();
  EXPECT_EQ(status_of_child([&] {
              const auto own = jit->compile(small_problem(0));
              jit.reset();
              return !own && own.error().message.find("status 3") != std::string::npos;
            }),
            0);
  program.release();
  EXPECT_NE(parents.get().error().message.find("status 4"), std::string::npos);
}

TEST(Fork, InCAFutureOfTheParentIsAnError) {
  const WaitingProgram program;
  const std::string path = program.path();
  const convforge_jit_options options = {
      .target = stored_target, .program = path.c_str(), .no_disk_cache = 1};
  const convforge_jit_problem problem = {.descriptor = "ic2ih1oc1kh1"};
  convforge_jit *jit = nullptr;
  convforge_jit_future *future = nullptr;
  convforge_jit_kernel *kernel = nullptr;
  ASSERT_EQ(convforge_jit_create(&options, &jit, nullptr, 0), CONVFORGE_JIT_OK);
  ASSERT_EQ(convforge_jit_compile_async(jit, &problem, &future, nullptr, 0), CONVFORGE_JIT_OK);
  program.wait_until_it_runs();
  EXPECT_EQ(status_of_child([&] {
              char message[200] = "";
              const int status = convforge_jit_get(future, &kernel, message, sizeof message);
              const int own = convforge_jit_compile(jit, &problem, &kernel, nullptr, 0);
              convforge_jit_release_future(future);
              convforge_jit_destroy(jit);
              return status == CONVFORGE_JIT_ERROR_COMPILE && own == CONVFORGE_JIT_ERROR_COMPILE &&
                     std::string(message).find("another process") != std::string::npos;
            }),
            0);
  program.release();
  EXPECT_EQ(convforge_jit_get(future, &kernel, nullptr, 0), CONVFORGE_JIT_ERROR_COMPILE);
  convforge_jit_release_future(future);
  convforge_jit_destroy(jit);
}

} // namespace
} // namespace convforge
