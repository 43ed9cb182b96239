// What the ARM schedules promise of ResNet-50's 3x3 and 1x1 layers, read from the compiled code (docs/arm.md
// has the table).
#include "analysis/control_flow.hpp"
#include "analysis/explanation.hpp"
#include "analysis/render.hpp"
#include "compiler/compile.hpp"
#include "layers.hpp"
#include "planner/planner.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace convforge {
namespace {

std::vector<Problem> layers() {
  std::vector<Problem> chosen;
  for (const Problem &problem : read_layers("resnet50"))
    if (problem.height().kernel != 7)
      chosen.push_back(problem);
  return chosen;
}

struct Compiled {
  Artefact artefact;
  Explanation explanation; ///< its first `modelled` hot blocks with llvm-mca's bounds
};

/// Made once for all tests: compiling and llvm-mca take nearly all of their time.
const Compiled &compiled(const Problem &problem, const char *name, const char *algorithm,
                         std::size_t modelled) {
  using Key = std::tuple<std::string, std::string, Layout, std::string, std::string, std::size_t>;
  static std::map<Key, Compiled> all;
  const Key key{problem.canonical(), name_of(problem.types), problem.layout, name, algorithm, modelled};
  if (const auto found = all.find(key); found != all.end())
    return found->second;
  const Target &target = find_target(name);
  Artefact artefact = compile(problem, make_plan(problem, target, {}, algorithm), target, "conv1");
  Explanation explanation = explain(artefact, {}, {.blocks = modelled});
  EXPECT_FALSE(explanation.hot.empty());
  EXPECT_EQ(explanation.mca_missing, "");
  return all.emplace(key, Compiled{std::move(artefact), std::move(explanation)}).first->second;
}

const Compiled &by_winograd(const Problem &problem, const char *name) {
  return compiled(problem, name, "winograd", 1); // the products; the transforms are not asked for
}

/// 3x3 layers by the direct method, all others as planned.
const Compiled &by_direct(const Problem &problem, const char *name) {
  return compiled(problem, name, problem.height().kernel == 3 && !problem.depthwise() ? "direct" : "auto",
                  static_cast<std::size_t>(-1));
}

const std::vector<HotBlock> &hot_loops(const Problem &problem, const char *name) {
  return by_direct(problem, name).explanation.hot;
}

double fmla_share(const HotBlock &block) {
  return 100.0 * block.code.arithmetic.instructions / static_cast<double>(block.code.instructions.size());
}

double percent(const HotBlock &block, const McaReport &mca) {
  return mca.percent_of_peak(block.code.arithmetic.multiply_adds);
}

TEST(ArmLayers, OutOfOrderLoopsReachThePeak) {
  for (const Problem &problem : layers()) {
    SCOPED_TRACE(problem.canonical());
    for (const HotBlock &block : hot_loops(problem, "arm-64-neon")) {
      EXPECT_EQ(block.spills.total(), 0);
      EXPECT_GE(fmla_share(block), 75);
      EXPECT_GE(block.percent_of_peak(), 97) << "neoverse-n1";
      for (const auto &[cpu, mca] : block.others)
        EXPECT_GE(percent(block, mca), 97) << cpu;
    }
  }
}

/// Cortex-A55 starts one 128-bit fmla a cycle, where LLVM's model has two (docs/arm.md): its cycles are
/// compared with the hardware's peak.
TEST(ArmLayers, InOrderLoopsReachNineTenths) {
  constexpr double fmla_a_cycle_in_model = 2;
  for (const Problem &problem : layers()) {
    SCOPED_TRACE(problem.canonical());
    for (const HotBlock &block : hot_loops(problem, "arm-64-neon-inorder")) {
      EXPECT_EQ(block.spills.total(), 0);
      EXPECT_GE(fmla_share(block), 75);
      EXPECT_GE(fmla_a_cycle_in_model * block.percent_of_peak(), 92);
      EXPECT_GE(percent(block, block.others.at(0).second), 92) << block.others.at(0).first;
    }
  }
}

/// Of Winograd the loop of the products; its transforms are bound by loads and stores. 7x7 pixels are four
/// tiles of 4x4 outputs: with two vectors only eight accumulators, 62 % on Cortex-A510.
TEST(ArmLayers, WinogradsProductsReachThePeak) {
  for (const Problem &problem : layers()) {
    if (problem.height().kernel != 3)
      continue;
    SCOPED_TRACE(problem.canonical());
    for (const char *target : {"arm-64-neon", "arm-64-neon-inorder"})
      EXPECT_EQ(make_plan(problem, find_target(target)).algorithm, Algorithm::winograd) << target;
    const HotBlock fast = by_winograd(problem, "arm-64-neon").explanation.hot.front();
    EXPECT_EQ(fast.spills.total(), 0);
    EXPECT_GE(fmla_share(fast), 75);
    EXPECT_GE(fast.percent_of_peak(), 97);
    for (const auto &[cpu, mca] : fast.others)
      EXPECT_GE(percent(fast, mca), 97) << cpu;
    const HotBlock small = by_winograd(problem, "arm-64-neon-inorder").explanation.hot.front();
    EXPECT_EQ(small.spills.total(), 0);
    EXPECT_GE(fmla_share(small), problem.width().output == 7 ? 72 : 75);
    EXPECT_GE(percent(small, small.others.at(0).second), problem.width().output == 7 ? 60 : 78);
  }
}

/// Not in the transforms either, which the hot loops leave out: of all innermost loops of a kernel.
TEST(ArmLayers, NoLoopOfA3x3LayerSpills) {
  for (const Problem &problem : layers()) {
    if (problem.height().kernel != 3)
      continue;
    for (const char *name : {"arm-64-neon", "arm-64-neon-inorder"})
      for (const Compiled *kernel : {&by_direct(problem, name), &by_winograd(problem, name)}) {
        SCOPED_TRACE(problem.canonical() + " " + name + " " + kernel->explanation.algorithm);
        int loops = 0;
        for (const Function &function : disassemble(kernel->artefact.object, kernel->artefact.target)) {
          EXPECT_EQ(spills_in_loops(function).total(), 0) << function.name;
          loops += static_cast<int>(control_flow(function).loops.size());
        }
        EXPECT_GT(loops, 2);
      }
  }
}

/// As x86's gates have it (tests/gates), by whatever method.
TEST(ArmLayers, EveryResNetLayerIsAtMost24KiB) {
  for (const Problem &problem : read_layers("resnet50"))
    for (const char *name : {"arm-64-neon", "arm-64-neon-inorder"}) {
      SCOPED_TRACE(problem.canonical() + " " + name);
      EXPECT_LE(by_direct(problem, name).artefact.code_bytes, 24u << 10);
      if (problem.height().kernel == 3)
        EXPECT_LE(by_winograd(problem, name).artefact.code_bytes, 24u << 10);
    }
}

/// NCHW with a stride: the copy brings the columns that a vector reads side by side, so that nothing is
/// gathered in the loop.
TEST(ArmLayers, StridedRowsReachThePeak) {
  for (Problem problem : layers()) {
    if (problem.width().stride == 1)
      continue;
    problem.layout = Layout::nchw;
    SCOPED_TRACE(problem.canonical());
    const HotBlock block = hot_loops(problem, "arm-64-neon").front();
    EXPECT_EQ(block.spills.total(), 0);
    EXPECT_GE(block.percent_of_peak(), 97);
  }
}

/// By sdot, whose operand of four elements is a lane of a register that one load fills, and by smlal.
TEST(ArmLayers, DotProductsReachThePeak) {
  for (const char *descriptor : {"ic64ih56oc64oh56kh3ph1", "ic1024ih14oc256oh14kh1",
                                 "ic3ih224oc64oh112kh7sh2ph3", "ic40ih28oc24oh28kh1"}) {
    Problem problem = Problem::parse(descriptor);
    problem.types = parse_element_types("u8:s8:u8");
    for (const char *target : {"arm-64-neon-dotprod", "arm-64-neon"}) {
      SCOPED_TRACE(std::string(descriptor) + " " + target);
      const Explanation &explanation = compiled(problem, target, "auto", 1).explanation;
      EXPECT_EQ(explanation.spills_in_loops.total(), 0);
      EXPECT_GE(explanation.hot.front().percent_of_peak(), 97) << "neoverse-n1";
    }
  }
}

TEST(ArmLayers, DepthwiseLoopsDoNotSpill) {
  for (const Problem &problem : read_layers("mobilenet_v2"))
    if (problem.depthwise()) {
      for (const char *target : {"arm-64-neon", "arm-64-neon-inorder"})
        for (const HotBlock &block : compiled(problem, target, "auto", 0).explanation.hot)
          EXPECT_EQ(block.spills.total(), 0) << problem.canonical() << " " << target;
    }
}

} // namespace
} // namespace convforge
