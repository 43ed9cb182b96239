// Running other programs: what they write, and the time that they are given.
#include "base/subprocess.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace convforge {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

ProcessResult shell(const std::string &script, milliseconds timeout, const std::string &input = "") {
  return run_process({"sh", "-c", script}, input, timeout);
}

TEST(Subprocess, GivesInputAndTakesOutputErrorsAndExitCode) {
  const ProcessResult result = shell("cat; echo oops >&2; exit 3", milliseconds(60000), "given");
  EXPECT_TRUE(result.found);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.output, "given");
  EXPECT_EQ(result.errors, "oops\n");
  EXPECT_EQ(result.exit_code, 3);
}

TEST(Subprocess, AProgramThatIsNotThereIsNotFound) {
  EXPECT_FALSE(run_process({"/no/such/program"}, "", milliseconds(1000)).found);
}

void expect_killed(const std::string &script) {
  const auto start = steady_clock::now();
  const ProcessResult result = shell(script, milliseconds(200));
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_TRUE(result.timed_out);
  EXPECT_NE(result.exit_code, 0);
}

TEST(Subprocess, AProgramThatTakesTooLongIsKilled) {
  expect_killed("exec sleep 30");
}

TEST(Subprocess, ClosingItsOutputGivesAProgramNoMoreTime) {
  expect_killed("exec sleep 30 >&- 2>&-");
}

TEST(Subprocess, WhatAProgramDoesAfterItsOutputIsWaitedFor) {
  const ProcessResult result = shell("echo done; exec >&- 2>&-; sleep 0.2; exit 4", milliseconds(60000));
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_EQ(result.output, "done\n");
}

} // namespace
} // namespace convforge
