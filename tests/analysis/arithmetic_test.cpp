#include "analysis/vector_code.hpp"
#include "assemble.hpp"

#include <gtest/gtest.h>

namespace convforge::test {
namespace {

Arithmetic arithmetic_of(const std::string &body, Isa isa) {
  return count_arithmetic(function_of(body, isa).instructions, target_of(isa));
}

TEST(Arithmetic, CountsLanesOfEveryWidth) {
  EXPECT_EQ(arithmetic_of("vfmadd231ps zmm30, zmm1, zmm2", Isa::avx512).multiply_adds, 16);
  EXPECT_EQ(arithmetic_of("vfmadd213ps ymm3, ymm1, ymmword ptr [rax]", Isa::avx2).multiply_adds, 8);
  EXPECT_EQ(arithmetic_of("vfnmadd132ps xmm3, xmm1, xmm2", Isa::avx2).multiply_adds, 4);
  EXPECT_EQ(arithmetic_of("vfmsub231ss xmm3, xmm1, xmm2", Isa::avx2).multiply_adds, 1);
  EXPECT_EQ(arithmetic_of("vfmadd231ps zmm30, zmm1, dword ptr [rax + 4]{1to16}", Isa::avx512).multiply_adds,
            16);
  EXPECT_EQ(arithmetic_of("vfmadd231ps zmm30{k1}, zmm1, zmm2", Isa::avx512).multiply_adds, 16);
}

TEST(Arithmetic, PairsMultiplicationsWithAdditionsOnlyWithoutFma) {
  const std::string pair = "mulps xmm0, xmm1\naddps xmm2, xmm0\nmulps xmm3, xmm1";
  EXPECT_EQ(arithmetic_of(pair, Isa::sse41).multiply_adds, 4);
  EXPECT_EQ(arithmetic_of(pair, Isa::sse41).instructions, 2);
  EXPECT_EQ(arithmetic_of("mulss xmm0, xmm1\naddss xmm2, xmm0", Isa::sse41).multiply_adds, 1);
  EXPECT_EQ(arithmetic_of("vmulps ymm0, ymm1, ymm2\nvaddps ymm0, ymm0, ymm3", Isa::avx2).multiply_adds, 0);
  EXPECT_EQ(arithmetic_of("addps xmm0, xmm1\naddsubps xmm2, xmm0", Isa::sse41).multiply_adds, 0);
}

TEST(Arithmetic, CountsProductsOfIntegers) {
  const Arithmetic vnni = arithmetic_of("vpdpbusd zmm3, zmm1, zmm2\nvpdpbusd ymm4, ymm1, ymm2", Isa::avx512);
  EXPECT_EQ(vnni.multiply_adds, 64 + 32);
  EXPECT_EQ(vnni.instructions, 2);
  EXPECT_EQ(vnni.accumulators, (std::set<std::string>{"3", "4"}));
  const Arithmetic pairs = arithmetic_of("vpmaddwd ymm0, ymm1, ymm2\nvpaddd ymm5, ymm5, ymm0", Isa::avx2);
  EXPECT_EQ(pairs.multiply_adds, 16);
  EXPECT_EQ(pairs.instructions, 2);
  EXPECT_EQ(pairs.accumulators, (std::set<std::string>{"5"}));
  EXPECT_EQ(arithmetic_of("pmaddwd xmm0, xmm1\npaddd xmm2, xmm0", Isa::sse41).multiply_adds, 8);
  EXPECT_EQ(arithmetic_of("vpaddd zmm0, zmm1, zmm2", Isa::avx512).multiply_adds, 0);
}

TEST(Arithmetic, NamesRegistersWhateverTheirWidth) {
  const Arithmetic sum = arithmetic_of(
      "vbroadcastss zmm1, dword ptr [rax]\nvfmadd231ps zmm30, zmm1, zmm2\nvfmadd231ps ymm3, ymm1, ymm2",
      Isa::avx512);
  EXPECT_EQ(sum.accumulators, (std::set<std::string>{"3", "30"}));
  EXPECT_EQ(sum.registers, (std::set<std::string>{"1", "2", "3", "30"}));
  EXPECT_EQ(vector_register("zmm3{k1} {z}"), "3");
  EXPECT_EQ(vector_register("zmmword ptr [rax]"), "");
  EXPECT_EQ(vector_register("eax"), "");
}

} // namespace
} // namespace convforge::test
