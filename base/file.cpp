#include "base/file.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <deque>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;

std::string_view remedy(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return "make its directory first";
  case EACCES:
  case EPERM:
  case EROFS:
    return "choose a directory that you may write to";
  case ENOSPC:
  case EDQUOT:
  case EFBIG:
    return "free some space there or choose another directory";
  default:
    return "choose another directory";
  }
}

[[noreturn]] void fail_write(const fs::path &path, int error) {
  throw Error(fmt::format("cannot write {}: {} ({}; nothing was written)", path.string(),
                          std::generic_category().message(error), remedy(error)));
}

/// A new file beside `path` that disappears unless it is moved to `path`.
class PendingFile {
public:
  explicit PendingFile(const fs::path &path) : path_(path) {
    std::random_device random;
    do {
      temporary_ = path.parent_path() / fmt::format(".{}.{:08x}", path.filename().string(), random());
      // Mode 0666 less the user's umask, as compilers write their outputs; mkstemp() would give 0600.
      descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor_ < 0 && errno == EEXIST);
    if (descriptor_ < 0)
      fail_write(path_, errno);
  }
  PendingFile(const PendingFile &) = delete;
  PendingFile &operator=(const PendingFile &) = delete;
  ~PendingFile() {
    if (descriptor_ >= 0)
      close(descriptor_);
    if (!moved_)
      unlink(temporary_.c_str());
  }

  void write(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        fail_write(path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  /// Everything is on the disk: what follows can hardly fail.
  void finish() {
    // Some file systems report a full disk only here.
    if (fsync(descriptor_) != 0)
      fail_write(path_, errno);
    if (close(std::exchange(descriptor_, -1)) != 0)
      fail_write(path_, errno);
  }

  void move_into_place() {
    if (rename(temporary_.c_str(), path_.c_str()) != 0)
      fail_write(path_, errno);
    moved_ = true;
  }

private:
  fs::path path_, temporary_;
  int descriptor_ = -1;
  bool moved_ = false;
};

/// A rename would replace a device or a pipe, such as /dev/null, by a plain file.
void require_regular(const fs::path &path) {
  std::error_code unknown;
  const fs::file_status status = fs::status(path, unknown);
  if (!path.has_filename() || (fs::exists(status) && !fs::is_regular_file(status)))
    fail("path", path.string(), "the name of a regular file, new or to be replaced");
}

} // namespace

void write_files_atomically(const fs::path &directory, std::span<const Member> files) {
  for (const auto &[name, bytes] : files)
    require_regular(directory / name);
  std::deque<PendingFile> pending; // which has no use for the move that a vector asks for
  for (const auto &[name, bytes] : files) {
    pending.emplace_back(directory / name).write(bytes);
    pending.back().finish();
  }
  for (PendingFile &file : pending)
    file.move_into_place();
}

void write_file_atomically(const fs::path &path, std::span<const std::uint8_t> bytes) {
  require_regular(path);
  PendingFile file(path);
  file.write(bytes);
  file.finish();
  file.move_into_place();
}

} // namespace convforge
