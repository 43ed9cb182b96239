// Runs build/bin/convforge as a user would.
#pragma once

#include "base/subprocess.hpp"
#include "problem/element_type.hpp"
#include "scratch_directory.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace convforge {

/// The words of `line`, split at spaces, as arguments of the program.
ProcessResult run_convforge(const std::string &line);
/// A line of sh, in which $convforge is the program.
ProcessResult run_shell(const std::string &line);
/// Expects exit code 0 and answers standard output.
std::string output_of(const std::string &line);
/// Expects exit code 1 (a request that was understood and failed), no output and a message on standard error
/// that holds `part`.
void expect_error(const std::string &line, const std::string &part);
/// The same with exit code 2: the command line itself is wrong.
void expect_usage_error(const std::string &line, const std::string &part);

/// A .npy file of these values.
void write_npy(const std::string &path, const std::vector<std::int64_t> &shape,
               const std::vector<float> &values, ElementType type = ElementType::f32);

/// With its names as text, to be put into a command line.
class ScratchDirectory : public test::ScratchDirectory {
public:
  std::string operator/(const std::string &name) const { return (path() / name).string(); }
};

} // namespace convforge
