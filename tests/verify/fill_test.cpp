#include "verify/fill.hpp"

#include "verify/oracle.hpp"
#include "verify/random_problem.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace convforge;

namespace {

TEST(Fill, IsTheSameForTheSameSeed) {
  const Problem problem = Problem::parse("ic3ih4oc2kh3");
  EXPECT_EQ(fill(problem, Fill::real, 1).input, fill(problem, Fill::real, 1).input);
  EXPECT_NE(fill(problem, Fill::real, 1).input, fill(problem, Fill::real, 2).input);
  EXPECT_NE(fill(problem, Fill::real, 1).input, fill(Problem::parse("ic3ih4oc2kh2"), Fill::real, 1).input);
}

TEST(Fill, IntegersKeepEverySumExact) {
  for (const char *descriptor :
       {"ic3ih4oc2kh3", "ic2048ih7oc2kh7", "ic4000000ih1oc1kh1", "ic9000000ih1oc1kh1"}) {
    const Problem problem = Problem::parse(descriptor);
    const Tensors tensors = fill(problem, Fill::integer, 0);
    EXPECT_TRUE(
        std::all_of(tensors.input.begin(), tensors.input.end(), [](float x) { return x == std::rint(x); }));
    const Sums sums = convolve(problem, tensors.input, tensors.weights);
    EXPECT_LE(*std::max_element(sums.magnitude.begin(), sums.magnitude.end()), 0x1p23) << descriptor;
    EXPECT_GT(*std::max_element(sums.magnitude.begin(), sums.magnitude.end()), 16) << descriptor;
  }
}

TEST(Fill, RealsHaveBothSignsAndZeros) {
  Problem problem = Problem::parse("ic16ih16oc16kh3ph1");
  problem.epilogue = Epilogue::parse("bias,residual");
  const Tensors t = fill(problem, Fill::real, 0);
  for (const auto *tensor : {&t.input, &t.weights, &t.epilogue[1]}) {
    const auto has = [&](auto test) { return std::any_of(tensor->begin(), tensor->end(), test); };
    EXPECT_TRUE(has([](float x) { return x > 0; }) && has([](float x) { return x < 0; }));
    EXPECT_TRUE(has([](float x) { return x == 0 && std::signbit(x); }));
    EXPECT_FALSE(has([](float x) { return !std::isfinite(x); }));
  }
  EXPECT_EQ(t.epilogue[0].size(), 16u);
  EXPECT_EQ(t.epilogue[1].size(), 16u * 16 * 16);
}

TEST(Fill, SpecialsAreFew) {
  const Tensors t = fill(Problem::parse("ic16ih16oc16kh3ph1"), Fill::special, 0);
  const auto count = std::count_if(t.input.begin(), t.input.end(), [](float x) { return !std::isfinite(x); });
  EXPECT_GE(count, 1);
  EXPECT_LE(count, 3);
}

} // namespace
