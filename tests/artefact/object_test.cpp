// Constants objects and archives, as the system's own tools see them.
#include "base/error.hpp"
#include "fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace convforge {
namespace {

using test::bytes_of;
using test::run;
using test::write_text;

void write_bytes(const std::filesystem::path &path, const std::vector<std::uint8_t> &bytes) {
  write_text(path, {reinterpret_cast<const char *>(bytes.data()), bytes.size()});
}

const Target &x86() {
  return find_target("x86-64-sse41");
}

TEST(ConstantsObject, LinksAlignedAndWithItsContents) {
  const test::ScratchDirectory directory;
  std::vector<std::uint8_t> bytes(1000);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(i * 7);
  // Two of them in one program: the alignment must come from the object, not from luck.
  write_bytes(directory.path() / "a.o", emit_constants_object("a", bytes, x86()));
  write_bytes(directory.path() / "b.o", emit_constants_object("b", std::span(bytes).first(1), x86()));
  write_text(directory.path() / "main.c", R"(
#include <stdint.h>
extern const unsigned char a[], b[];
int main(void) {
  if ((uintptr_t)a % 64 != 0 || (uintptr_t)b % 64 != 0) return 1;
  for (int i = 0; i < 1000; ++i) if (a[i] != (unsigned char)(i * 7)) return 2;
  return b[0] != 0 ? 3 : 0;
}
)");
  for (const char *flags : {"", "-fPIE -pie", "-static"}) {
    const test::CommandResult built =
        run(directory.path(), fmt::format("cc {} -Wl,--fatal-warnings main.c b.o a.o -o main", flags));
    ASSERT_EQ(built.status, 0) << built.output;
    EXPECT_EQ(run(directory.path(), "./main").status, 0) << flags;
  }
}

TEST(ConstantsObject, IsReadOnlyDataWithOneHiddenSymbol) {
  const test::ScratchDirectory directory;
  write_bytes(directory.path() / "a.o",
              emit_constants_object("conv1_weights", bytes_of("0123456789"), x86()));
  EXPECT_EQ(run(directory.path(), "$NM -S a.o").output,
            "0000000000000000 000000000000000a R conv1_weights\n");
  EXPECT_THAT(run(directory.path(), "readelf -sW a.o").output,
              testing::ContainsRegex("OBJECT +GLOBAL +HIDDEN +[0-9]+ conv1_weights"));
  const std::string sections = run(directory.path(), "readelf -SW a.o").output;
  EXPECT_THAT(sections, testing::ContainsRegex("\\.rodata +PROGBITS +0+ [0-9a-f]+ 00000a 00 +A +0 +0 64"));
  EXPECT_THAT(sections, testing::HasSubstr(".note.GNU-stack"));
  EXPECT_EQ(run(directory.path(), "readelf -aW a.o | grep -i -e warning -e error").output, "");
}

TEST(ConstantsObject, FollowsTheTargetsArchitecture) {
  const test::ScratchDirectory directory;
  Target arm = x86();
  arm.triple = "aarch64-unknown-linux-gnu";
  write_bytes(directory.path() / "a.o", emit_constants_object("a", bytes_of("x"), arm));
  EXPECT_THAT(run(directory.path(), "readelf -h a.o").output, testing::HasSubstr("AArch64"));
  arm.triple = "riscv32-unknown-elf";
  EXPECT_THROW(emit_constants_object("a", bytes_of("x"), arm), Error);
}

TEST(Archive, IsWhatArAndNmRead) {
  const test::ScratchDirectory directory;
  const std::string long_name = "conv1_of_a_rather_long_name_x86-64-avx512.o";
  const std::vector<Member> members = {{"a.o", emit_constants_object("a", bytes_of("first"), x86())},
                                       {long_name, emit_constants_object("b", bytes_of("second"), x86())}};
  write_bytes(directory.path() / "lib.a", emit_archive(members));
  EXPECT_EQ(run(directory.path(), "$AR t lib.a").output, "a.o\n" + long_name + "\n");
  EXPECT_THAT(run(directory.path(), "$NM -s lib.a").output,
              testing::HasSubstr("a in a.o\nb in " + long_name));
  EXPECT_THAT(run(directory.path(), "$AR tv lib.a").output, testing::HasSubstr("rw-r--r-- 0/0"));
  run(directory.path(), "$AR x lib.a a.o");
  EXPECT_EQ(bytes_of(test::read_text(directory.path() / "a.o")), members[0].second);
}

TEST(Archive, SameMembersGiveTheSameBytes) {
  const std::vector<Member> members = {{"a.o", emit_constants_object("a", bytes_of("first"), x86())}};
  EXPECT_EQ(emit_archive(members), emit_archive(members));
}

} // namespace
} // namespace convforge
