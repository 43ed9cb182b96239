// What the loader gives kernels, what it keeps from them, and what it says when it fails. Without Halide.
#include "base/error.hpp"
#include "file_content.hpp"
#include "fixture.hpp"
#include "loader.hpp"
#include "stored_compiler.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {
namespace {

/// The error of loading the artefact. Nothing may go to standard error: an application's is not LLVM's.
std::string load_error(const Artefact &artefact) {
  testing::internal::CaptureStderr();
  std::string message;
  try {
    LoadedKernel::load(artefact);
  } catch (const Error &error) {
    message = error.what();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  return message;
}

TEST(Loader, AKernelCannotNameFunctionsOfTheProcess) {
  const std::string message = load_error(foreign_artefact(small_problem(0)));
  EXPECT_NE(message.find("loading conv_x86_64_sse41: "), std::string::npos) << message;
  EXPECT_NE(message.find("getpid"), std::string::npos) << message;
}

TEST(Loader, WhatIsNoObjectIsNamed) {
  Artefact artefact = stored_artefact(small_problem(0));
  artefact.object.assign(100, 'x');
  EXPECT_NE(load_error(artefact).find("loading conv_x86_64_sse41: "), std::string::npos);
  artefact.object.clear();
  EXPECT_NE(load_error(artefact), "");
}

TEST(Loader, AnObjectWithoutTheKernelsFunctionIsNamed) {
  Artefact artefact = stored_artefact(small_problem(0));
  artefact.symbol = "conv_elsewhere";
  EXPECT_NE(load_error(artefact).find("conv_elsewhere"), std::string::npos);
}

TEST(Loader, LoadsWhatIsWhole) {
  EXPECT_EQ(load_error(stored_artefact(small_problem(0))), "");
}

/// /tmp/perf-<pid>.map, gone at the end.
class PerfMapFile {
public:
  PerfMapFile() { std::filesystem::remove(path); }
  ~PerfMapFile() { std::filesystem::remove(path); }
  PerfMapFile(const PerfMapFile &) = delete;
  PerfMapFile &operator=(const PerfMapFile &) = delete;

  const std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
};

void load_for_perf() {
  EXPECT_TRUE(LoadedKernel::load(stored_artefact(small_problem(0)), true));
}

TEST(PerfMap, HasALineForEachFunction) {
  const PerfMapFile map;
  load_for_perf();
  const std::string first = test::read_text(map.path);
  EXPECT_NE(first.find(" conv_x86_64_sse41\n"), first.npos) << first;
  load_for_perf();
  EXPECT_GT(test::read_text(map.path).size(), first.size());
}

// Anyone may make a file of that name, before the process begins.
TEST(PerfMap, APipeIsNeitherWaitedForNorWritten) {
  const PerfMapFile map;
  ASSERT_EQ(mkfifo(map.path.c_str(), 0600), 0);
  load_for_perf();
  const int reader = open(map.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  load_for_perf();
  char byte = 0;
  EXPECT_LE(read(reader, &byte, 1), 0);
  close(reader);
}

TEST(PerfMap, ALinkIsNotFollowed) {
  const ScratchDirectory directory;
  test::write_text(directory / "mine", "text");
  const PerfMapFile map;
  std::filesystem::create_symlink(directory / "mine", map.path);
  load_for_perf();
  std::filesystem::remove(map.path);
  std::error_code refused; // across file systems
  std::filesystem::create_hard_link(directory / "mine", map.path, refused);
  load_for_perf();
  EXPECT_EQ(test::read_text(directory / "mine"), "text");
}

TEST(PerfMap, AnotherUsersFileIsLeftAlone) {
  if (geteuid() != 0)
    GTEST_SKIP() << "a file of another user needs root";
  const PerfMapFile map;
  test::write_text(map.path, "theirs");
  ASSERT_EQ(chown(map.path.c_str(), 65534, 65534), 0);
  load_for_perf();
  EXPECT_EQ(test::read_text(map.path), "theirs");
}

} // namespace
} // namespace convforge
