// What a kernel's object file promises: the same bytes every time, one symbol, hidden outside of what it is
// linked into, nothing needed but the runtime.
#include "artefact/artefact.hpp"
#include "base/error.hpp"
#include "compiler/compile.hpp"
#include "float_targets.hpp"
#include "layers.hpp"
#include "planner/planner.hpp"

#include <gtest/gtest.h>
#include <llvm/Object/ObjectFile.h>

#include <set>
#include <thread>

namespace convforge {
namespace {

struct Symbols {
  std::set<std::string> hidden, exported, needed;
};

Symbols symbols_of(const std::vector<std::uint8_t> &object) {
  Symbols symbols;
  const llvm::StringRef bytes(reinterpret_cast<const char *>(object.data()), object.size());
  const auto file =
      llvm::cantFail(llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(bytes, "kernel")));
  for (const llvm::object::SymbolRef &symbol : file->symbols()) {
    const std::string name = llvm::cantFail(symbol.getName()).str();
    const auto flags = llvm::cantFail(symbol.getFlags());
    if (name.empty())
      continue;
    if (flags & llvm::object::SymbolRef::SF_Undefined)
      symbols.needed.insert(name);
    else if (flags & llvm::object::SymbolRef::SF_Global)
      (flags & llvm::object::SymbolRef::SF_Exported ? symbols.exported : symbols.hidden).insert(name);
  }
  return symbols;
}

Problem problem_of(const std::string &descriptor, Layout layout = Layout::nhwc,
                   const std::string &epilogue = "bias,relu") {
  Problem problem = Problem::parse(descriptor);
  problem.layout = layout;
  problem.epilogue = Epilogue::parse(epilogue);
  return problem;
}

/// One of each kind: padded and parallel, tails, grouped, depthwise, NCHW, an activation with polynomials.
std::vector<Problem> varied_problems() {
  return {problem_of("ic32ih28oc64oh28kh3ph1"),
          problem_of("ic17ih32oc23oh32kh3ph1", Layout::nhwc, "bias,residual,gelu"),
          problem_of("g4ic16ih28oc24oh28kh3ph1", Layout::nchw),
          problem_of("g32ic32ih28oc32oh28kh3ph1"),
          problem_of("ic64ih14oc100kh1", Layout::nhwc, "bias,mish"),
          problem_of("ic256ih7oc512oh7kh3ph1")};
}

const Target &some_target() {
  return find_target("x86-64-avx2");
}

TEST(Object, BytesAreEqualAfterFiftyOtherCompiles) {
  std::vector<Artefact> first;
  for (const Problem &problem : varied_problems())
    first.push_back(compile(problem, some_target(), "kernel"));
  for (int i = 0; i < 50; i++) {
    const Problem other =
        problem_of("ic" + std::to_string(1 + i % 7) + "ih9oc" + std::to_string(3 + i) + "oh9kh3ph1");
    compile(other, some_target(), "other");
  }
  for (const Artefact &artefact : first) {
    EXPECT_EQ(compile(artefact.problem, some_target(), "kernel").object, artefact.object)
        << artefact.problem.canonical();
  }
}

TEST(Object, BytesAreEqualFromEightThreads) {
  const std::vector<Problem> problems = varied_problems();
  std::vector<Artefact> expected;
  for (const Problem &problem : problems)
    expected.push_back(compile(problem, some_target(), "kernel"));
  std::vector<std::thread> threads;
  std::vector<int> different(8, 0);
  for (int t = 0; t < 8; t++) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < problems.size(); i++) {
        const std::size_t which = (i + t) % problems.size();
        different[t] += compile(problems[which], some_target(), "kernel").object != expected[which].object;
      }
    });
  }
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(different, std::vector<int>(8, 0));
}

TEST(Object, OtherPlanOtherBytes) {
  const Problem problem = problem_of("ic64ih14oc64kh1");
  Plan plan = make_plan(problem, some_target());
  const Artefact before = compile(problem, plan, some_target(), "kernel");
  plan.regions.front().tile_w -= 1;
  EXPECT_NE(compile(problem, plan, some_target(), "kernel").object, before.object);
}

/// Depthwise leaves out taps beside the image in the first and the last tile: a plan whose last tile but one
/// reaches the edge would read beside it.
TEST(Object, TapChosenAtRunTimeIsRefused) {
  const Problem problem = problem_of("g16ic16ih56oc16kh5ph2");
  const Target &target = find_target("x86-64-avx512");
  Plan plan = make_plan(problem, target);
  ASSERT_TRUE(plan.window().skip_columns);
  EXPECT_NO_THROW(compile(problem, plan, target, "kernel"));
  plan.regions.front().unroll_tiles = false;
  plan.regions.front().tile_w =
      5; // tiles from 50 to 54 and from 51 to 55; columns 54 and 55 have taps outside
  EXPECT_THROW(compile(problem, plan, target, "kernel"), Error);
}

TEST(Object, HasOneHiddenSymbolAndNeedsOnlyTheRuntime) {
  const std::set<std::string> allowed = {"convforge_workspace_take", "convforge_workspace_give",
                                         "convforge_parallel_for", "memcpy", "memset"};
  for (const Target &target : targets_of_floats()) {
    for (const Problem &problem : varied_problems()) {
      const Symbols symbols = symbols_of(compile(problem, target, "conv1").object);
      EXPECT_EQ(symbols.hidden, std::set<std::string>{"conv1_" + identifier(target)});
      EXPECT_EQ(symbols.exported, std::set<std::string>());
      for (const std::string &name : symbols.needed)
        EXPECT_TRUE(allowed.contains(name)) << name << " in " << problem.canonical();
    }
  }
}

/// Those of AVX2 and AVX-512 are held to it by gates.code, ARM's by analysis_arm_layers_test.
TEST(Object, EveryResNetLayerOfSse41IsAtMost24KiB) {
  for (const Problem &problem : read_layers("resnet50"))
    EXPECT_LE(compile(problem, find_target("x86-64-sse41"), "kernel").code_bytes, 24u << 10)
        << problem.canonical();
}

} // namespace
} // namespace convforge
