// Outputs that are no regular files, and standard output by its names.
#include "base/output.hpp"

#include "base/named_descriptor.hpp"
#include "error_of.hpp"
#include "file_content.hpp"
#include "scratch_directory.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;
using test::bytes_of;

/// Runs `work` in a process whose standard output is that file, as a shell's `>file` or `>>file` gives it.
/// True when it returns.
bool run_into(const fs::path &file, int flags, const std::function<void()> &work) {
  const pid_t child = fork();
  if (child == 0) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | flags, 0666);
    dup2(descriptor, STDOUT_FILENO);
    try {
      work();
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0;
}

void say(const char *text) {
  EXPECT_GT(write(STDOUT_FILENO, text, std::char_traits<char>::length(text)), 0);
}

TEST(Output, StandardOutputIsWrittenThroughByEachOfItsNames) {
  const test::ScratchDirectory directory;
  const fs::path link = directory / "link", file = directory / "file";
  fs::create_symlink("/proc/self/fd/1", link);
  for (const std::string &name : {std::string("-"), std::string("/dev/stdout"), std::string("/dev/fd/1"),
                                  std::string("/proc/self/fd/1"), link.string()})
    for (const int flags : {O_TRUNC, O_APPEND}) {
      test::write_text(file, "there. ");
      EXPECT_TRUE(run_into(file, flags, [&] {
        say("before, ");
        write_output(name, bytes_of("between, "));
        say("after");
      })) << name;
      EXPECT_EQ(test::read_text(file),
                (flags == O_APPEND ? "there. " : "") + std::string("before, between, after"))
          << name;
    }
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(directory.names(), (std::vector<std::string>{"file", "link"}));
}

TEST(Output, IsStandardOutputByEachOfItsNames) {
  const test::ScratchDirectory directory;
  EXPECT_TRUE(run_into(directory / "file", O_TRUNC, [&] {
    const bool right = is_standard_output("-") && is_standard_output("/dev/stdout") &&
                       is_standard_output(directory / "file") && !is_standard_output("/dev/null") &&
                       !is_standard_output(directory / "new");
    if (!right)
      throw 1;
  }));
}

TEST(Output, APipeIsWrittenThroughAndStaysOne) {
  const test::ScratchDirectory directory;
  const fs::path pipe =
      directory / "pipe"; // in a device's place: a mistake must not cost the machine its /dev/null
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  write_output(pipe, bytes_of("text"));
  char buffer[8] = {};
  EXPECT_EQ(read(reader, buffer, sizeof buffer), 4);
  EXPECT_STREQ(buffer, "text");
  close(reader);
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_EQ(directory.names(), std::vector<std::string>{"pipe"});
}

TEST(Output, AFailureIsNamed) {
  const std::string full = error_of([] { write_output("/dev/full", bytes_of("x")); });
  EXPECT_EQ(full, "cannot write /dev/full: No space left on device");
  const test::ScratchDirectory directory;
  EXPECT_TRUE(contains(error_of([&] { write_output(directory.path(), bytes_of("x")); }), "a regular file"));
  EXPECT_TRUE(contains(error_of([&] { write_output("/dev/fd/987654", bytes_of("x")); }), "/dev/fd/987654"));
}

TEST(Output, ARegularFileIsWrittenWhole) {
  const test::ScratchDirectory directory;
  write_output(directory / "f", bytes_of("first, longer"));
  write_output(directory / "f", bytes_of("second"));
  EXPECT_EQ(test::read_text(directory / "f"), "second");
}

} // namespace
} // namespace convforge
