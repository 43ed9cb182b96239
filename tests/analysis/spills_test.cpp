#include "analysis/spills.hpp"
#include "assemble.hpp"

#include <gtest/gtest.h>

namespace convforge::test {
namespace {

Spills spills_of(const std::string &body) {
  const Function f = function_of(body);
  return count_spills(f.instructions, keeps_frame_pointer(f));
}

TEST(Spills, CountsStoresAndReloads) {
  const Spills spills = spills_of(R"(
    vmovups zmmword ptr [rsp + 64], zmm0
    vmovaps ymmword ptr [rsp], ymm1
    vmovss dword ptr [rsp - 8], xmm1
    vmovups zmm2, zmmword ptr [rsp + 64]
    vfmadd231ps zmm3, zmm4, zmmword ptr [rsp + 128]
    vfmadd231ps zmm3, zmm4, dword ptr [rsp + 128]{1to16})");
  EXPECT_EQ(spills.stores, 3);
  EXPECT_EQ(spills.reloads, 3);
}

TEST(Spills, LeavesOtherMemoryAlone) {
  const Spills spills = spills_of(R"(
    mov rax, qword ptr [rsp + 8]
    vmovups zmm0, zmmword ptr [rax + 64]
    vmovups zmmword ptr [rdi], zmm0
    vmovups zmm0, zmmword ptr [rsp + rcx]
    vmovups zmm0, zmmword ptr [rsp + 4*rcx + 64]
    vmovups zmm0, zmmword ptr [rip + 64]
    lea rsi, [rsp + 64])");
  EXPECT_EQ(spills.total(), 0);
}

TEST(Spills, BelievesRbpOnlyAsAFramePointer) {
  EXPECT_EQ(spills_of("vmovups ymm0, ymmword ptr [rbp - 64]").total(), 0);
  EXPECT_EQ(spills_of("push rbp\nmov rbp, rsp\nvmovups ymm0, ymmword ptr [rbp - 64]").reloads, 1);
}

/// What is stored before the loop is not spilled in it.
TEST(Spills, OfLoopsAreThoseInside) {
  const Spills spills = spills_in_loops(function_of(R"(
    vmovups zmmword ptr [rsp + 64], zmm0
    mov ecx, 8
  again:
    vmovups zmm1, zmmword ptr [rsp + 64]
    vmovups zmmword ptr [rsp], zmm2
    vmovups zmm2, zmmword ptr [rsp]
    dec ecx
    jne again
    vmovups zmm3, zmmword ptr [rsp])"));
  EXPECT_EQ(spills.stores, 1);
  EXPECT_EQ(spills.reloads, 2);
}

} // namespace
} // namespace convforge::test
