#include "base/directory_lock.hpp"

#include "base/error.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace convforge {

DirectoryLock::DirectoryLock(const std::filesystem::path &directory)
    : descriptor_(open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0)
    fail("directory", directory.string() + ": " + std::generic_category().message(errno),
         "one that is there and may be read");
  int status = 0;
  do
    status = flock(descriptor_, LOCK_EX);
  while (status != 0 && errno == EINTR);
  held_ = status == 0;
}

DirectoryLock::~DirectoryLock() {
  close(descriptor_);
}

} // namespace convforge
