#include "cli/out_of_memory.hpp"
#include "cli/workers.hpp"

#include <csignal>
#include <gtest/gtest.h>
#include <map>

using namespace convforge;

namespace {

std::map<std::size_t, CheckResult> collect(std::size_t count, int jobs,
                                           const std::function<CheckResult(std::size_t)> &check) {
  std::map<std::size_t, CheckResult> results;
  cli::check_in_workers(count, jobs, check, [&](std::size_t i, const CheckResult &result) {
    EXPECT_TRUE(results.emplace(i, result).second) << i << " reported twice";
  });
  return results;
}

TEST(Workers, ReportEachCheckOnce) {
  for (const int jobs : {1, 2, 5}) {
    const auto results = collect(20, jobs, [](std::size_t i) {
      return CheckResult{i % 2 == 0, std::string(i * 1000, 'x'), i * 0.5, i * 2.0};
    });
    ASSERT_EQ(results.size(), 20u);
    for (const auto &[i, result] : results) {
      EXPECT_EQ(result.passed, i % 2 == 0);
      EXPECT_EQ(result.failure, std::string(i * 1000, 'x'));
      EXPECT_EQ(result.error, i * 0.5);
      EXPECT_EQ(result.bound, i * 2.0);
    }
  }
}

TEST(Workers, OutliveTheirDead) {
  const auto results = collect(10, 2, [](std::size_t i) {
    if (i == 3)
      std::raise(SIGSEGV); // sanitizers turn it into an exit code
    if (i == 5)
      std::raise(SIGKILL);
    if (i == 9)
      _exit(7);
    return CheckResult{};
  });
  ASSERT_EQ(results.size(), 10u);
  for (const auto &[i, result] : results)
    EXPECT_EQ(result.passed, i != 3 && i != 5 && i != 9) << result.failure;
  EXPECT_NE(results.at(5).failure.find("signal 9"), std::string::npos);
  EXPECT_NE(results.at(9).failure.find("status 7"), std::string::npos);
}

TEST(Workers, SayThatTheyRanOutOfMemory) {
  const auto results = collect(1, 1, [](std::size_t) -> CheckResult { _exit(cli::out_of_memory_status); });
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results.at(0).failure, "the check ran out of memory");
}

TEST(Workers, NothingToDo) {
  EXPECT_TRUE(collect(0, 3, [](std::size_t) { return CheckResult{}; }).empty());
}

} // namespace
