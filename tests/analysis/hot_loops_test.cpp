#include "analysis/hot_loops.hpp"
#include "assemble.hpp"

#include <gtest/gtest.h>

namespace convforge::test {
namespace {

const Target avx512 = target_of(Isa::avx512);
const std::string fma = "vfmadd231ps zmm0, zmm1, zmm2\n";

std::string loop(const std::string &label, const std::string &counter, int trips, const std::string &body) {
  return "xor " + counter + ", " + counter + "\n" + label + ":\n" + body + "inc " + counter + "\ncmp " +
         counter + ", " + std::to_string(trips) + "\njne " + label + "\n";
}

TEST(HotLoops, FindsTheInnermostLoopAndItsCount) {
  const auto functions =
      functions_of(define("f", loop("y", "eax", 56, loop("c", "ecx", 64, fma + fma) + fma) + "ret"));
  const HotCodeList hot = find_hot_code(functions, avx512);
  ASSERT_EQ(hot.code.size(), 1u);
  EXPECT_TRUE(hot.exact);
  EXPECT_TRUE(hot.code[0].loop);
  EXPECT_EQ(hot.code[0].depth, 2);
  EXPECT_EQ(hot.code[0].executions, 56 * 64);
  EXPECT_EQ(hot.code[0].arithmetic.multiply_adds, 32);
  EXPECT_EQ(hot.multiply_adds, 56 * (64 * 32 + 16));
  EXPECT_EQ(hot.code[0].instructions.size(), 5u);
}

TEST(HotLoops, TakesSeveralUntilTheShareIsReached) {
  const std::string body =
      loop("a", "ecx", 10, fma) + loop("b", "ecx", 9, fma) + loop("c", "ecx", 1, fma) + "ret";
  const auto functions = functions_of(define("f", body));
  EXPECT_EQ(find_hot_code(functions, avx512, 0.95).code.size(), 2u);
  EXPECT_EQ(find_hot_code(functions, avx512, 0.50).code.size(), 1u);
  EXPECT_EQ(find_hot_code(functions, avx512, 1.00).code.size(), 3u);
}

TEST(HotLoops, FullyUnrolledCodeIsHotAsAStraightBlock) {
  const auto functions =
      functions_of(define("f", loop("zero", "ecx", 100, "mov dword ptr [rax], 0\n") + fma + fma + "ret"));
  const HotCodeList hot = find_hot_code(functions, avx512);
  ASSERT_EQ(hot.code.size(), 1u);
  EXPECT_FALSE(hot.code[0].loop);
  EXPECT_EQ(hot.code[0].depth, 0);
  EXPECT_EQ(hot.multiply_adds, 32);
}

TEST(HotLoops, CountsTasksOfAParallelFor) {
  const std::string entry =
      "lea rsi, [rip + body]\nxor edx, edx\nmov ecx, 7\ncall convforge_parallel\ncall tail\nret";
  const auto functions = functions_of(define("body", loop("c", "ecx", 3, fma) + "ret") +
                                      define("tail", fma + "ret") + define("entry", entry));
  const HotCodeList hot = find_hot_code(functions, avx512, 1);
  ASSERT_EQ(hot.code.size(), 2u);
  EXPECT_TRUE(hot.exact);
  EXPECT_EQ(hot.code[0].function, "body");
  EXPECT_EQ(hot.code[0].executions, 21);
  EXPECT_EQ(hot.code[1].executions, 1);
}

TEST(HotLoops, FollowsCallsThroughLevels) {
  const auto functions = functions_of(define("entry", loop("x", "ebx", 2, "call middle\n") + "ret") +
                                      define("middle", loop("x2", "ebx", 3, "call leaf\n") + "ret") +
                                      define("leaf", fma + "ret"));
  const HotCodeList hot = find_hot_code(functions, avx512);
  EXPECT_TRUE(hot.exact);
  EXPECT_EQ(hot.multiply_adds, 2 * 3 * 16);
}

TEST(HotLoops, SaysWhenItAssumesACount) {
  const auto functions = functions_of(define("f", "top:" + fma + "inc rcx\ncmp rcx, rdx\njne top\nret"));
  const HotCodeList hot = find_hot_code(functions, avx512);
  EXPECT_FALSE(hot.exact);
  EXPECT_FALSE(hot.code.at(0).exact);
  EXPECT_EQ(hot.multiply_adds, 16 * assumed_trips);
}

TEST(HotLoops, LoopsWithoutMultiplyAddsDoNotMatter) {
  const auto functions =
      functions_of(define("f", "top: inc rcx\ncmp rcx, rdx\njne top\n" + loop("c", "ecx", 3, fma) + "ret"));
  EXPECT_TRUE(find_hot_code(functions, avx512).exact);
}

TEST(HotLoops, NothingMultipliedIsNothingHot) {
  EXPECT_TRUE(find_hot_code(functions_of(define("f", "ret")), avx512).code.empty());
  EXPECT_TRUE(find_hot_code({}, avx512).code.empty());
}

} // namespace
} // namespace convforge::test
