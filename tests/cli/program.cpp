#include "program.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>

namespace convforge {

ProcessResult run_convforge(const std::string &line) {
  std::istringstream words(line);
  std::vector<std::string> arguments = {CONVFORGE};
  arguments.insert(arguments.end(), std::istream_iterator<std::string>(words), {});
  return run_process(arguments, "", std::chrono::minutes(2));
}

std::string output_of(const std::string &line) {
  const ProcessResult result = run_convforge(line);
  EXPECT_EQ(result.exit_code, 0) << line << "\n" << result.errors;
  return result.output;
}

void expect_error(const std::string &line, const std::string &part) {
  const ProcessResult result = run_convforge(line);
  EXPECT_GT(result.exit_code, 0) << line;
  EXPECT_LT(result.exit_code, 128) << line; // no signal
  EXPECT_EQ(result.output, "") << line;
  EXPECT_NE(result.errors.find(part), std::string::npos) << line << "\n" << result.errors;
}

ScratchDirectory::ScratchDirectory() {
  std::string name = testing::TempDir() + "convforge_cli_XXXXXX";
  path_ = mkdtemp(name.data());
}

ScratchDirectory::~ScratchDirectory() {
  std::filesystem::remove_all(path_);
}

std::vector<std::string> ScratchDirectory::names() const {
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::directory_iterator(path_))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace convforge
