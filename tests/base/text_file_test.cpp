#include "base/text_file.hpp"

#include "error_of.hpp"
#include "file_content.hpp"
#include "scratch_directory.hpp"

#include <gtest/gtest.h>

#include <string>

#include <sys/stat.h>
#include <unistd.h>

namespace convforge {
namespace {

std::string error_of_reading(const std::filesystem::path &path) {
  return error_of([&] { read_text_file("--plans", path, 1000); });
}

TEST(TextFile, IsReadWhole) {
  const test::ScratchDirectory directory;
  const std::string text = std::string("a\n\0b", 4) + std::string(996, 'x');
  test::write_text(directory / "f", text);
  EXPECT_EQ(read_text_file("--plans", directory / "f", 1000), text);
  test::write_text(directory / "f", "");
  EXPECT_EQ(read_text_file("--plans", directory / "f", 1000), "");
}

// A named pipe is not even waited for: nobody may ever write into it.
TEST(TextFile, WhatIsNoneIsNamed) {
  const test::ScratchDirectory directory;
  const auto path = [&](const char *name) { return (directory / name).string(); };
  EXPECT_EQ(error_of_reading(path("none")),
            "--plans: " + path("none") + ": No such file or directory (expected a file that can be read)");
  EXPECT_EQ(error_of_reading(directory.path()),
            "--plans: " + directory.path().string() + ", a directory (expected a file that can be read)");
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(error_of_reading(path("pipe")),
            "--plans: " + path("pipe") + ", a pipe or a device (expected a regular file that can be read)");
  EXPECT_TRUE(contains(error_of_reading("/dev/zero"), "--plans: /dev/zero, a pipe or a device"));
}

TEST(TextFile, ASparseFileOfAnySizeTakesNoMemory) {
  const test::ScratchDirectory directory;
  test::write_text(directory / "f", "x");
  std::filesystem::resize_file(directory / "f", std::uintmax_t{1} << 40);
  EXPECT_TRUE(contains(error_of_reading(directory / "f"), "f, more than 1000 bytes (expected"));
}

// A shell's <(command).
TEST(TextFile, WhatIsHandedOverOpenIsReadToItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "text", 4), 4);
  close(ends[1]);
  EXPECT_EQ(read_text_file("--batch", "/dev/fd/" + std::to_string(ends[0]), 1000), "text");
  close(ends[0]);
}

} // namespace
} // namespace convforge
