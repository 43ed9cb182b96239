// The emulator computes what PTX says and refuses what a GPU leaves undefined: each refusal is seen here.
#include "emulator/ptx_machine.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>

namespace {

using emulator::Launch;

/// An entry of one parameter; the registers of a thread are %r1 (its number), %rd1 (the address of its float
/// in device memory), %rd2 (of its float in shared memory).
std::string kernel(const std::string &body) {
  return R"(.version 7.0
.target sm_80
.address_size 64
.extern .shared .align 16 .b8 k_shared[];
.visible .entry k(
	.param .u64 .ptr .align 1 k_param_0
)
{
	.reg .pred 	%p<4>;
	.reg .b32 	%r<16>;
	.reg .b64 	%rd<16>;
	mov.u32 	%r1, %tid.x;
	ld.param.b64 	%rd9, [k_param_0];
	mul.wide.u32 	%rd8, %r1, 4;
	add.s64 	%rd1, %rd9, %rd8;
	mov.b64 	%rd7, k_shared;
	add.s64 	%rd2, %rd7, %rd8;
)" + body +
         "}\n";
}

class Emulator : public testing::Test {
protected:
  alignas(16) std::array<float, 4> memory{1, 2, 3, 4};
  Launch launch{{1, 1, 1}, {4, 1, 1}, 16, {}};

  void run(const std::string &body) {
    const auto entries = emulator::parse_ptx(kernel(body));
    const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
    launch.parameters = {address};
    emulator::run(entries.at("k"), launch, {{address, sizeof memory}});
  }
  /// What the emulator says of it.
  std::string refusal(const std::string &body) {
    try {
      run(body);
      return "";
    } catch (const std::runtime_error &error) {
      return error.what();
    }
  }
};

const char *const exchange = R"(
	ld.global.b32 	%r2, [%rd1];
	st.shared.b32 	[%rd2], %r2;
	bar.sync 	0;
	xor.b32 	%r3, %r1, 1;
	mul.wide.u32 	%rd3, %r3, 4;
	add.s64 	%rd4, %rd7, %rd3;
	ld.shared.b32 	%r4, [%rd4];
	st.global.b32 	[%rd1], %r4;
	ret;
)";

std::string without(std::string text, const std::string &part) {
  return text.erase(text.find(part), part.size());
}

TEST_F(Emulator, ThreadsExchangeThroughSharedMemory) {
  run(exchange);
  EXPECT_EQ(memory, (std::array<float, 4>{2, 1, 4, 3}));
}

TEST_F(Emulator, LoopsPredicatesAndMultiplyAdds) {
  run(R"(
	ld.global.b32 	%r2, [%rd1];
	mov.b32 	%r3, 0f00000000;
	mov.b32 	%r5, 0;
$L__BB0_1:
	fma.rn.f32 	%r3, %r2, 0f40000000, %r3;
	add.s32 	%r5, %r5, 1;
	setp.ne.b32 	%p1, %r5, 3;
	@%p1 bra 	$L__BB0_1;
	st.global.b32 	[%rd1], %r3;
	ret;
)");
  EXPECT_EQ(memory, (std::array<float, 4>{6, 12, 18, 24}));
}

TEST_F(Emulator, NoticesAMissingBarrier) {
  EXPECT_NE(
      refusal(without(exchange, "bar.sync 	0;")).find("shared memory that nothing was written to"),
      std::string::npos);
  // The same data twice: what was written before the first barrier is there, and is read while it is
  // overwritten.
  const std::string again = std::string(exchange).substr(0, std::string(exchange).rfind("ret;")) +
                            "st.shared.b32 [%rd2], %r4;\nret;\n";
  EXPECT_NE(refusal(again).find("in the same interval"), std::string::npos);
}

TEST_F(Emulator, NoticesReadsOfWhatAnotherThreadWrites) {
  const std::string body = without(exchange, "bar.sync 	0;");
  std::string twice = body;
  twice.insert(body.find("xor"), "bar.sync \t0;\nst.shared.b32 [%rd2], %r2;\n");
  EXPECT_NE(refusal(twice).find("another thread"), std::string::npos) << refusal(twice);
}

TEST_F(Emulator, NoticesAccessesOutsideOfTensors) {
  EXPECT_NE(refusal("ld.global.b32 %r2, [%rd1+4];\nret;\n").find("outside of any allocation"),
            std::string::npos);
  EXPECT_NE(refusal("ld.global.b32 %r2, [%rd1+-4];\nret;\n").find("outside of any allocation"),
            std::string::npos);
  EXPECT_NE(refusal("ld.global.v4.b32 {%r2, %r3, %r4, %r5}, [%rd9+16];\nret;\n").find("outside"),
            std::string::npos);
  EXPECT_EQ(refusal("ld.global.v4.b32 {%r2, %r3, %r4, %r5}, [%rd9];\nret;\n"), "");
}

TEST_F(Emulator, NoticesAccessesOutsideOfSharedMemory) {
  EXPECT_NE(refusal("st.shared.b32 [%rd2+16], %r1;\nret;\n").find("outside of the block's"),
            std::string::npos);
  // From sm_90 on address 0 is not the kernel's.
  EXPECT_NE(refusal("st.shared.b32 [%rd8], %r1;\nret;\n").find("outside of the block's"), std::string::npos);
}

TEST_F(Emulator, NoticesMisalignedVectors) {
  EXPECT_NE(refusal("ld.global.v2.b32 {%r2, %r3}, [%rd9+4];\nret;\n").find("not aligned"), std::string::npos);
}

TEST_F(Emulator, NoticesBarriersThatNotAllReach) {
  EXPECT_NE(refusal("setp.lt.u32 %p1, %r1, 2;\n@%p1 bra $L__BB0_1;\nbar.sync 0;\n$L__BB0_1:\nret;\n")
                .find("barriers"),
            std::string::npos);
}

TEST_F(Emulator, NoticesLaunchesBeyondTheLimits) {
  launch.block = {1025, 1, 1};
  EXPECT_NE(refusal("ret;\n").find("block"), std::string::npos);
  launch.block = {4, 1, 1}, launch.grid = {1, 65536, 1};
  EXPECT_NE(refusal("ret;\n").find("grid"), std::string::npos);
  launch.grid = {1, 1, 65536};
  EXPECT_NE(refusal("ret;\n").find("grid"), std::string::npos);
  launch.grid = {1, 1, 1}, launch.shared_bytes = 49153;
  EXPECT_NE(refusal("ret;\n").find("48 KB"), std::string::npos);
}

TEST_F(Emulator, RefusesWhatItDoesNotKnow) {
  EXPECT_THROW(run("ex2.approx.ftz.f32 %r2, %r3;\nret;\n"), std::runtime_error);
  EXPECT_THROW(run("atom.global.add.u32 %r2, [%rd1], %r3;\nret;\n"), std::runtime_error);
}

} // namespace
