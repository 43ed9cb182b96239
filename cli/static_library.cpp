#include "cli/static_library.hpp"

#include "base/error.hpp"
#include "base/held_signals.hpp"
#include "base/subprocess.hpp"
#include "base/temporary_directory.hpp"
#include "cli/runtime_header.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>
#include <sstream>

namespace convforge::cli {
namespace {

namespace fs = std::filesystem;

void write(const fs::path &path, const std::string &text) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush())
    throw Error(path.string() + ": cannot be written (is there space left?)");
}

/// $CC may hold a launcher and flags, as make and CMake allow.
std::vector<std::string> c_compiler() {
  const char *cc = std::getenv("CC");
  std::istringstream text(cc && *cc ? cc : "cc");
  return {std::istream_iterator<std::string>(text), {}};
}

/// A library goes into one program or shared library, whose calls must not reach another one's kernel of the
/// same name. Who wants to export the calls says so in CC.
bool says_visibility(const std::vector<std::string> &compiler) {
  return std::ranges::any_of(compiler,
                             [](const std::string &flag) { return flag.starts_with("-fvisibility="); });
}

void run_compiler(const std::vector<std::string> &command) {
  const ProcessResult result = run_process(command, "", std::chrono::minutes(1));
  if (!result.found)
    fail("CC", command.front(), "a C compiler, which --emit static needs: install one or set CC");
  if (result.timed_out || result.exit_code != 0)
    throw Error(
        fmt::format("{} failed on the generated source:\n{}", fmt::join(command, " "), result.errors));
}

std::vector<std::uint8_t> read(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

std::vector<std::uint8_t> build_static_library(const std::string &name, const std::string &source,
                                               const std::string &header, std::vector<Member> objects) {
  const HeldSignals until_the_directory_is_gone; // so it stands before it
  const TemporaryDirectory directory;
  write(directory.file("convforge/convforge.h"), runtime_header);
  write(directory.file("convforge/address_sanitizer.h"), sanitizer_header);
  write(directory.file(name + ".h"), header);
  write(directory.file(name + ".c"), source);
  const std::string object = name + ".o";
  std::vector<std::string> command = c_compiler();
  if (!says_visibility(command))
    command.emplace_back("-fvisibility=hidden");
  command.insert(command.end(), {"-std=c11", "-O2", "-fPIC", "-I" + directory.path().string(), "-c",
                                 directory.file(name + ".c"), "-o", directory.file(object)});
  run_compiler(command);
  objects.emplace_back(object, read(directory.file(object)));
  return emit_archive(objects);
}

} // namespace convforge::cli
