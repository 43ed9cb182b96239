#include "program.hpp"

#include "hang_limit.hpp"
#include "verify/npy.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sstream>

namespace convforge {

ProcessResult run_convforge(const std::string &line) {
  std::istringstream words(line);
  std::vector<std::string> arguments = {CONVFORGE};
  arguments.insert(arguments.end(), std::istream_iterator<std::string>(words), {});
  return run_process(arguments, "", hang_limit);
}

ProcessResult run_shell(const std::string &line) {
  setenv("convforge", CONVFORGE, 1);
  return run_process({"sh", "-c", line}, "", hang_limit);
}

void write_npy(const std::string &path, const std::vector<std::int64_t> &shape,
               const std::vector<float> &values, ElementType type) {
  const auto bytes = format_npy(shape, values, type);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes.data()), std::ssize(bytes));
}

std::string output_of(const std::string &line) {
  const ProcessResult result = run_convforge(line);
  EXPECT_EQ(result.exit_code, 0) << line << "\n" << result.errors;
  return result.output;
}

namespace {

void expect_failure(int exit_code, const std::string &line, const std::string &part) {
  const ProcessResult result = run_convforge(line);
  EXPECT_EQ(result.exit_code, exit_code) << line;
  EXPECT_EQ(result.output, "") << line;
  EXPECT_NE(result.errors.find(part), std::string::npos) << line << "\n" << result.errors;
}

} // namespace

void expect_error(const std::string &line, const std::string &part) {
  expect_failure(1, line, part);
}

void expect_usage_error(const std::string &line, const std::string &part) {
  expect_failure(2, line, part);
}

} // namespace convforge
