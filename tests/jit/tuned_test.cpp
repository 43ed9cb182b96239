// Tuning at run time, as the user of a Jit meets it. The compiler is stored_compiler.cpp, whose kernels of
// some problems are much faster by one algorithm than by the model's choice. No test knows how long anything
// takes: budgets are far more than enough, or far too little.
#include "base/error.hpp"
#include "convforge/jit.h"
#include "fixture.hpp"
#include "plan/plan_json.hpp"
#include "planner/planner.hpp"
#include "race_turn.hpp"
#include "restricted_process.hpp"
#include "stored_compiler.hpp"
#include "stored_run.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr auto plenty = 100s;
constexpr const char *machine = "haswell";

Problem slow_problem(const ProblemText &text = {.epilogue = "bias"}) {
  return Problem::parse("mb" + std::to_string(batch_of_slow_kernels) + "ic4ih6oc4kh3ph1", text);
}

std::string why(const JitKernel &kernel) {
  return kernel.descriptor().why;
}

class Tuned : public testing::Test {
protected:
  JitOptions options(std::chrono::milliseconds budget = plenty) const {
    return {
        .cache_dir = directory / "c", .target = stored_target, .machine = machine, .tuning_budget = budget};
  }
  /// The kernel of a new Jit, and what that counted.
  std::pair<JitKernel, JitCounts> made(const JitOptions &options,
                                       const Problem &problem = slow_problem()) const {
    Jit jit(options);
    const JitKernel kernel = *jit.compile(problem);
    expect_runs(kernel);
    return {kernel, jit.counts()};
  }
  std::vector<fs::path> files(const std::string &extension) const {
    std::vector<fs::path> found;
    for (const auto &file : fs::directory_iterator(directory / "c"))
      if (file.path().extension() == extension)
        found.push_back(file.path());
    return found;
  }
  const std::string quick = name_of(algorithm_of_quick_kernels);
  const ScratchDirectory directory;
};

TEST_F(Tuned, WithoutABudgetNothingIsMeasured) {
  const auto [kernel, counts] = made(options(0ms));
  EXPECT_STRNE(kernel.descriptor().algorithm, quick.c_str()) << "else the tests below say nothing";
  EXPECT_THAT(why(kernel), Not(HasSubstr("measured")));
  EXPECT_EQ(counts.raced, 0u);
  EXPECT_TRUE(files(".choice").empty());
}

TEST_F(Tuned, TheFastestPlanIsTakenAndTheDescriptorSaysSo) {
  const auto [kernel, counts] = made(options());
  EXPECT_EQ(kernel.descriptor().algorithm, quick);
  EXPECT_EQ(kernel.origin(), JitKernel::Origin::compiled);
  EXPECT_THAT(why(kernel), HasSubstr("winograd (measured at run time on haswell: "));
  EXPECT_THAT(why(kernel), HasSubstr("where the model's own choice took "));
  EXPECT_EQ(counts.raced, 1u);
  EXPECT_EQ(counts.compiled, 1u) << "requests, not plans";
  EXPECT_EQ(files(".kernel").size(), 1u) << "the winner alone";
}

TEST_F(Tuned, TheNextProcessFindsItOnDisk) {
  const JitKernel first = made(options()).first;
  for (const auto budget :
       {std::chrono::milliseconds(1), std::chrono::milliseconds(plenty), 2 * options().tuning_budget}) {
    const auto [kernel, counts] = made(options(budget));
    EXPECT_EQ(kernel.origin(), JitKernel::Origin::disk);
    EXPECT_EQ(counts.raced, 0u);
    EXPECT_EQ(why(kernel), why(first));
  }
}

TEST_F(Tuned, AKernelThatWasRemovedIsCompiledWithoutARace) {
  const JitKernel first = made(options()).first;
  fs::remove(files(".kernel").at(0));
  const auto [kernel, counts] = made(options());
  EXPECT_EQ(kernel.origin(), JitKernel::Origin::compiled);
  EXPECT_EQ(counts.raced, 0u);
  EXPECT_EQ(why(kernel), why(first));
}

TEST_F(Tuned, WhoMeasuresNothingDoesNotSeeIt) {
  made(options());
  EXPECT_STRNE(made(options(0ms)).first.descriptor().algorithm, quick.c_str());
}

TEST_F(Tuned, AnotherMachineClassDoesNotSeeIt) {
  made(options());
  JitOptions other = options();
  other.machine = "broadwell";
  const auto [kernel, counts] = made(other);
  EXPECT_EQ(counts.raced, 1u);
  EXPECT_THAT(why(kernel), HasSubstr("on broadwell: "));
  EXPECT_EQ(files(".choice").size(), 2u);
}

TEST_F(Tuned, OfTheMachineThatIsNamedGenericTheModelAloneDecides) {
  JitOptions generic = options();
  generic.machine = "generic";
  const auto [kernel, counts] = made(generic);
  EXPECT_EQ(counts.raced, 0u);
  EXPECT_STRNE(kernel.descriptor().algorithm, quick.c_str());
}

TEST_F(Tuned, ABudgetThatIsTooShortLeavesTheModelsChoice) {
  const auto [kernel, counts] = made(options(1ms));
  EXPECT_STRNE(kernel.descriptor().algorithm, quick.c_str());
  EXPECT_EQ(counts.raced, 0u);
  const auto [again, then] = made(options(1ms));
  EXPECT_EQ(again.origin(), JitKernel::Origin::disk);
  EXPECT_EQ(then.raced, 0u);
  EXPECT_EQ(made(options()).second.raced, 1u) << "a larger one is another matter";
  EXPECT_EQ(made(options(1ms)).first.descriptor().algorithm, quick);
}

TEST_F(Tuned, ADamagedChoiceIsMeasuredAgain) {
  made(options());
  const fs::path file = files(".choice").at(0);
  const std::vector<std::uint8_t> whole = read_bytes(file);
  std::vector<std::uint8_t> flipped = whole, cut = whole;
  flipped[flipped.size() / 2] ^= 4;
  cut.resize(cut.size() / 2);
  for (const auto &damaged :
       {flipped, cut, std::vector<std::uint8_t>(), std::vector<std::uint8_t>(1 << 20)}) {
    write_bytes(file, damaged);
    const auto [kernel, counts] = made(options());
    EXPECT_EQ(counts.raced, 1u) << damaged.size();
    EXPECT_EQ(kernel.descriptor().algorithm, quick);
  }
  EXPECT_EQ(made(options()).second.raced, 0u) << "mended";
}

TEST_F(Tuned, AChoiceThatOthersMayWriteToIsNotBelieved) {
  made(options());
  fs::permissions(files(".choice").at(0), fs::perms::all);
  EXPECT_EQ(made(options()).second.raced, 1u);
}

TEST_F(Tuned, AFullDiskLeavesNothingAndTheKernelIsRight) {
  fs::create_directory(directory / "c");
  fs::permissions(directory / "c", fs::perms::owner_all);
  {
    const FullDisk full(64);
    EXPECT_EQ(made(options()).first.descriptor().algorithm, quick);
  }
  EXPECT_TRUE(fs::is_empty(directory / "c"));
}

TEST_F(Tuned, AnotherEpilogueSharesTheChoice) {
  made(options());
  Jit jit(options());
  const auto kernel = jit.compile(slow_problem({.epilogue = "bias,relu"}));
  EXPECT_EQ(kernel->descriptor().algorithm, quick);
  EXPECT_EQ(jit.counts().raced, 0u);
}

TEST_F(Tuned, ProblemsThatATableAnswersAreNotMeasured) {
  const Plan plan = make_plan(slow_problem(), find_target(stored_target));
  TunedPlans table;
  table.put({machine, stored_target, plan_key(slow_problem())}, {plan, 1, 2});
  std::ofstream(directory / "plans.json") << table.text();
  JitOptions with_table = options();
  with_table.plans = directory / "plans.json";
  const auto [kernel, counts] = made(with_table);
  EXPECT_EQ(counts.raced, 0u);
  EXPECT_THAT(why(kernel), HasSubstr("tuned on haswell: 1 us"));
}

TEST_F(Tuned, OfAnAlgorithmByNameItsPlansAloneTakePart) {
  JitOptions named = options();
  named.algorithm = "direct";
  EXPECT_STREQ(made(named).first.descriptor().algorithm, "direct");
  EXPECT_EQ(made(options()).first.descriptor().algorithm, quick) << "which is another choice";
  named.algorithm = "depthwise";
  Jit jit(named);
  EXPECT_EQ(jit.compile(slow_problem()).error().code, JitError::Code::problem);
}

TEST_F(Tuned, WithoutADiskCacheItIsKeptInMemory) {
  JitOptions in_memory = options();
  in_memory.disk_cache = false;
  Jit jit(in_memory);
  EXPECT_EQ(jit.compile(slow_problem())->descriptor().algorithm, quick);
  EXPECT_EQ(jit.compile(slow_problem())->descriptor().algorithm, quick);
  EXPECT_EQ(jit.counts().raced, 1u);
  EXPECT_EQ(jit.counts().memory, 1u);
}

TEST_F(Tuned, ProblemsTooLargeToMeasureAreTheModels) {
  Jit jit(options());
  const auto kernel = jit.compile("mb3ic64ih1024oc64kh3ph1");
  ASSERT_TRUE(kernel) << kernel.error().message;
  EXPECT_EQ(jit.counts().raced, 0u);
}

TEST_F(Tuned, OneRaceAtATime) {
  Jit jit(options());
  std::shared_future<Result<JitKernel>> future;
  {
    const std::lock_guard turn(race_turn().get().mutex);
    future = jit.compile_async(slow_problem());
    EXPECT_TRUE(jit.compile(Problem::parse("mb3ic64ih1024oc64kh3ph1"))) << "who does not race does not wait";
    EXPECT_EQ(future.wait_for(2s), std::future_status::timeout);
  }
  EXPECT_EQ(future.get()->descriptor().algorithm, quick);
}

TEST_F(Tuned, ManyThreadsAndTwoJitsOnOneDirectory) {
  Jit one(options()), other(options());
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (const char *epilogue : {"bias", "bias,relu", "relu"}) {
        const auto kernel = (thread % 2 ? one : other).compile(slow_problem({.epilogue = epilogue}));
        ASSERT_TRUE(kernel) << kernel.error().message;
        EXPECT_EQ(kernel->descriptor().algorithm, quick);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(one.counts().raced + other.counts().raced, 1u) << "the others found its choice";
}

TEST_F(Tuned, AChildOfForkWaitsForNoRaceOfTheParent) {
  Jit jit(options());
  std::thread parent; // has its turn while the process forks
  std::promise<void> has_it, may_end;
  parent = std::thread([&] {
    const std::lock_guard turn(race_turn().get().mutex);
    has_it.set_value();
    may_end.get_future().wait();
  });
  has_it.get_future().wait();
  const pid_t child = fork();
  if (child == 0) {
    alarm(100);
    const auto kernel = jit.compile(slow_problem());
    _exit(kernel && kernel->descriptor().algorithm == quick && jit.counts().raced == 1 ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  may_end.set_value();
  parent.join();
}

TEST_F(Tuned, ABudgetBelowNoneIsAnErrorOfTheConstructor) {
  try {
    Jit jit(options(-5ms));
    FAIL() << "a Jit";
  } catch (const Error &error) {
    EXPECT_THAT(error.what(), HasSubstr("tuning budget: -5 ms"));
  }
}

TEST_F(Tuned, TheLargestBudgetIsNone) {
  EXPECT_EQ(made(options(std::chrono::milliseconds::max())).first.descriptor().algorithm, quick);
}

TEST_F(Tuned, InC) {
  const convforge_jit_options c = {
      .target = stored_target, .no_disk_cache = 1, .machine = machine, .tuning_budget_ms = 100'000};
  convforge_jit *jit = nullptr;
  ASSERT_EQ(convforge_jit_create(&c, &jit, nullptr, 0), CONVFORGE_JIT_OK);
  const convforge_jit_problem problem = {.descriptor = "mb3ic4ih6oc4kh3ph1"};
  convforge_jit_kernel *kernel = nullptr;
  ASSERT_EQ(convforge_jit_compile(jit, &problem, &kernel, nullptr, 0), CONVFORGE_JIT_OK);
  EXPECT_THAT(convforge_jit_descriptor(kernel)->why, HasSubstr("measured at run time"));
  convforge_jit_release(kernel);
  convforge_jit_destroy(jit);
}

} // namespace
} // namespace convforge
