#include "verify/check.hpp"

#include "plain_kernel.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

using namespace convforge;

namespace {

CheckResult check(const std::string &line, Mistake mistake) {
  const Problem problem = parse_problem_line(line);
  const PlainKernel kernel(problem, mistake);
  return check_kernel(problem, kernel.kernel(), 0);
}

TEST(Check, PassesARightKernel) {
  for (const char *line : {"ic3ih5oc4kh3ph1 --epilogue bias,residual,relu", "ic1ih1oc1kh1",
                           "mb2g3ic6ih5oc9kh2sh2", "g4ic4ih6oc8kh3ph2dh1 --layout nchw --epilogue bias",
                           "ic3ih9oc4kh3sh4 --layout nchw --weights-layout hwio"}) {
    const CheckResult result = check(line, Mistake::none);
    EXPECT_TRUE(result.passed) << line << ": " << result.failure;
    EXPECT_LT(result.ratio(), 1) << line;
  }
}

TEST(Check, MeasuresTheErrorBesideItsBound) {
  const CheckResult result = check("ic32ih5oc4kh3ph1 --epilogue bias", Mistake::none);
  EXPECT_GT(result.error, 0);
  EXPECT_GT(result.bound, result.error);
  EXPECT_LT(result.bound, 1e-2);
}

// The mutation check: each of these is one small mistake, and each must be found.
TEST(Check, FindsEveryMistake) {
  for (const Mistake mistake :
       {Mistake::tap, Mistake::bias, Mistake::residual, Mistake::last_row, Mistake::last_column,
        Mistake::last_channel, Mistake::last_batch, Mistake::top_padding, Mistake::right_padding,
        Mistake::dilation, Mistake::activation, Mistake::unwritten_output, Mistake::depends_on_workspace,
        Mistake::drops_nan, Mistake::rounds_too_often}) {
    const CheckResult result = check("mb2ic3ih8oc4kh3ph2dh1 --epilogue bias,residual,relu", mistake);
    EXPECT_FALSE(result.passed) << static_cast<int>(mistake);
    EXPECT_NE(result.failure.find("output ("), std::string::npos) << result.failure;
  }
}

TEST(Check, TrespassFaults) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const Mistake mistake : {Mistake::reads_past_input, Mistake::reads_before_input,
                                Mistake::writes_past_output, Mistake::writes_input})
    EXPECT_DEATH(check("ic3ih5oc4kh3ph1 --epilogue bias", mistake), "");
}

TEST(Check, AnErrorCodeIsAFailure) {
  const Problem problem = parse_problem_line("ic3ih5oc4kh3ph1");
  const PlainKernel kernel(problem, Mistake::none);
  convforge_kernel other = kernel.kernel();
  other.abi_version = CONVFORGE_ABI_VERSION + 1;
  EXPECT_FALSE(check_kernel(problem, other, 0).passed);
  EXPECT_FALSE(check_kernel(parse_problem_line("ic4ih5oc4kh3ph1"), kernel.kernel(), 0).passed);
}

} // namespace
