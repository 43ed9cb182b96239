#include "base/temporary_directory.hpp"

#include "base/error.hpp"
#include "base/remove_tree.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_system(const char *what, const std::string &path) {
  const int error = errno; // before memory is asked for
  throw Error(std::string(what) + " " + path + ": " + std::generic_category().message(error));
}

class File {
public:
  File(const std::string &path, int flags) : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0)
      fail_system("cannot open", path);
  }
  ~File() { close(descriptor_); }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  int descriptor() const { return descriptor_; }

private:
  int descriptor_;
};

} // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::error_code error;
  const fs::path parent = fs::temp_directory_path(error);
  if (error)
    fail("temporary directory", error.message(), "TMPDIR unset, or the name of a directory");
  std::string name = (parent / "convforge-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw Error("temporary directory " + name + ": " + std::generic_category().message(errno) +
                " (set TMPDIR to a directory that may be written, with room)");
  try {
    path_ = name;
  } catch (...) { // no memory, and no destructor of what is not made
    remove_tree(name.c_str());
    throw;
  }
}

TemporaryDirectory::~TemporaryDirectory() {
  remove_tree(path_.c_str());
}

// No streams: those have no error but "failed", also for std::bad_alloc.
void TemporaryDirectory::write(const std::string &name, std::string_view content) const {
  const std::string path = file(name);
  fs::create_directories(fs::path(path).parent_path());
  const File output(path, O_WRONLY | O_CREAT | O_EXCL);
  while (!content.empty()) {
    const ssize_t count = ::write(output.descriptor(), content.data(), content.size());
    if (count < 0 && errno != EINTR)
      fail_system("cannot write", path);
    content.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

std::vector<std::uint8_t> TemporaryDirectory::read(const std::string &name) const {
  const std::string path = file(name);
  const File input(path, O_RDONLY);
  struct stat status = {};
  if (fstat(input.descriptor(), &status) != 0)
    fail_system("cannot read", path);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t count = ::read(input.descriptor(), bytes.data() + done, bytes.size() - done);
    if (count == 0 || (count < 0 && errno != EINTR))
      fail_system("cannot read", path);
    done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  return bytes;
}

} // namespace convforge
