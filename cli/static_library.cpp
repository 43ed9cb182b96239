#include "cli/static_library.hpp"

#include "base/error.hpp"
#include "base/held_signals.hpp"
#include "base/subprocess.hpp"
#include "base/temporary_directory.hpp"
#include "cli/runtime_header.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
#include <sstream>

namespace convforge::cli {
namespace {

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

/// The object of the generated source.
std::vector<std::uint8_t> compiled(const std::string &name, const std::string &source,
                                   const std::string &header) {
  std::vector<std::string> command = c_compiler(); // by a stream, which would swallow std::bad_alloc
  const HeldSignals until_the_directory_is_gone;   // so it stands before it
  const TemporaryDirectory directory;
  for (const RuntimeHeader &file : runtime_headers())
    directory.write(file.name, file.text);
  directory.write(name + ".h", header);
  directory.write(name + ".c", source);
  if (!says_visibility(command))
    command.emplace_back("-fvisibility=hidden");
  command.insert(command.end(), {"-std=c11", "-O2", "-fPIC", "-I" + directory.path().string(), "-c",
                                 directory.file(name + ".c"), "-o", directory.file(name + ".o")});
  run_compiler(command);
  return directory.read(name + ".o");
}

} // namespace

std::vector<std::uint8_t> build_static_library(const std::string &name, const std::string &source,
                                               const std::string &header, std::vector<Member> objects) {
  objects.emplace_back(name + ".o", compiled(name, source, header));
  return emit_archive(objects); // LLVM's, which may end the program: after the directory has gone
}

} // namespace convforge::cli
