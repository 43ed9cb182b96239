#include "private_file.hpp"

#include "base/error.hpp"
#include "base/unfinished.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_system(const std::string &what, int error) {
  throw Error(what + ": " + std::generic_category().message(error));
}

void require_private(const struct stat &status, const fs::path &path) {
  if (status.st_uid != geteuid())
    fail(path.string(), fmt::format("owned by user {}", status.st_uid), fmt::format("user {}", geteuid()));
  if (status.st_mode & (S_IWGRP | S_IWOTH))
    fail(path.string(), fmt::format("mode {:04o}", status.st_mode & 07777u),
         "one that only its owner may write to: chmod go-w");
}

class Descriptor {
public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { release(); }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  int get() const { return number_; }
  int release() { return number_ < 0 ? 0 : close(std::exchange(number_, -1)); }

private:
  int number_;
};

/// A new file that disappears unless it is moved.
class Temporary {
public:
  explicit Temporary(const fs::path &directory)
      : path_((directory / (std::string(temporary_prefix) + "XXXXXX")).string()),
        descriptor_(mkostemp(path_.data(), O_CLOEXEC)) { // mode 0600
    if (descriptor_.get() < 0)
      fail_system("cannot write to " + directory.string(), errno);
  }
  ~Temporary() {
    if (!moved_)
      unlink(path_.c_str());
  }
  Temporary(const Temporary &) = delete;
  Temporary &operator=(const Temporary &) = delete;

  void write(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno != EINTR)
        fail_system("cannot write " + path_, errno);
      bytes = bytes.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
  }
  void move_to(const fs::path &path) {
    if (fsync(descriptor_.get()) != 0 || descriptor_.release() != 0)
      fail_system("cannot write " + path_, errno);
    if (rename(path_.c_str(), path.c_str()) != 0)
      fail_system("cannot write " + path.string(), errno);
    moved_ = true;
  }

private:
  Unfinished unfinished_;
  std::string path_;
  Descriptor descriptor_;
  bool moved_ = false;
};

} // namespace

void require_private_directory(const fs::path &directory) {
  std::error_code error;
  if (directory.has_parent_path())
    fs::create_directories(directory.parent_path(), error);
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    fail_system("cannot make " + directory.string(), errno);
  struct stat status = {};
  if (stat(directory.c_str(), &status) != 0)
    fail_system("cannot look at " + directory.string(), errno);
  if (!S_ISDIR(status.st_mode))
    fail(directory.string(), "a file", "a directory");
  require_private(status, directory);
}

std::vector<std::uint8_t> read_private_file(const fs::path &path, std::uint64_t most_bytes) {
  // Not blocking: a pipe of that name must not hold us.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status = {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0)
    fail_system("cannot read " + path.string(), errno);
  if (!S_ISREG(status.st_mode))
    fail(path.string(), "something else", "a regular file");
  require_private(status, path);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > most_bytes)
    fail(path.string(), fmt::format("{} bytes", size), fmt::format("at most {}", most_bytes));
  std::vector<std::uint8_t> bytes(size);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = read(file.get(), bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno != EINTR)
      fail_system("cannot read " + path.string(), errno);
    if (got == 0)
      bytes.resize(done); // it shrank meanwhile
    done += got < 0 ? 0 : static_cast<std::size_t>(got);
  }
  return bytes;
}

void write_private_file(const fs::path &directory, const std::string &name,
                        std::span<const std::uint8_t> bytes) {
  Temporary file(directory);
  file.write(bytes);
  file.move_to(directory / name);
}

} // namespace convforge
