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

} // namespace
