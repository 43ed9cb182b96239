#include "base/temporary_directory.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace convforge {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error)
    fail("temporary directory", error.message(), "TMPDIR unset, or the name of a directory");
  std::string name = (parent / "convforge-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw Error("temporary directory " + name + ": " + std::generic_category().message(errno) +
                " (set TMPDIR to a directory that may be written, with room)");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

} // namespace convforge
