// AArch64 code through every step of the analysis.
#include "analysis/hot_loops.hpp"
#include "analysis/mca.hpp"
#include "analysis/spills.hpp"
#include "assemble.hpp"
#include "require_tools.hpp"

#include <gtest/gtest.h>

namespace convforge::test {
namespace {

const Target neon = target_of(Isa::neon);
const std::string fma = "fmla v0.4s, v1.4s, v2.s[3]\n";

/// Counts a register up as LLVM does.
std::string loop(const std::string &label, const std::string &counter, int trips, const std::string &body) {
  return "mov " + counter + ", xzr\n" + label + ":\n" + body + "add " + counter + ", " + counter +
         ", #1\ncmp " + counter + ", #" + std::to_string(trips) + "\nb.ne " + label + "\n";
}

TEST(Arm, OperandsKeepTheirBrackets) {
  const Function f = function_of(
      "ldr q0, [x1, #16]\nld1 { v0.4s, v1.4s }, [x2]\nfmla v3.4s, v4.4s, v5.s[1]\nret", Isa::neon);
  EXPECT_EQ(f.instructions.at(0).operands, (std::vector<std::string>{"q0", "[x1, #16]"}));
  EXPECT_EQ(f.instructions.at(1).operands, (std::vector<std::string>{"{ v0.4s, v1.4s }", "[x2]"}));
  EXPECT_EQ(f.instructions.at(2).text(), "fmla v3.4s, v4.4s, v5.s[1]");
  EXPECT_EQ(f.instructions.at(3).flow, Flow::stop);
}

TEST(Arm, WritesAreNamedByTheirWholeRegister) {
  const Function f = function_of("mov w8, #3\nsubs x9, x9, #1\nldp q2, q3, [x4], #32", Isa::neon);
  EXPECT_EQ(f.instructions.at(0).writes, (std::vector<std::string>{"X8"}));
  EXPECT_EQ(f.instructions.at(1).writes, (std::vector<std::string>{"X9", "NZCV"}));
  EXPECT_EQ(f.instructions.at(2).writes.front(), "X4");
}

TEST(Arm, CountsLoopsAndMultiplyAdds) {
  const auto functions =
      functions_of(define("f", loop("y", "x8", 56, loop("c", "x9", 64, fma + fma) + fma) + "ret"), Isa::neon);
  const HotCodeList hot = find_hot_code(functions, neon);
  ASSERT_EQ(hot.code.size(), 1u);
  EXPECT_TRUE(hot.exact);
  EXPECT_EQ(hot.code[0].depth, 2);
  EXPECT_EQ(hot.code[0].executions, 56 * 64);
  EXPECT_EQ(hot.code[0].arithmetic.multiply_adds, 8);
  EXPECT_EQ(hot.code[0].arithmetic.instructions, 2);
  EXPECT_EQ(hot.code[0].arithmetic.accumulators, (std::set<std::string>{"0"}));
  EXPECT_EQ(hot.multiply_adds, 56 * (64 * 8 + 4));
}

TEST(Arm, CountsDownAndShiftedLimits) {
  const std::string down = "mov x8, #10\nd:\n" + fma + "subs x8, x8, #2\nb.ne d\n";
  const std::string shifted =
      "mov x9, xzr\ns:\n" + fma + "add x9, x9, #1024\ncmp x9, #2, lsl #12\nb.ne s\nret";
  const HotCodeList hot = find_hot_code(functions_of(define("f", down + shifted), Isa::neon), neon, 1);
  ASSERT_EQ(hot.code.size(), 2u);
  EXPECT_TRUE(hot.exact);
  EXPECT_EQ(hot.code[0].executions, 8);
  EXPECT_EQ(hot.code[1].executions, 5);
}

TEST(Arm, CountsTasksOfAParallelFor) {
  const std::string entry = "adrp x1, body\nadd x1, x1, :lo12:body\nmov w2, wzr\nmov w3, #7\n"
                            "bl convforge_parallel\nret";
  const auto functions =
      functions_of(define("body", loop("c", "x8", 3, fma) + "ret") + define("entry", entry), Isa::neon);
  const HotCodeList hot = find_hot_code(functions, neon, 1);
  ASSERT_EQ(hot.code.size(), 1u);
  EXPECT_TRUE(hot.exact);
  EXPECT_EQ(hot.code[0].executions, 21);
}

TEST(Arm, SpillsAreSlotsOfTheStack) {
  const auto spills = [](const std::string &body) {
    const Function f = function_of(body, Isa::neon);
    return count_spills(f.instructions, keeps_frame_pointer(f));
  };
  EXPECT_EQ(spills("str q0, [sp, #16]\nstp q1, q2, [sp]\nstur q3, [x29, #-32]").stores, 3)
      << "no frame pointer";
  EXPECT_EQ(spills("mov x29, sp\nstur q3, [x29, #-32]").stores, 1);
  EXPECT_EQ(spills("ldr q0, [sp, #16]\nldp q1, q2, [sp]").reloads, 3);
  EXPECT_EQ(spills("ldr q0, [x1, #16]\nldr x2, [sp, #8]\nstr q1, [sp, x3]\nstr q1, [x4]").total(), 0);
}

TEST(Arm, McaKnowsTheCores) {
  std::string body;
  for (int i = 0; i < 24; i++)
    body += "fmla v" + std::to_string(i) + ".4s, v30.4s, v31.s[0]\n";
  const Function f = function_of(body, Isa::neon);
  try {
    for (const char *cpu :
         {"neoverse-n1", "cortex-a76", "neoverse-v1", "apple-m1", "cortex-a55", "cortex-a510"}) {
      const McaReport report = run_mca(f.instructions, neon, Dot::none, {}, cpu);
      EXPECT_NEAR(report.percent_of_peak(24 * 4), 100, 1) << cpu;
    }
    EXPECT_EQ(run_mca(f.instructions, neon).peak_multiply_adds, 8); // Neoverse N1: two pipes of four lanes
  } catch (const McaUnavailable &missing) {
    CONVFORGE_TOOL_MISSING(missing.what());
  }
}

} // namespace
} // namespace convforge::test
