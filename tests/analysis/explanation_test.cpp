// Explains real kernels: what is promised of the hot loops of a common layer, and that the numbers shown
// agree with each other.
#include "analysis/render.hpp"
#include "compiler/compile.hpp"
#include "planner/planner.hpp"
#include "require_tools.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>

namespace convforge {
namespace {

Artefact compile_for(const std::string &descriptor, const std::string &target, Layout layout = Layout::nhwc) {
  Problem problem = Problem::parse(descriptor);
  problem.layout = layout;
  problem.weights_layout = default_weights_layout(layout);
  problem.epilogue = Epilogue::parse("bias,relu");
  return compile(problem, find_target(target), "conv1");
}

class HotLoopsOf : public testing::TestWithParam<const char *> {};

TEST_P(HotLoopsOf, A56x56LayerDoNotSpillAndReachTheFmaPeak) {
  const Explanation explanation = explain(compile_for("mb1ic64ih56oc64oh56kh3ph1", GetParam()));
  ASSERT_FALSE(explanation.hot.empty());
  EXPECT_GE(explanation.hot_share, 0.95);
  double share = 0, peak = 0; // tiles at the edges of the image, smaller by a pixel, count by their share
  for (const HotBlock &block : explanation.hot) {
    if (!block.part.empty() && block.part != "product")
      continue; // Winograd's transforms are bound by loads and stores, and AVX2's output transform spills
    EXPECT_EQ(block.spills.total(), 0);
    EXPECT_LE(block.code.arithmetic.registers.size(), explanation.registers.at(0).available + 0u);
    if (block.mca) {
      EXPECT_GE(block.percent_bound(), 95);
      share += block.code.share;
      peak += block.code.share * block.percent_of_peak();
    }
  }
  // Winograd's products in 14 x 2 tiles: 28 FMAs beside 16 loads, which llvm-mca's model of Skylake-X lets
  // share the arithmetic ports (15.01 cycles for 14); its bound without them is 100 %.
  EXPECT_GE(peak, (explanation.algorithm == "winograd" ? 93 : 95) * share);
  if (HasFailure())
    std::cout << render_text(explanation);
  if (!explanation.mca_missing.empty())
    CONVFORGE_TOOL_MISSING(explanation.mca_missing);
}

INSTANTIATE_TEST_SUITE_P(Explain, HotLoopsOf, testing::Values("x86-64-avx2", "x86-64-avx512"),
                         [](const auto &info) {
                           return info.param == std::string("x86-64-avx2") ? "avx2" : "avx512";
                         });

/// Every family of dot products: the loops hold the multiply-adds that the problem has, and a peak of their
/// own.
TEST(Explain, CountsDotProducts) {
  Problem problem = Problem::parse("mb1ic64ih14oc64oh14kh3ph1");
  problem.types = parse_element_types("u8:s8:u8");
  problem.quantisation.source_zero_point = 3;
  for (const Target &target : all_targets()) {
    SCOPED_TRACE(target.name);
    const Explanation explanation = explain(compile(problem, target, "conv1"), {}, {.blocks = 1});
    ASSERT_FALSE(explanation.hot.empty());
    EXPECT_GE(explanation.hot_share, 0.95);
    EXPECT_EQ(explanation.types, "u8:s8:u8 --zero-points 3:0");
    const HotBlock &block = explanation.hot.front();
    if (block.mca) {
      EXPECT_GE(block.percent_bound(), 40);
      EXPECT_LE(block.percent_of_peak(), 101);
    } else {
      CONVFORGE_TOOL_MISSING(explanation.mca_missing);
    }
  }
}

TEST(Explain, SaysWhatAPlanForAnyMachineCostsOnEach) {
  const Artefact artefact = compile_for("mb1ic16ih14oc32oh14kh3ph1", "x86-64-avx2");
  const Explanation explanation = explain(artefact, {}, {.blocks = 0});
  const std::string text = render_text(explanation);
  const nlohmann::ordered_json json = render_json(explanation);
  ASSERT_EQ(json["machines"].size(), machines_of(artefact.target).size());
  for (std::size_t i = 0; i < explanation.machines.size(); ++i) {
    const MachineTime &time = explanation.machines[i];
    EXPECT_EQ(json["machines"][i]["machine"], time.machine);
    EXPECT_EQ(json["machines"][i]["loss"], time.cycles / time.least);
    EXPECT_NE(text.find(fmt::format("\n  {:<15} {:>10.1f}", time.machine, time.cycles / 1e3)),
              std::string::npos)
        << text;
  }
  const Explanation alone = explain(artefact, {.machine = find_machine("zen3")}, {.blocks = 0});
  EXPECT_TRUE(render_json(alone)["machines"].empty());
  EXPECT_EQ(render_text(alone).find("\nmachines"), std::string::npos);
}

TEST(Explain, SaysWhereFloatsAreFasterThanEightBits) {
  Problem problem = Problem::parse("mb1ic64ih28oc64oh28kh3ph1");
  problem.types = parse_element_types("u8:s8:u8");
  const std::string slower = "by the model this kernel is slower than f32 of the same shape";
  const Explanation avx2 = explain(compile(problem, find_target("x86-64-avx2"), "conv1"), {}, {.blocks = 0});
  const std::string text = render_text(avx2);
  EXPECT_NE(text.find("\nf32 beside it  predicted 0."), std::string::npos) << text;
  EXPECT_NE(text.find(slower + " on every machine"), std::string::npos) << text;
  const nlohmann::ordered_json json = render_json(avx2)["f32"];
  EXPECT_EQ(json["algorithm"], "winograd");
  const std::vector<BesideFloats> times = avx2.floats.value_or(FloatKernel{}).times;
  ASSERT_EQ(json["machines"].size(), machines_of(find_target("x86-64-avx2")).size());
  ASSERT_EQ(json["machines"].size(), times.size());
  EXPECT_EQ(json["machines"][0]["f32_ratio"], times[0].ratio());
  problem = in_floats(problem);
  EXPECT_FALSE(render_json(explain(compile(problem, find_target("x86-64-avx2"), "conv1"), {}, {.blocks = 0}))
                   .contains("f32"));
  problem = Problem::parse("mb1ic64ih28oc64oh28kh1", {.dtype = "u8:s8:u8"});
  const Artefact vnni = compile(problem, find_target("x86-64-avx512-vnni"), "conv1");
  const std::string faster = render_text(explain(vnni, {}, {.blocks = 0}));
  EXPECT_NE(faster.find("(pointwise, x86-64-avx512)"), std::string::npos) << faster;
  EXPECT_EQ(faster.find(slower), std::string::npos) << faster;
}

/// Direct, with some thirty hot blocks.
Artefact layer_of_one_dimension() {
  const Problem problem = Problem::parse("ic24iw1003oc40kw7pw3");
  const Target &target = find_target("x86-64-avx2");
  return compile(problem, make_plan(problem, target, {}, "direct"), target, "conv1");
}

TEST(Explain, APageHasTheHottestLoopsAndSumsUpTheRest) {
  const Artefact artefact = layer_of_one_dimension();
  const Explanation all = explain(artefact, {}, {.tool = "/nowhere/llvm-mca"});
  ASSERT_GT(all.hot.size(), one_page.blocks);
  const std::string page = render_text(all, one_page);
  EXPECT_LT(std::ranges::count(page, '\n'), 120);
  EXPECT_NE(page.find("\nothers "), std::string::npos) << page;
  EXPECT_NE(page.find("--all"), std::string::npos);
  const std::string whole = render_text(all);
  EXPECT_GT(whole.size(), 2 * page.size());
  EXPECT_EQ(whole.find("--all"), std::string::npos);
}

TEST(Explain, LoopsThatAreAlikeAreShownOnce) {
  Explanation explanation = explain(compile_for("ic3ih8oc8oh8kh3ph1", "x86-64-avx2"), {}, {.blocks = 0});
  ASSERT_FALSE(explanation.hot.empty());
  explanation.hot.resize(1, explanation.hot.front());
  const std::string once = render_text(explanation);
  EXPECT_EQ(once.find("alike"), std::string::npos);
  explanation.hot.resize(4, explanation.hot.front());
  for (std::string &operand : explanation.hot[2].code.instructions.at(0).operands)
    operand = "ymm0";
  const std::string text = render_text(explanation);
  EXPECT_NE(text.find("3 more with the same instructions on other operands"), std::string::npos) << text;
  EXPECT_EQ(std::ranges::count(text, '\n'), std::ranges::count(once, '\n') + 1);
  explanation.hot[2].code.instructions.at(0).mnemonic = "nop";
  EXPECT_NE(render_text(explanation).find("1 more with the same"), std::string::npos);
}

TEST(Explain, ALoopOfManyInstructionsIsCut) {
  Explanation explanation = explain(compile_for("ic3ih8oc8oh8kh3ph1", "x86-64-avx2"), {}, {.blocks = 0});
  ASSERT_FALSE(explanation.hot.empty());
  explanation.hot[0].code.instructions.resize(7, explanation.hot[0].code.instructions.at(0));
  const std::string text = render_text(explanation, {.blocks = 1, .instructions = 5});
  EXPECT_NE(text.find("... and 2 more (--all shows them)"), std::string::npos) << text;
}

TEST(Explain, ModelsAsManyBlocksAsItIsAskedTo) {
  const Explanation explanation = explain(layer_of_one_dimension(), {}, {.blocks = 2});
  ASSERT_GT(explanation.hot.size(), 2u);
  if (!explanation.mca_missing.empty())
    CONVFORGE_TOOL_MISSING(explanation.mca_missing);
  for (std::size_t i = 0; i < explanation.hot.size(); ++i)
    EXPECT_EQ(explanation.hot[i].mca.has_value(), i < 2) << i;
}

TEST(Explain, WorksOutRegistersAndBytes) {
  const Artefact artefact = compile_for("mb1ic64ih56oc64oh56kh3ph1", "x86-64-avx512");
  const Explanation explanation = explain(artefact, {}, {.tool = "/nowhere/llvm-mca"});
  const RegisterUse &use = explanation.registers.at(0);
  EXPECT_EQ(use.available, 32);
  EXPECT_LE(use.used, 32);
  EXPECT_EQ(use.accumulators, static_cast<int>(explanation.hot.at(0).code.arithmetic.accumulators.size()));
  EXPECT_NE(use.registers.find("of 32"), std::string::npos);
  EXPECT_EQ(explanation.packed.value, artefact.pack.bytes);
  EXPECT_EQ(explanation.multiply_adds, 115'605'504);
  EXPECT_EQ(explanation.code_bytes, artefact.code_bytes);
}

TEST(Explain, FindsTheFormulaOfEveryWorkspace) {
  const struct {
    const char *descriptor;
    Layout layout;
  } cases[] = {{"mb1ic16ih20oc64oh20kh11ph5", Layout::nhwc}, {"mb1ic17ih9oc23oh9kh11ph5", Layout::nhwc},
               {"mb1ic8ih14oc16oh14kh3ph1", Layout::nchw},   {"g32ic32ih28oc32oh28kh11ph5", Layout::nchw},
               {"g8ic8ih15oc16oh15kh5ph2", Layout::nhwc},    {"mb1ic512ih7oc512oh7kh11ph5", Layout::nhwc},
               {"mb1ic3ih32oc8oh16kh11sh2ph5", Layout::nhwc}};
  for (const auto &[descriptor, layout] : cases) {
    SCOPED_TRACE(descriptor);
    const Artefact artefact = compile_for(descriptor, "x86-64-avx2", layout);
    EXPECT_FALSE(shared_workspace(artefact).formula.empty())
        << descriptor << " " << artefact.workspace_shared_bytes;
    EXPECT_FALSE(thread_workspace(artefact).formula.empty())
        << descriptor << " " << artefact.workspace_thread_bytes;
    EXPECT_GT(artefact.workspace_shared_bytes + artefact.workspace_thread_bytes, 0u) << descriptor;
  }
}

TEST(Explain, NamesThePartsOfWinogradKernels) {
  const auto shares = [](const char *descriptor, const char *target) {
    std::map<std::string, double> shares;
    for (const HotBlock &block :
         explain(compile_for(descriptor, target), {}, {.tool = "/nowhere/llvm-mca"}).hot)
      shares[block.part] += block.code.share;
    return shares;
  };
  for (const char *target : {"x86-64-avx2", "x86-64-avx512"}) {
    SCOPED_TRACE(target);
    auto wide = shares("mb1ic128ih28oc128oh28kh3ph1", target);
    EXPECT_GE(wide["product"], 0.95);
    EXPECT_EQ(wide.size(), 1u) << "with many channels transforms are not hot";
    // What transforms take of the multiply-adds grows as channels get fewer.
    auto narrow = shares("mb1ic17ih32oc23oh32kh3ph1", target);
    EXPECT_GE(narrow["product"], 0.7);
    EXPECT_GE(narrow["input transform"], 0.03);
    EXPECT_GE(narrow["output transform"], 0.03);
    EXPECT_EQ(narrow.size(), 3u);
    EXPECT_EQ(shares("mb1ic64ih56oc64oh56kh1", target).begin()->first, "") << "not Winograd";
  }
  // 49 tiles are 25 and 24.
  EXPECT_GE(shares("mb1g4ic64ih28oc64oh28kh3ph1", "x86-64-avx512")["product"], 0.8);
}

TEST(Explain, GoesOnWithoutLlvmMca) {
  const Explanation explanation =
      explain(compile_for("ic3ih8oc8oh8kh3ph1", "x86-64-avx2"), {}, {.tool = "/nowhere/llvm-mca"});
  ASSERT_FALSE(explanation.hot.empty());
  EXPECT_FALSE(explanation.hot[0].mca.has_value());
  EXPECT_NE(render_text(explanation).find("llvm-mca: not found"), std::string::npos);
  EXPECT_TRUE(render_json(explanation).at("hot").at(0).at("mca").is_null());
}

TEST(Explain, RendersTextAndJson) {
  const Explanation explanation = explain(compile_for("ic3ih8oc8oh8kh3ph1", "x86-64-sse41"));
  const std::string text = render_text(explanation);
  for (const char *key : {"problem ", "algorithm ", "why ", "tile ", "packed ", "workspace ", "code ",
                          "multiply-adds ", "  spills ", "  llvm-mca ", "mulps xmm"})
    EXPECT_NE(text.find(key), std::string::npos) << key;
  const nlohmann::ordered_json json = render_json(explanation);
  EXPECT_EQ(json.at("target"), "x86-64-sse41");
  EXPECT_EQ(json.at("epilogue"), "bias,relu");
  EXPECT_EQ(json.at("tiles").size(), explanation.regions.size());
  EXPECT_EQ(json.at("packed").at("bytes"), explanation.packed.value);
  EXPECT_FALSE(json.at("hot").at(0).at("instructions").empty());
}

} // namespace
} // namespace convforge
