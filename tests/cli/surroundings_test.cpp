// The program where something of the machine is missing: a place for temporary files, the time to tidy up, a
// CPU that runs any target.
#include "error_of.hpp"
#include "hang_limit.hpp"
#include "program.hpp"
#include "refuse_executable_memory.hpp"
#include "require_tools.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

using namespace convforge;

namespace {

// As in a container whose root is read-only. TMPDIR does for what the C compiler needs.
TEST(Surroundings, ObjectsAndLibrariesNeedNoDirectoryForTemporaryFiles) {
  if (std::string(CONVFORGE).starts_with("/tmp/") ||
      run_shell("unshare -m mount -t tmpfs -o ro none /tmp").exit_code != 0)
    GTEST_SKIP() << "hiding /tmp needs root, and a program that is not in it";
  const auto compile = [](const std::string &what) {
    return run_shell(
        "export out=$(mktemp -d -p /dev/shm) && export TMPDIR=$out && unshare -m sh -c '"
        "mount -t tmpfs -o ro none /tmp && $convforge compile --problem ic3ih3oc1kh2 --out $out/kernel "
        "--emit " +
        what + "'; status=$?; ls $out $out/kernel; rm -r $out; exit $status");
  };
  const ProcessResult result = compile("object,static --target x86-64-sse41");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_TRUE(contains(result.output, "kernel\n\n")) << "alone in TMPDIR: " << result.output;
  EXPECT_TRUE(contains(result.output, "\nlibconv.a\n")) << result.output;
  for (const char *what : {"asm --target x86-64-sse41", "ptx --target cuda-sm80"})
    EXPECT_TRUE(contains(compile(what).errors, "/tmp: Read-only file system (expected")) << what;
}

// The compiler is one that says when it began, and waits until it may end.
TEST(Surroundings, AnEndWhileTheCompilerRunsLeavesNoDirectoryBehind) {
  const ScratchDirectory directory;
  for (const char *signal : {"TERM", "HUP"}) {
    const ProcessResult result = run_shell(
        "cd " + (directory / "") +
        " && rm -rf begun end t && mkdir t && "
        "printf '#!/bin/sh\\n>begun; until [ -e end ]; do sleep 0.01; done; exit 1\\n' >cc && chmod +x cc && "
        "{ TMPDIR=$PWD/t CC=$PWD/cc $convforge compile --problem ic3ih3oc1kh2 --emit static & } && "
        "until [ -e begun ]; do sleep 0.01; done; kill -" +
        signal + " $!; >end; wait $!; echo $?; ls t");
    EXPECT_EQ(result.output, signal == std::string("TERM") ? "143\n" : "129\n") << result.errors;
  }
}

// Which says nothing of kernels: `check` counts none as wrong.
TEST(Surroundings, WithoutExecutableMemoryKernelsAreNotCalledWrong) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!refuse_executable_memory())
      _exit(0); // no such system
    bool right = true;
    for (const char *command : {"check", "bench"}) {
      const ProcessResult result = run_convforge(std::string(command) + " --problem ic1ih1oc1kh1");
      right = right && result.exit_code == 1 && result.output.empty() &&
              contains(result.errors, "executable memory: refused");
    }
    _exit(right ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

/// The line on a CPU that lacks what every target needs.
ProcessResult on_least_cpu(const std::string &line) {
  return run_shell("exec qemu-x86_64-static -cpu qemu64 $convforge " + line);
}

class LeastCpu : public testing::Test {
protected:
  void SetUp() override {
#if !defined(__x86_64__)
    GTEST_SKIP() << "emulates a CPU of x86-64";
#endif
    if (!run_process({"qemu-x86_64-static", "--version"}, "", hang_limit).found)
      CONVFORGE_TOOL_MISSING("qemu-x86_64-static is not there");
  }
};

TEST_F(LeastCpu, TargetsAreListed) {
  const ProcessResult text = on_least_cpu("targets"), json = on_least_cpu("targets --json");
  EXPECT_EQ(text.exit_code, 0) << text.errors;
  EXPECT_TRUE(contains(text.output, "CPU or OS lacks SSE4.1"));
  EXPECT_TRUE(contains(text.output, "host is none: ")) << text.output;
  EXPECT_EQ(json.exit_code, 0) << json.errors;
  EXPECT_TRUE(nlohmann::json::parse(json.output)["host"].is_null());
}

TEST_F(LeastCpu, WhatRunsKernelsSaysThatNoneCanRun) {
  for (const char *command : {"check", "tune --db db.json"}) {
    const ProcessResult result = on_least_cpu(std::string(command) + " --problem ic1ih1oc1kh1 --target all");
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_TRUE(contains(result.errors, "--target: all (expected a CPU and OS that run one"))
        << result.errors;
  }
}

TEST_F(LeastCpu, WhatCompilesTakesAllTargets) {
  const ScratchDirectory out;
  const ProcessResult result =
      on_least_cpu("compile --problem ic1ih1oc1kh1 --target all --emit object --out " + (out / ""));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_EQ(out.names(),
            (std::vector<std::string>{"conv_x86-64-avx2.o", "conv_x86-64-avx512.o", "conv_x86-64-sse41.o"}));
}

} // namespace
