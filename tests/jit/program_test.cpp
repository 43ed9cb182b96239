// Compiling out of process. This program links convforge_jit_external: no Halide.
#include "base/error.hpp"
#include "convforge/jit.hpp"
#include "fixture.hpp"
#include "verify/check.hpp"

#include <fstream>
#include <gtest/gtest.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;

class Program : public testing::Test {
protected:
  std::string script(const std::string &body) const {
    const fs::path path = directory / "script";
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path.string();
  }
  const ScratchDirectory directory;
};

TEST_F(Program, MakesTheSameKernelsThroughTheSameCache) {
  const Problem problem =
      Problem::parse("g2ic4ih5oc4kh2", {.epilogue = "bias,clip:-0.1:6", .layout = "nchw"});
  for (const auto origin : {JitKernel::Origin::compiled, JitKernel::Origin::disk}) {
    Jit jit({.cache_dir = directory / "c", .program = CONVFORGE});
    const auto kernel = jit.compile(problem);
    ASSERT_TRUE(kernel) << kernel.error().message;
    EXPECT_EQ(kernel->origin(), origin);
    const CheckResult checked = check_kernel(problem, kernel->descriptor(), 1);
    EXPECT_TRUE(checked.passed) << checked.failure;
  }
}

TEST_F(Program, IsToldOfSlices) {
  const Problem problem = Problem::parse(
      "ic4ih5oc4kh2",
      {.epilogue = "residual", .strides = "0x1x0x2048::0x1x0x7", .residual_strides = "0x1x0x5"});
  Jit jit({.disk_cache = false, .program = CONVFORGE});
  const auto kernel = jit.compile(problem);
  ASSERT_TRUE(kernel) << kernel.error().message;
  const CheckResult checked = check_kernel(problem, kernel->descriptor(), 1);
  EXPECT_TRUE(checked.passed) << checked.failure;
}

TEST_F(Program, GetsThePlanAndMakesNoneOfItsOwn) {
  const std::string said = directory / "said";
  const Problem problem = Problem::parse("ic8ih5oc8kh1");
  Jit jit({.disk_cache = false,
           .algorithm = "direct", // where the program would take pointwise
           .program = script("echo \"$@\" >" + said + "; export CONVFORGE_MACHINE=pdp-11; exec " + CONVFORGE +
                             " \"$@\"")});
  const auto kernel = jit.compile(problem);
  ASSERT_TRUE(kernel) << kernel.error().message;
  EXPECT_STREQ(kernel->descriptor().algorithm, "direct");
  std::ifstream file(said);
  std::string line;
  std::getline(file, line);
  EXPECT_NE(line.find("--plan "), line.npos) << line;
  EXPECT_EQ(line.find("--algorithm"), line.npos) << line;
}

TEST_F(Program, ThisProgramCarriesNoHalide) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    EXPECT_EQ(line.find("libHalide"), std::string::npos) << line;
}

TEST_F(Program, WithoutOneTheErrorSaysWhatToDo) {
  try {
    Jit jit({.cache_dir = directory / "c"});
    FAIL() << "a compiler from nowhere";
  } catch (const Error &error) {
    EXPECT_NE(std::string(error.what()).find("JitOptions::program"), std::string::npos) << error.what();
  }
}

TEST_F(Program, AMachineOrAFileOfPlansThatIsNotThereIsAnErrorOfTheConstructor) {
  const auto error_of = [&](const JitOptions &options) -> std::string {
    try {
      Jit jit(options);
    } catch (const Error &error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_NE(error_of({.machine = "pdp-11", .program = CONVFORGE}).find("haswell"), std::string::npos);
  EXPECT_NE(error_of({.plans = "/nowhere.json", .program = CONVFORGE}).find("/nowhere.json"),
            std::string::npos);
  EXPECT_EQ(error_of({.machine = "zen5", .program = CONVFORGE}), "none");
}

TEST_F(Program, AFailureIsNamedAndTheNextRequestTriesAgain) {
  const std::string path = script("echo the reason >&2; exit 3");
  Jit jit({.disk_cache = false, .program = path});
  const auto failed = jit.compile(small_problem(0));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, JitError::Code::compile);
  EXPECT_NE(failed.error().message.find("status 3: the reason"), std::string::npos) << failed.error().message;
  script(std::string("exec ") + CONVFORGE + " \"$@\"");
  EXPECT_TRUE(jit.compile(small_problem(0)));
}

TEST_F(Program, OneWhoseKernelsAreOthersIsNamed) { // as those of another version are: their keys differ
  Jit jit({.disk_cache = false,
           .program = script(std::string("shift 3; exec ") + CONVFORGE +
                             " compile --problem mb2ic1ih3oc1kh1 \"$@\"")});
  const auto refused = jit.compile(small_problem(0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, JitError::Code::compile);
  EXPECT_NE(refused.error().message.find("another version"), std::string::npos) << refused.error().message;
}

TEST_F(Program, OneThatHangsIsStopped) {
  Jit jit({.disk_cache = false,
           .program = script("exec sleep 36000"),
           .program_timeout = std::chrono::milliseconds(50)});
  const auto stopped = jit.compile(small_problem(0));
  ASSERT_FALSE(stopped);
  EXPECT_NE(stopped.error().message.find("time limit of 50 ms"), std::string::npos)
      << stopped.error().message;
}

TEST_F(Program, TheLargestTimeLimitIsNone) {
  Jit jit({.disk_cache = false, .program = CONVFORGE, .program_timeout = std::chrono::milliseconds::max()});
  const auto kernel = jit.compile(small_problem(0));
  EXPECT_TRUE(kernel) << kernel.error().message;
}

TEST_F(Program, OneThatIsMissingOrWritesNothingIsNamed) {
  Jit missing({.disk_cache = false, .program = "/no/such/convforge"});
  EXPECT_NE(missing.compile(small_problem(0)).error().message.find("cannot be started"), std::string::npos);
  Jit silent({.disk_cache = false, .program = script("exit 0")});
  EXPECT_NE(silent.compile(small_problem(0)).error().message.find("cannot read"), std::string::npos);
}

} // namespace
} // namespace convforge
