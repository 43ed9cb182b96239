#include "base/error.hpp"
#include "base/file.hpp"
#include "file_content.hpp"
#include "scratch_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;
using test::bytes_of;

std::string error_of_write(const fs::path &path, std::span<const std::uint8_t> bytes) {
  try {
    write_file_atomically(path, bytes);
  } catch (const Error &e) {
    return e.what();
  }
  return "no error";
}

std::size_t entries(const fs::path &directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), {}));
}

/// No file may grow beyond `bytes`: what a full disk does to write(), for any user on any file system.
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit = {bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit &) = delete;
  FileSizeLimit &operator=(const FileSizeLimit &) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, handler_);
  }

private:
  rlimit old_ = {};
  void (*handler_)(int);
};

TEST(WriteFile, WritesAndReplaces) {
  const test::ScratchDirectory directory;
  const fs::path path = directory.path() / "conv1.h";
  write_file_atomically(path, bytes_of("first, longer"));
  write_file_atomically(path, bytes_of("second"));
  EXPECT_EQ(test::read_text(path), "second");
  write_file_atomically(path, {});
  EXPECT_EQ(test::read_text(path), "");
  EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(WriteFile, HasTheUsersDefaultMode) {
  const test::ScratchDirectory directory;
  const mode_t old = umask(027);
  write_file_atomically(directory.path() / "f", bytes_of("x"));
  umask(old);
  struct stat status = {};
  ASSERT_EQ(stat((directory.path() / "f").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

mode_t mode_of(const fs::path &path) {
  struct stat status = {};
  EXPECT_EQ(stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777u;
}

TEST(WriteFile, KeepsTheModeOfAFileThatItReplaces) {
  const test::ScratchDirectory directory;
  const fs::path path = directory.path() / "f";
  for (const mode_t mode : {0600u, 0664u, 0755u}) {
    write_file_atomically(path, bytes_of("old"));
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
    write_file_atomically(path, bytes_of("new"));
    EXPECT_EQ(mode_of(path), mode);
    write_files_atomically(directory.path(), std::vector<Member>{{"f", bytes_of("newer")}});
    EXPECT_EQ(mode_of(path), mode);
    EXPECT_EQ(test::read_text(path), "newer");
  }
}

TEST(WriteFile, WritesWhatALinkLeadsTo) {
  const test::ScratchDirectory directory;
  const fs::path link = directory.path() / "link", far = directory.path() / "elsewhere/far";
  fs::create_directory(far.parent_path());
  fs::create_symlink("elsewhere/near", link);
  fs::create_symlink(far, directory.path() / "elsewhere/near");
  for (const char *text : {"a new file", "its next content"}) { // the links lead nowhere at first
    write_file_atomically(link, bytes_of(text));
    EXPECT_EQ(test::read_text(far), text);
  }
  write_files_atomically(directory.path(), std::vector<Member>{{"link", bytes_of("of several")}});
  EXPECT_EQ(test::read_text(far), "of several");
  EXPECT_TRUE(fs::is_symlink(link) && fs::is_symlink(directory.path() / "elsewhere/near"));
  EXPECT_EQ(entries(far.parent_path()), 2u);
}

TEST(WriteFile, LinksThatGoRoundAreAnError) {
  const test::ScratchDirectory directory;
  fs::create_symlink("b", directory.path() / "a");
  fs::create_symlink("a", directory.path() / "b");
  EXPECT_THAT(error_of_write(directory.path() / "a", bytes_of("x")), testing::HasSubstr("symbolic links"));
  EXPECT_TRUE(fs::is_symlink(directory.path() / "a"));
}

TEST(WriteFile, TakesAPathWithoutADirectory) {
  const test::ScratchDirectory directory;
  const fs::path old = fs::current_path();
  fs::current_path(directory.path());
  write_file_atomically("plain", bytes_of("x"));
  fs::current_path(old);
  EXPECT_EQ(test::read_text(directory.path() / "plain"), "x");
}

TEST(WriteFile, FullDiskLeavesTheOldFile) {
  const test::ScratchDirectory directory;
  const fs::path path = directory.path() / "conv1.o";
  write_file_atomically(path, bytes_of("old"));
  std::string error;
  {
    const FileSizeLimit limit(4096);
    error = error_of_write(path, std::vector<std::uint8_t>(10000));
  }
  EXPECT_THAT(error, testing::HasSubstr(path.string()));
  EXPECT_THAT(error, testing::HasSubstr("File too large (free some space there"));
  EXPECT_EQ(test::read_text(path), "old");
  EXPECT_EQ(entries(directory.path()), 1u);
}

TEST(WriteFile, FullFileSystemLeavesNothing) {
  const test::ScratchDirectory directory;
  if (mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "mounting a small tmpfs needs root";
  const std::string error = error_of_write(directory.path() / "conv1.o", std::vector<std::uint8_t>(100000));
  const std::size_t left = entries(directory.path());
  umount(directory.path().c_str());
  EXPECT_THAT(error, testing::HasSubstr("No space left on device"));
  EXPECT_EQ(left, 0u);
}

TEST(WriteFile, NoPermissionIsAnError) {
  const test::ScratchDirectory directory;
  fs::permissions(directory.path(), fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_exec);
  const bool root = geteuid() == 0;
  ASSERT_TRUE(!root || seteuid(65534) == 0); // permissions do not hold root back
  const std::string error = error_of_write(directory.path() / "f", bytes_of("x"));
  EXPECT_THROW(write_files_atomically(directory.path(), std::vector<Member>{{"f", {}}, {"g", {}}}), Error);
  ASSERT_TRUE(!root || seteuid(0) == 0);
  fs::permissions(directory.path(), fs::perms::owner_all);
  EXPECT_THAT(error, testing::HasSubstr("Permission denied (choose a directory that you may write to"));
}

TEST(WriteFiles, WritesAllOrNone) {
  const test::ScratchDirectory directory;
  const auto write = [&](std::string_view header, std::size_t object_bytes) {
    try {
      write_files_atomically(
          directory.path(),
          std::vector<Member>{{"c.h", bytes_of(header)}, {"c.o", std::vector<std::uint8_t>(object_bytes)}});
    } catch (const Error &e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(write("old", 10), "no error");
  {
    const FileSizeLimit limit(4096);
    EXPECT_THAT(write("new", 10000), testing::HasSubstr("c.o: File too large"));
  }
  EXPECT_EQ(test::read_text(directory.path() / "c.h"), "old"); // which would have fitted
  EXPECT_EQ(entries(directory.path()), 2u);
  EXPECT_EQ(write("new", 10000), "no error");
  EXPECT_EQ(test::read_text(directory.path() / "c.h"), "new");
  fs::remove(directory.path() / "c.o");
  fs::create_directory(directory.path() / "c.o");
  EXPECT_THAT(write("newer", 1), testing::HasSubstr("a regular file"));
  EXPECT_EQ(test::read_text(directory.path() / "c.h"), "new");
  EXPECT_EQ(entries(directory.path()), 2u);
}

// In a directory such as /tmp everyone may make files, and nobody may replace another user's.
TEST(WriteFiles, ANameThatIsRefusedLeavesTheOthersAsTheyWere) {
  if (geteuid() != 0)
    GTEST_SKIP() << "a file of another user needs root";
  const test::ScratchDirectory directory;
  ASSERT_EQ(chmod(directory.path().c_str(), 01777), 0);
  test::write_text(directory.path() / "c.h", "another user's");
  ASSERT_EQ(seteuid(65534), 0);
  write_file_atomically(directory.path() / "c.c", bytes_of("old"));
  std::string error = "no error";
  try {
    write_files_atomically(directory.path(), std::vector<Member>{{"c.o", bytes_of("object")},
                                                                 {"c.c", bytes_of("new")},
                                                                 {"c.h", bytes_of("header")}});
  } catch (const Error &e) {
    error = e.what();
  }
  ASSERT_EQ(seteuid(0), 0);
  EXPECT_THAT(error, testing::HasSubstr("c.h: Operation not permitted"));
  EXPECT_THAT(error, testing::HasSubstr("nothing was written"));
  EXPECT_EQ(test::read_text(directory.path() / "c.c"), "old");
  EXPECT_EQ(test::read_text(directory.path() / "c.h"), "another user's");
  EXPECT_EQ(entries(directory.path()), 2u);
}

TEST(WriteFile, MissingDirectoryIsAnError) {
  const test::ScratchDirectory directory;
  EXPECT_THAT(error_of_write(directory.path() / "no" / "f", bytes_of("x")),
              testing::HasSubstr("make its directory first"));
}

TEST(WriteFile, RefusesWhatIsNoRegularFile) {
  const test::ScratchDirectory directory;
  const fs::path pipe =
      directory.path() / "pipe"; // in a device's place: a mistake must not cost the machine its /dev/null
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(error_of_write(pipe, bytes_of("x")), testing::HasSubstr("a regular file"));
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_THAT(error_of_write(directory.path(), bytes_of("x")), testing::HasSubstr("a regular file"));
  EXPECT_THAT(error_of_write("", bytes_of("x")), testing::HasSubstr("a regular file"));
}

} // namespace
} // namespace convforge
