// The mutation check: kernels as `compile` makes them pass, and each of them with one mistake fails, on every
// target that this machine runs.
#include "compiler.hpp"
#include "compiler/compile.hpp"
#include "disk_cache.hpp"
#include "float_targets.hpp"
#include "key.hpp"
#include "mutant.hpp"
#include "planner/planner.hpp"
#include "scratch_directory.hpp"
#include "target/target.hpp"
#include "verify/check.hpp"
#include "verify/check_target.hpp"
#include "verify/problem_list.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

/// A general window, tails, both layouts, groups, depthwise with a multiplier, pointwise, strides, dilation,
/// a batch: each takes another way through the schedules.
const std::vector<Problem> &problems() {
  static const std::vector<Problem> all = [] {
    std::vector<Problem> parsed;
    for (const char *line :
         {"mb2ic16ih9oc32kh3ph1 --epilogue bias,residual,relu", "ic17ih10iw7oc23kh3kw3ph1pw1 --epilogue bias",
          "ic3ih12oc8kh5sh2ph2 --epilogue bias,relu", "mb2ic8ih9oc20kh3ph1 --layout nchw --epilogue bias",
          "g4ic16ih8oc24kh3ph1 --epilogue bias,residual", "g24ic24ih9oc24kh3ph1 --epilogue bias",
          "g5ic5ih8oc10kh3ph1 --layout nchw --epilogue bias",
          "mb2ic20ih6oc36kh1 --epilogue bias,residual,relu", "ic4ih13oc8kh3ph2dh1 --epilogue bias"}) {
      parsed.push_back(parse_problem_line(line));
      parsed.back().math = Math::exact; // the plain sum: its packed weights are those that were given
    }
    return parsed;
  }();
  return all;
}

class Mutations : public testing::TestWithParam<Target> {
protected:
  JitKernel kernel_of(const Problem &problem) {
    const Result<JitKernel> kernel = jit_.compile(problem);
    EXPECT_TRUE(kernel) << problem_line(problem);
    return *kernel;
  }
  CheckResult check(const Problem &problem, const Interposed &kernel) {
    return check_kernel(problem, kernel.descriptor, 1);
  }
  /// What an Interposed kernel of `compiled_for` with the body answers where `problem` is asked for.
  CheckResult check(const Problem &problem, const Problem &compiled_for, const Interposed::Body &body) {
    Interposed kernel(kernel_of(compiled_for), body);
    const convforge_kernel &asked = kernel_of(problem).descriptor(); // the Jit keeps it
    std::vector<convforge_operand> operands(kernel.descriptor.operands,
                                            kernel.descriptor.operands + kernel.descriptor.operand_count);
    operands.front() = *convforge_input(&asked);
    kernel.descriptor.operands = operands.data();
    return check(problem, kernel);
  }

  Jit jit_{{.disk_cache = false, .target = std::string(GetParam().name)}};
};

TEST_P(Mutations, OfWeightsBiasAndOutputsAreCaught) {
  for (const Problem &problem : problems()) {
    SCOPED_TRACE(problem_line(problem));
    for (const Mutation mutation :
         {Mutation::none, Mutation::first_tap, Mutation::last_tap, Mutation::input_channel,
          Mutation::one_weight, Mutation::bias, Mutation::residual, Mutation::last_row, Mutation::last_column,
          Mutation::last_channel, Mutation::last_image}) {
      if (!applies(mutation, problem))
        continue;
      const CheckResult result = check(problem, problem, mutated(mutation, problem));
      EXPECT_EQ(result.passed, mutation == Mutation::none) << static_cast<int>(mutation) << result.failure;
      EXPECT_EQ(result.failure.find("output (") == std::string::npos, mutation == Mutation::none)
          << result.failure;
    }
  }
}

TEST_P(Mutations, OfOnePaddingEdgeAreCaught) {
  int edges = 0;
  for (const Problem &problem : problems())
    for (const Edge edge : {Edge::top, Edge::bottom, Edge::left, Edge::right}) {
      const std::optional<Problem> larger = grown(problem, edge);
      if (!larger)
        continue;
      SCOPED_TRACE(problem_line(problem));
      const CheckResult right = check(problem, *larger, with_edge(problem, *larger, edge, false));
      EXPECT_TRUE(right.passed) << right.failure;
      EXPECT_FALSE(check(problem, *larger, with_edge(problem, *larger, edge, true)).passed)
          << static_cast<int>(edge);
      ++edges;
    }
  EXPECT_GE(edges, 24);
}

// From the disk cache to the verdict of `convforge check`: an entry whose object reads one row too far up.
TEST_P(Mutations, OfAnObjectInTheDiskCacheAreCaught) {
  const test::ScratchDirectory directory;
  const Problem &problem = problems().front();
  Problem shifted = problem;
  shifted.height().pad_begin += 1, shifted.height().pad_end -= 1;
  const Plan plan = make_plan(problem, GetParam());
  for (const Problem &compiled : {problem, shifted}) {
    const std::string key = cache_key(problem, plan, GetParam());
    DiskCache(directory.path(), 1u << 20)
        .store(key, encode_entry(key, compile(compiled, plan, GetParam(), jit_kernel_name)));
    Jit jit({.cache_dir = directory.path(), .target = std::string(GetParam().name)});
    EXPECT_EQ(check_target(problem, jit, 1).passed, compiled == problem);
    EXPECT_EQ(jit.counts().disk, 1u);
  }
}

std::vector<Target> targets_here() {
  std::vector<Target> here;
  for (const Target &target : targets_of_floats())
    if (runs_here(target))
      here.push_back(target);
  return here;
}

INSTANTIATE_TEST_SUITE_P(Kernels, Mutations, testing::ValuesIn(targets_here()),
                         [](const auto &info) { return identifier(info.param); });

} // namespace
} // namespace convforge
