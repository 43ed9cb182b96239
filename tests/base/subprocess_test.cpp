// Running other programs: what they write, and the time that they are given.
#include "base/subprocess.hpp"

#include "base/held_signals.hpp"
#include "error_of.hpp"
#include "hang_limit.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>

namespace convforge {
namespace {

using std::chrono::milliseconds;

ProcessResult shell(const std::string &script, milliseconds timeout, const std::string &input = "") {
  return run_process({"sh", "-c", script}, input, timeout);
}

TEST(Subprocess, GivesInputAndTakesOutputErrorsAndExitCode) {
  const ProcessResult result = shell("cat; echo oops >&2; exit 3", hang_limit, "given");
  EXPECT_TRUE(result.found);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.output, "given");
  EXPECT_EQ(result.errors, "oops\n");
  EXPECT_EQ(result.exit_code, 3);
}

TEST(Subprocess, AProgramThatIsNotThereIsNotFound) {
  EXPECT_FALSE(run_process({"/no/such/program"}, "", hang_limit).found);
}

/// Of a script that sleeps for longer than a test may take.
void expect_killed(const std::string &script) {
  const ProcessResult result = shell(script, milliseconds(200));
  EXPECT_TRUE(result.timed_out);
  EXPECT_NE(result.exit_code, 0);
}

TEST(Subprocess, AProgramThatTakesTooLongIsKilled) {
  expect_killed("exec sleep 36000");
}

TEST(Subprocess, ClosingItsOutputGivesAProgramNoMoreTime) {
  expect_killed("exec sleep 36000 >&- 2>&-");
}

TEST(Subprocess, WhatAProgramDoesAfterItsOutputIsWaitedFor) {
  const ProcessResult result = shell("echo done; exec >&- 2>&-; sleep 0.2; exit 4", hang_limit);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(result.output, "done\n");
}

TEST(Subprocess, TheLargestTimeIsNoLimit) {
  for (const milliseconds timeout : {milliseconds::max(), milliseconds::max() - milliseconds(1),
                                     milliseconds(std::int64_t{1} << 40)}) { // more than poll() takes
    const ProcessResult result = shell("echo done", timeout);
    EXPECT_FALSE(result.timed_out);
    EXPECT_EQ(result.output, "done\n");
  }
  for (const milliseconds timeout : {milliseconds(0), milliseconds(-1), milliseconds::min()})
    EXPECT_TRUE(shell("exec sleep 36000", timeout).timed_out);
}

TEST(Subprocess, OfErrorsOnlyAsMuchIsKeptAsPeopleRead) {
  const ProcessResult result =
      shell("head -c 10000000 /dev/zero | tr '\\0' x >&2; echo last >&2; exit 3", hang_limit);
  EXPECT_EQ(result.exit_code, 3) << "and the program is not held up";
  EXPECT_LT(result.errors.size(), most_error_bytes + 100);
  EXPECT_EQ(result.errors.substr(0, 5), "xxxxx");
  EXPECT_NE(result.errors.find("left out"), std::string::npos);
}

TEST(Subprocess, OneThatWritesWithoutEndIsStopped) {
  const std::string error = error_of([] { shell("exec cat /dev/zero", milliseconds::max()); });
  EXPECT_NE(error.find("sh: more output"), std::string::npos) << error;
}

TEST(Subprocess, StartsWithNoSignalBlocked) {
  const HeldSignals held;
  const ProcessResult result = shell("kill -TERM $$; echo alive", hang_limit);
  EXPECT_EQ(result.exit_code, 128 + SIGTERM);
  EXPECT_EQ(result.output, "");
}

} // namespace
} // namespace convforge
