#include "assemble.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

namespace convforge::test {
namespace {

TEST(Disassemble, GivesIntelTextSizesAndWrites) {
  const Function f = function_of("vfmadd231ps zmm30, zmm1, dword ptr [rax + 4]{1to16}\ninc ecx\nret");
  ASSERT_EQ(f.instructions.size(), 3u);
  EXPECT_EQ(f.instructions[0].text(), "vfmadd231ps zmm30, zmm1, dword ptr [rax + 4]{1to16}");
  EXPECT_EQ(f.instructions[0].operands.size(), 3u);
  EXPECT_EQ(f.instructions[0].writes, std::vector<std::string>{"ZMM30"});
  EXPECT_EQ(f.instructions[1].writes, (std::vector<std::string>{"RCX", "EFLAGS"}));
  EXPECT_EQ(f.instructions[1].address, f.instructions[0].size);
  EXPECT_EQ(f.instructions[2].flow, Flow::stop);
}

TEST(Disassemble, ResolvesBranchesInsideAFunction) {
  const Function f = function_of("top: dec rcx\njne top\njmp end\nnop\nend: ret");
  EXPECT_EQ(f.instructions[1].flow, Flow::branch);
  EXPECT_EQ(f.instructions[1].target, 0u);
  EXPECT_EQ(f.instructions[1].text(), "jne .L0");
  EXPECT_EQ(f.instructions[2].flow, Flow::jump);
  EXPECT_EQ(f.instructions[2].target, f.instructions[4].address);
}

TEST(Disassemble, NamesCalleesAndAddresses) {
  const std::vector<Function> functions =
      functions_of(define("body", "ret") +
                   define("entry", "lea rsi, [rip + body]\ncall convforge_parallel\ncall body\n"
                                   "mov rdi, qword ptr [rip + body@GOTPCREL]\njmp convforge_tail"));
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_EQ(functions[0].name, "body");
  const std::vector<Instruction> &entry = functions[1].instructions;
  EXPECT_EQ(entry[0].symbol, "body");
  EXPECT_EQ(entry[1].text(), "call convforge_parallel");
  EXPECT_EQ(entry[1].flow, Flow::call);
  EXPECT_EQ(entry[2].symbol, "body");
  EXPECT_EQ(entry[3].symbol, "body");
  EXPECT_EQ(entry[4].symbol, "convforge_tail");
  EXPECT_EQ(entry[4].target, std::nullopt);
}

TEST(Disassemble, SeesSectionsOfTheirOwn) {
  const std::vector<Function> functions =
      functions_of(".section .text.a,\"ax\",@progbits\n" + define("a", "ret") +
                   ".section .text.b,\"ax\",@progbits\n" + define("b", "call a\nret"));
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_EQ(functions[1].instructions[0].symbol, "a");
}

TEST(Disassemble, RefusesWhatIsNoObject) {
  const std::vector<std::uint8_t> text{'n', 'o', ' ', 'E', 'L', 'F'};
  EXPECT_THROW(disassemble(text, target_of(Isa::avx2)), Error);
  EXPECT_THROW(disassemble({}, target_of(Isa::avx2)), Error);
  std::vector<std::uint8_t> cut = assemble(define("f", "ret"));
  cut.resize(cut.size() / 2);
  EXPECT_THROW(disassemble(cut, target_of(Isa::avx2)), Error);
  EXPECT_THROW(functions_of(define("f", ".byte 0x06")), Error); // push es: no instruction in 64-bit mode
}

} // namespace
} // namespace convforge::test
