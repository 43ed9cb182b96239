#include "analysis/control_flow.hpp"
#include "analysis/trip_count.hpp"
#include "assemble.hpp"

#include <gtest/gtest.h>

namespace convforge::test {
namespace {

std::vector<std::optional<std::int64_t>> trips_of(const std::string &body) {
  const Function f = function_of(body);
  const ControlFlow flow = control_flow(f);
  std::vector<std::optional<std::int64_t>> trips;
  for (const Loop &loop : flow.loops)
    trips.push_back(trip_count(f, flow, loop));
  return trips;
}

using Trips = std::vector<std::optional<std::int64_t>>;

TEST(ControlFlow, StraightCodeHasOneBlockAndNoLoop) {
  const ControlFlow flow = control_flow(function_of("nop\ncall g\nret"));
  EXPECT_EQ(flow.blocks.size(), 1u);
  EXPECT_TRUE(flow.loops.empty());
}

TEST(ControlFlow, NestsLoops) {
  const ControlFlow flow = control_flow(function_of(R"(
    xor eax, eax
    outer: xor ecx, ecx
    inner: inc rcx
    cmp rcx, 3
    jne inner
    inc rax
    cmp rax, 5
    jne outer
    ret)"));
  ASSERT_EQ(flow.loops.size(), 2u);
  EXPECT_FALSE(flow.loops[0].innermost);
  EXPECT_TRUE(flow.loops[1].innermost);
  EXPECT_EQ(flow.loops[1].parent, 0u);
  EXPECT_EQ(flow.loop_of(flow.loops[1].header), 1u);
  EXPECT_EQ(flow.loop_of(0), std::nullopt);
}

TEST(ControlFlow, TwoBackEdgesToOneHeaderAreOneLoop) {
  const ControlFlow flow =
      control_flow(function_of("top: dec rcx\ntest rax, rax\nje top\ndec rdx\njne top\nret"));
  ASSERT_EQ(flow.loops.size(), 1u);
  EXPECT_EQ(flow.loops[0].latches.size(), 2u);
  EXPECT_EQ(flow.loops[0].blocks.size(), 2u);
}

TEST(ControlFlow, ABranchBackwardsIntoAnotherPathIsNoLoop) {
  // `low` is reached from below, but control never comes back: no dominance, no loop.
  const ControlFlow flow = control_flow(function_of("jmp high\nlow: ret\nhigh: test rax, rax\nje low\nret"));
  EXPECT_TRUE(flow.loops.empty());
}

TEST(TripCount, CountsUpDownAndToZero) {
  EXPECT_EQ(trips_of("xor ecx, ecx\ntop: inc rcx\ncmp rcx, 3\njne top\nret"), Trips{3});
  EXPECT_EQ(trips_of("mov ecx, 12\ntop: sub ecx, 4\njne top\nret"), Trips{3});
  EXPECT_EQ(trips_of("mov rsi, -256\ntop: add rsi, 4\njne top\nret"), Trips{64});
  EXPECT_EQ(trips_of("xor ecx, ecx\ntop: add ecx, 14\ncmp ecx, 50\njb top\nret"), Trips{4});
  EXPECT_EQ(trips_of("mov eax, 5\ntop: dec rax\ncmp rax, 0\njg top\nret"), Trips{5});
  EXPECT_EQ(trips_of("mov eax, 5\ntop: dec rax\ncmp rax, 0\njge top\nret"), Trips{6});
}

TEST(TripCount, FindsTheStartThroughBlocksBetween) {
  EXPECT_EQ(trips_of("test rax, rax\nmov ecx, 1\nje top\nnop\ntop: inc rcx\ncmp rcx, 3\njne top\nret"),
            Trips{std::nullopt});
  EXPECT_EQ(trips_of("mov ecx, 1\njmp top\ntop: inc rcx\ncmp rcx, 3\njne top\nret"), Trips{2});
}

TEST(TripCount, AdmitsWhatItCannotKnow) {
  const Trips unknown{std::nullopt};
  EXPECT_EQ(trips_of("top: inc rcx\ncmp rcx, 3\njne top\nret"), unknown); // start: an argument
  EXPECT_EQ(trips_of("xor ecx, ecx\ntop: inc rcx\ncmp rcx, rdx\njne top\nret"), unknown); // limit: a register
  EXPECT_EQ(trips_of("xor ecx, ecx\ntop: inc rcx\ninc rcx\ncmp rcx, 4\njne top\nret"), unknown); // two writes
  EXPECT_EQ(trips_of("xor ecx, ecx\ntop: call g\ninc rcx\ncmp rcx, 4\njne top\nret"),
            unknown); // rcx is the callee's
  EXPECT_EQ(trips_of("xor ebx, ebx\ntop: call g\ninc rbx\ncmp rbx, 4\njne top\nret"),
            Trips{4}); // rbx is preserved
  EXPECT_EQ(trips_of("xor ecx, ecx\ntop: add rcx, 2\ncmp rcx, 5\njne top\nret"),
            unknown); // steps over the limit
  EXPECT_EQ(trips_of("top: inc qword ptr [rsp]\ncmp qword ptr [rsp], 4\njne top\nret"), unknown); // in memory
  EXPECT_EQ(trips_of("xor ecx, ecx\ncall g\ntop: inc rcx\ncmp rcx, 4\njne top\nret"),
            unknown); // lost in the call
}

} // namespace
} // namespace convforge::test
