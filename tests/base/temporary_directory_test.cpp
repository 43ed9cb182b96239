#include "base/temporary_directory.hpp"

#include "error_of.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <sys/stat.h>

using convforge::error_of;
using convforge::TemporaryDirectory;

namespace {

/// TMPDIR for as long as the object lives.
class TemporaryFilesIn {
public:
  explicit TemporaryFilesIn(const char *directory) { setenv("TMPDIR", directory, 1); }
  ~TemporaryFilesIn() { before_.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", before_.c_str(), 1); }
  TemporaryFilesIn(const TemporaryFilesIn &) = delete;
  TemporaryFilesIn &operator=(const TemporaryFilesIn &) = delete;

private:
  std::string before_ = std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "";
};

TEST(TemporaryDirectory, IsTheUsersAloneAndGoesWithItsFiles) {
  std::filesystem::path path;
  {
    const TemporaryDirectory directory, other;
    path = directory.path();
    EXPECT_NE(path, other.path());
    struct stat status;
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700u);
    std::ofstream(directory.file("a file")) << "text";
    EXPECT_TRUE(std::filesystem::exists(path / "a file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

// More names than one reading of a directory answers.
TEST(TemporaryDirectory, GoesWithDirectoriesInItButNotWithWhatLinksLeadTo) {
  const TemporaryDirectory other;
  other.write("kept", "");
  std::filesystem::path path;
  {
    const TemporaryDirectory directory;
    path = directory.path();
    for (int i = 0; i < 300; i++)
      directory.write("a/b" + std::to_string(i % 3) + "/" + std::string(100, 'n') + std::to_string(i), "");
    std::filesystem::create_directory_symlink(other.path(), path / "a" / "link");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(std::filesystem::exists(other.file("kept")));
}

TEST(TemporaryDirectory, WritesAndReadsFiles) {
  const TemporaryDirectory directory;
  const std::string content(100000, '\0');
  directory.write("a/b", content);
  const std::vector<std::uint8_t> read = directory.read("a/b");
  EXPECT_EQ(std::string(read.begin(), read.end()), content);
  EXPECT_EQ(error_of([&] { directory.write("a/b", ""); }),
            "cannot open " + directory.file("a/b") + ": File exists");
  EXPECT_EQ(error_of([&] { directory.read("c"); }),
            "cannot open " + directory.file("c") + ": No such file or directory");
}

TEST(TemporaryDirectory, SaysWhatToDoWhereNoneCanBeMade) {
  for (const char *parent : {"/nowhere/at/all", "/proc"}) {
    const TemporaryFilesIn elsewhere(parent);
    try {
      const TemporaryDirectory directory;
      FAIL() << directory.path();
    } catch (const std::runtime_error &error) {
      EXPECT_NE(std::string(error.what()).find("TMPDIR"), std::string::npos) << error.what();
    }
  }
}

} // namespace
