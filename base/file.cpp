#include "base/file.hpp"

#include "base/error.hpp"
#include "base/pending_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <deque>
#include <system_error>

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

/// Throws Error unless `error` is 0.
void require_written(int error, const fs::path &path, const std::string &left = "nothing was written") {
  if (error != 0)
    throw Error(fmt::format("cannot write {}: {} ({}; {})", path.string(),
                            std::generic_category().message(error), remedy(error), left));
}

/// A rename would replace a device or a pipe, such as /dev/null, by a plain file.
void require_regular(const fs::path &path) {
  std::error_code unknown;
  const fs::file_status status = fs::status(path, unknown);
  if (!path.has_filename() || (fs::exists(status) && !fs::is_regular_file(status)))
    fail("path", path.string(), "the name of a regular file, new or to be replaced");
  if (unknown.value() == ELOOP)
    require_written(ELOOP, path);
}

void put_on_disk(PendingFile &file, std::span<const std::uint8_t> bytes) {
  require_written(file.create(), file.path());
  require_written(file.write(bytes), file.path());
  require_written(file.finish(), file.path());
}

/// Takes the first `count` files back, and says what is there then.
std::string take_back(std::deque<PendingFile> &files, std::size_t count) {
  std::vector<std::string> written;
  for (std::size_t i = count; i-- > 0;)
    if (!files[i].take_back())
      written.push_back(files[i].path().filename().string());
  return written.empty() ? "nothing was written"
                         : fmt::format("{} was already replaced", fmt::join(written, ", "));
}

} // namespace

void write_files_atomically(const fs::path &directory, std::span<const Member> files) {
  for (const auto &[name, bytes] : files)
    require_regular(directory / name);
  std::deque<PendingFile> pending; // which has no use for the move that a vector asks for
  for (const auto &[name, bytes] : files)
    put_on_disk(pending.emplace_back(directory / name), bytes);
  for (std::size_t i = 0; i < pending.size(); ++i)
    if (const int error = pending[i].exchange(); error != 0)
      require_written(error, pending[i].path(), take_back(pending, i));
}

void write_file_atomically(const fs::path &path, std::span<const std::uint8_t> bytes) {
  require_regular(path);
  PendingFile file(path);
  put_on_disk(file, bytes);
  require_written(file.move_into_place(), path);
}

} // namespace convforge
