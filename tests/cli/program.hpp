// Runs build/bin/convforge as a user would.
#pragma once

#include "analysis/subprocess.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace convforge {

/// The words of `line`, split at spaces, as arguments of the program.
ProcessResult run_convforge(const std::string &line);
/// Expects exit code 0 and answers standard output.
std::string output_of(const std::string &line);
/// Expects a failing exit code, no output and a message on standard error that holds `part`.
void expect_error(const std::string &line, const std::string &part);

/// A new empty directory, removed at the end of the test.
class ScratchDirectory {
public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory &) = delete;
  ScratchDirectory &operator=(const ScratchDirectory &) = delete;
  std::string operator/(const std::string &name) const { return (path_ / name).string(); }
  /// The names in it, sorted.
  std::vector<std::string> names() const;

private:
  std::filesystem::path path_;
};

} // namespace convforge
