#include "base/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <sys/stat.h>

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
