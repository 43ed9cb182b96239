// Files of every kind that users name: what is read of them, and what is written where.
#include "file_content.hpp"
#include "program.hpp"
#include "verify/npy.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <sys/stat.h>

using namespace convforge;

namespace {

void expect_contains(const std::string &text, const std::string &part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

class Files : public testing::Test {
protected:
  Files() {
    write_npy(directory / "x.npy", {1, 1, 1, 1}, {3});
    write_npy(directory / "w.npy", {1, 1, 1, 1}, {5});
  }
  std::string run(const std::string &output) const {
    return "run --problem ic1ih1oc1kh1 --target x86-64-sse41 --input " + (directory / "x.npy") +
           " --weights " + (directory / "w.npy") + " --output " + output;
  }
  void expect_result(const std::string &file) const {
    EXPECT_EQ(floats_of(read_npy(directory / file)), std::vector<float>{15}) << file;
  }
  const ScratchDirectory directory;
};

TEST_F(Files, DeepPlansAreAnErrorThatNamesTheFile) {
  const std::string plans = directory / "plans.json";
  test::write_text(plans, "{\"format\": " + std::string(200000, '[') + std::string(200000, ']') +
                              ", \"plans\": []}");
  const std::string problem = " --problem ic3ih3oc1kh2 --target x86-64-sse41 ",
                    message = "plans.json: JSON: ";
  expect_error("explain" + problem + "--plans " + plans, message);
  expect_error("tune" + problem + "--db " + plans, message);
  expect_error("compile" + problem + "--plan " + plans + " --out " + (directory / "out"), message);
  setenv("CONVFORGE_PLANS", plans.c_str(), 1);
  expect_error("explain" + problem, message);
  unsetenv("CONVFORGE_PLANS");
}

TEST_F(Files, APipeOrADirectoryIsNamed) {
  const std::string pipe = directory / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const std::string problem = " --problem ic3ih3oc1kh2 --target x86-64-sse41 ";
  for (const std::string &path : {pipe, directory / ""}) {
    expect_error("summary --batch " + path, path + ", a ");
    expect_error("explain" + problem + "--plans " + path, path + ", a ");
    expect_error("compile" + problem + "--plan " + path, path + ", a ");
    expect_error("tune" + problem + "--db " + path, path + ", a ");
    expect_error("run --problem ic1ih1oc1kh1 --output y.npy --weights w.npy --input " + path, path);
  }
}

TEST_F(Files, AListMayComeThroughAShellsPipe) {
  const ProcessResult result = run_shell("echo ic3ih3oc1kh2 | $convforge summary --batch /dev/stdin");
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  expect_contains(result.output, "Total params: 12 ");
}

// A pipe of the shell for standard output holds the tensor alone.
TEST_F(Files, StandardOutputIsAPlaceForTheResult) {
  std::filesystem::create_symlink("/proc/self/fd/1", directory / "link");
  for (const std::string &name : {std::string("-"), std::string("/dev/stdout"), directory / "link"})
    for (const char *to : {" >", " | cat >"}) {
      const ProcessResult result = run_shell("$convforge " + run(name) + to + (directory / "y.npy"));
      EXPECT_EQ(result.exit_code, 0) << result.errors;
      expect_contains(result.errors, name + ": (1, 1, 1, 1)");
      expect_result("y.npy");
    }
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
}

TEST_F(Files, LinksAndModesAreKept) {
  test::write_text(directory / "far.npy", "");
  std::filesystem::permissions(directory / "far.npy", std::filesystem::perms(0600));
  std::filesystem::create_symlink("far.npy", directory / "link.npy");
  expect_contains(output_of(run(directory / "link.npy")), "link.npy: (1, 1, 1, 1)");
  expect_result("far.npy");
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link.npy"));
  EXPECT_EQ(std::filesystem::status(directory / "far.npy").permissions(), std::filesystem::perms(0600));
}

TEST_F(Files, NotANumberInWeightsIsTold) {
  const std::string line = run(directory / "y.npy") + " --epilogue bias --bias " + (directory / "b.npy");
  write_npy(directory / "b.npy", {1}, {1});
  EXPECT_EQ(run_convforge(line).errors, "");
  write_npy(directory / "b.npy", {1}, {NAN});
  const ProcessResult result = run_convforge(line);
  EXPECT_EQ(result.exit_code, 0);
  expect_contains(result.errors,
                  "--bias " + (directory / "b.npy") + ": 1 of 1 numbers are NaN, the first at 0");
}

TEST_F(Files, OutputThatCannotBeWrittenIsAFailure) {
  for (const char *command : {"--help", "--version", "compile --help", "targets", "targets --json",
                              "summary --problem ic3ih3oc1kh2", "cache path",
                              "explain --problem ic3ih3oc1kh2 --target x86-64-sse41"}) {
    const ProcessResult result = run_shell(std::string("$convforge ") + command + " >/dev/full");
    EXPECT_EQ(result.exit_code, 1) << command;
    expect_contains(result.errors, "convforge: ");
  }
  for (const char *name : {"-", "/dev/stdout", "/dev/full"}) {
    const ProcessResult result = run_shell("$convforge " + run(name) + " >/dev/full");
    EXPECT_EQ(result.exit_code, 1) << name;
    expect_contains(result.errors, "No space left on device");
  }
}

} // namespace
