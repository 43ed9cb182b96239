#include "analysis/mca.hpp"
#include "assemble.hpp"
#include "base/subprocess.hpp"
#include "hang_limit.hpp"
#include "require_tools.hpp"

#include <gtest/gtest.h>

namespace convforge::test {
namespace {

// Recorded from LLVM 19.1.7, shortened to what is read: 28 FMAs, 14 broadcasts, 2 loads and 3 others on
// skylake-avx512.
constexpr const char *recorded = R"({"CodeRegions": [
  {"Name": "code", "SummaryView": {"BlockRThroughput": 14, "DispatchWidth": 6, "Iterations": 100, "TotalCycles": 1512, "TotaluOps": 6300}},
  {"Name": "peak", "SummaryView": {"BlockRThroughput": 4, "DispatchWidth": 6, "Iterations": 100, "TotalCycles": 406, "TotaluOps": 800}}]})";

std::string repeat(int count, const std::string &registers) {
  std::string code;
  for (int i = 0; i < count; ++i)
    code += "vfmadd231ps " + registers.substr(0, 3) + std::to_string(i) + ", " + registers + "\n";
  return code;
}

TEST(Mca, ReadsItsAnswer) {
  const McaReport report = parse_mca(recorded, target_of(Isa::avx512));
  EXPECT_DOUBLE_EQ(report.cycles, 15.12);
  EXPECT_DOUBLE_EQ(report.micro_ops, 63);
  EXPECT_EQ(report.block_throughput, 14);
  EXPECT_EQ(report.dispatch_width, 6);
  EXPECT_EQ(report.peak_multiply_adds, 32); // two FMAs of 16 lanes a cycle
  EXPECT_NEAR(report.percent_of_peak(28 * 16), 92.6, 0.05);
  EXPECT_DOUBLE_EQ(report.percent_bound(28 * 16), 100);
}

TEST(Mca, RefusesAnAnswerItDoesNotKnow) {
  EXPECT_THROW(parse_mca("", target_of(Isa::avx2)), McaUnavailable);
  EXPECT_THROW(parse_mca("{}", target_of(Isa::avx2)), McaUnavailable);
  EXPECT_THROW(parse_mca(R"({"CodeRegions": []})", target_of(Isa::avx2)), McaUnavailable);
}

TEST(Mca, SaysWhatIsMissing) {
  try {
    run_mca({}, target_of(Isa::avx2), Dot::none, "/nowhere/llvm-mca");
    FAIL() << "a missing tool was run";
  } catch (const McaUnavailable &error) {
    EXPECT_NE(std::string(error.what()).find("/nowhere/llvm-mca"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("llvm-19"), std::string::npos);
  }
  EXPECT_THROW(run_mca({}, target_of(Isa::avx2), Dot::none, "/bin/false"), McaUnavailable);
  EXPECT_THROW(run_mca({}, target_of(Isa::avx2), Dot::none, "/bin/true"), McaUnavailable);
}

class LiveMca : public testing::Test {
protected:
  void SetUp() override {
    try {
      run_mca(function_of("ret").instructions, target_of(Isa::avx512));
    } catch (const McaUnavailable &error) {
      CONVFORGE_TOOL_MISSING(error.what());
    }
  }
};

TEST_F(LiveMca, IndependentFmasReachThePeak) {
  const Function wide = function_of(repeat(12, "zmm30, zmm31"));
  EXPECT_NEAR(run_mca(wide.instructions, target_of(Isa::avx512)).percent_of_peak(12 * 16), 100, 1);
  const Function narrow = function_of(repeat(12, "ymm14, ymm15"));
  const McaReport haswell = run_mca(narrow.instructions, target_of(Isa::avx2));
  EXPECT_EQ(haswell.peak_multiply_adds, 16);
  EXPECT_NEAR(haswell.percent_of_peak(12 * 8), 100, 1);
  EXPECT_NEAR(run_mca(narrow.instructions, target_of(Isa::avx512)).percent_of_peak(12 * 8), 50, 1);
}

TEST_F(LiveMca, ADependentChainDoesNot) {
  const Function chain = function_of("vfmadd231ps zmm0, zmm1, zmm2");
  EXPECT_NEAR(run_mca(chain.instructions, target_of(Isa::avx512)).percent_of_peak(16), 100.0 / 8,
              1); // latency 4, 2 ports
}

TEST_F(LiveMca, TakesBranchesCallsAndMasks) {
  const Function f =
      function_of("top: vmovups zmm0{k1}{z}, zmmword ptr [rax + 4*rcx - 64]\ncall g\ndec ecx\njne top\nret");
  EXPECT_GT(run_mca(f.instructions, target_of(Isa::avx512)).cycles, 0);
}

TEST_F(LiveMca, PeakWithoutFmaIsOnePairACycle) {
  const Function pair = function_of("mulps xmm0, xmm1\naddps xmm2, xmm3");
  EXPECT_EQ(run_mca(pair.instructions, target_of(Isa::sse41)).peak_multiply_adds, 4);
}

TEST(Process, PassesInputOutputAndExitCode) {
  EXPECT_EQ(run_process({"cat"}, std::string(1 << 20, 'x'), hang_limit).output.size(), 1u << 20);
  EXPECT_EQ(run_process({"sh", "-c", "echo no >&2; exit 3"}, "", hang_limit).errors, "no\n");
  EXPECT_EQ(run_process({"sh", "-c", "exit 3"}, "", hang_limit).exit_code, 3);
  EXPECT_FALSE(run_process({"/nowhere/program"}, "", hang_limit).found);
}

TEST(Process, StopsWhatTakesTooLong) {
  const ProcessResult result = run_process({"sleep", "36000"}, "", std::chrono::milliseconds(50));
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_code, 128 + SIGKILL);
}

} // namespace
} // namespace convforge::test
