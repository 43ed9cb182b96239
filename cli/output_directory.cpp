#include "cli/output_directory.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <system_error>

namespace convforge::cli {

void make_output_directory(const std::filesystem::path &out) {
  std::error_code error;
  std::filesystem::create_directories(out, error);
  if (error)
    fail("--out", out.string() + ": " + error.message(), "a directory, or a place where one can be made");
}

void write_output_files(const std::vector<Member> &files, const std::filesystem::path &out) {
  make_output_directory(out);
  write_files_atomically(out, files);
  for (const auto &[name, content] : files)
    fmt::print("{}  {} bytes\n", (out / name).lexically_normal().string(), content.size());
}

} // namespace convforge::cli
