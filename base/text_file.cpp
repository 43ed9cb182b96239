#include "base/text_file.hpp"

#include "base/error.hpp"
#include "base/named_descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;

class TextFile {
public:
  TextFile(const std::string &field, const fs::path &path)
      : field_(field), path_(path.string()), given_(named_descriptor(path)) {
    // Not blocking: opening a pipe waits for its writer.
    descriptor_ = given_ ? fcntl(*given_, F_DUPFD_CLOEXEC, 0)
                         : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor_ < 0)
      refuse(errno);
  }
  TextFile(const TextFile &) = delete;
  TextFile &operator=(const TextFile &) = delete;
  ~TextFile() { close(descriptor_); }

  void require_readable() const {
    struct stat status = {};
    if (fstat(descriptor_, &status) != 0)
      refuse(errno);
    if (S_ISDIR(status.st_mode))
      fail(field_, path_ + ", a directory", "a file that can be read");
    if (!given_ && !S_ISREG(status.st_mode))
      fail(field_, path_ + ", a pipe or a device", "a regular file that can be read");
  }

  std::string read(std::size_t most_bytes) const {
    std::string text;
    char buffer[1 << 16];
    while (true) {
      const ssize_t count = ::read(descriptor_, buffer, sizeof buffer);
      if (count == 0)
        return text;
      if (count < 0 && errno != EINTR)
        refuse(errno);
      if (count > 0)
        text.append(buffer, static_cast<std::size_t>(count));
      if (text.size() > most_bytes)
        fail(field_, fmt::format("{}, more than {} bytes", path_, most_bytes),
             "a text file of at most that size");
    }
  }

private:
  [[noreturn]] void refuse(int error) const {
    fail(field_, path_ + ": " + std::generic_category().message(error), "a file that can be read");
  }

  std::string field_, path_;
  std::optional<int> given_; ///< the descriptor that the path names
  int descriptor_ = -1;
};

} // namespace

std::string read_text_file(const std::string &field, const fs::path &path, std::size_t most_bytes) {
  const TextFile file(field, path);
  file.require_readable();
  return file.read(most_bytes);
}

} // namespace convforge
