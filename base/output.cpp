#include "base/output.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/named_descriptor.hpp"

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace convforge {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_through(const std::string &name, int error) {
  throw Error("cannot write " + name + ": " + std::generic_category().message(error));
}

void write_all(int descriptor, std::span<const std::uint8_t> bytes, const std::string &name) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) { // the caller's descriptor may be one that does not block
      pollfd ready = {descriptor, POLLOUT, 0};
      poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      fail_through(name, errno);
    }
  }
}

void write_through(const fs::path &path, std::span<const std::uint8_t> bytes) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0)
    fail_through(path.string(), errno);
  try {
    write_all(descriptor, bytes, path.string());
  } catch (...) {
    close(descriptor);
    throw;
  }
  if (close(descriptor) != 0)
    fail_through(path.string(), errno);
}

std::optional<int> descriptor_of(const fs::path &output) {
  return output == "-" ? STDOUT_FILENO : named_descriptor(output);
}

} // namespace

void write_output(const fs::path &output, std::span<const std::uint8_t> bytes) {
  std::error_code unknown;
  const fs::file_status status = fs::status(output, unknown);
  if (const std::optional<int> descriptor = descriptor_of(output))
    write_all(*descriptor, bytes, output == "-" ? "standard output" : output.string());
  else if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status))
    write_through(output, bytes);
  else
    write_file_atomically(output, bytes);
}

bool is_standard_output(const fs::path &output) {
  struct stat standard = {}, there = {};
  return output == "-" || (fstat(STDOUT_FILENO, &standard) == 0 && stat(output.c_str(), &there) == 0 &&
                           standard.st_dev == there.st_dev && standard.st_ino == there.st_ino);
}

} // namespace convforge
