#include "base/pending_file.hpp"

#include "base/named_descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <random>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {

namespace {

int error_of(int status) {
  return status == 0 ? 0 : errno;
}

} // namespace

PendingFile::PendingFile(const std::filesystem::path &path) : path_(path), target_(without_links(path)) {}

PendingFile::~PendingFile() {
  if (descriptor_ >= 0)
    close(descriptor_);
  if (state_ == State::beside || state_ == State::exchanged)
    unlink(temporary_.c_str());
}

int PendingFile::create() {
  struct stat there = {};
  replaces_ = stat(target_.c_str(), &there) == 0;
  // Mode 0666 less the user's umask, as compilers write their outputs; mkstemp() would give 0600. In the
  // place of a file that is not everyone's to read: nobody's until its mode is set.
  const mode_t mode = replaces_ ? 0600 : 0666;
  std::random_device random;
  do {
    // Before there is such a file: afterwards no memory may be needed to know its name.
    temporary_ = target_.parent_path() / fmt::format(".{}.{:08x}", target_.filename().string(), random());
    descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  } while (descriptor_ < 0 && errno == EEXIST);
  if (descriptor_ < 0)
    return errno;
  state_ = State::beside;
  return replaces_ ? keep_mode() : 0;
}

/// The owner, too, where this user may give files away, and else the group, where it is one of the user's.
int PendingFile::keep_mode() {
  struct stat old = {};
  if (stat(target_.c_str(), &old) != 0)
    return errno;
  if (fchown(descriptor_, old.st_uid, old.st_gid) != 0) [[maybe_unused]]
    const int refused = fchown(descriptor_, static_cast<uid_t>(-1), old.st_gid);
  return error_of(fchmod(descriptor_, old.st_mode & 0777u));
}

int PendingFile::write(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

int PendingFile::finish() {
  // Some file systems report a full disk only here.
  if (fsync(descriptor_) != 0)
    return errno;
  return error_of(close(std::exchange(descriptor_, -1)));
}

int PendingFile::move_into_place() {
  if (rename(temporary_.c_str(), target_.c_str()) != 0)
    return errno;
  state_ = replaces_ ? State::replaced : State::added;
  return 0;
}

int PendingFile::exchange() {
  if (replaces_ && renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) {
    state_ = State::exchanged;
    return 0;
  }
  return move_into_place();
}

bool PendingFile::take_back() {
  const int error = state_ == State::exchanged
                        ? renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE)
                    : state_ == State::added ? rename(target_.c_str(), temporary_.c_str())
                                             : -1;
  if (error != 0)
    return false;
  state_ = State::beside;
  return true;
}

} // namespace convforge
