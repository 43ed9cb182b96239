// The program where something of the machine is missing: a place for temporary files, the time to tidy up.
#include "error_of.hpp"
#include "program.hpp"

#include <gtest/gtest.h>

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

} // namespace
