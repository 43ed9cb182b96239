#include "base/remove_tree.hpp"

#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace convforge {
namespace {

bool remove_entry(int directory, const char *name) noexcept;

/// Of one reading of the directory. Answers whether any went.
bool remove_entries_once(int directory) noexcept {
  alignas(dirent64) char entries[2048];
  bool removed = false;
  lseek(directory, 0, SEEK_SET);
  for (ssize_t size = 0; (size = getdents64(directory, entries, sizeof entries)) > 0;)
    for (const char *at = entries; at < entries + size;) {
      const auto *entry = reinterpret_cast<const dirent64 *>(at);
      if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
        removed = remove_entry(directory, entry->d_name) || removed;
      at += entry->d_reclen;
    }
  return removed;
}

bool remove_entry(int directory, const char *name) noexcept {
  if (unlinkat(directory, name, 0) == 0)
    return true;
  const int inner = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0)
    return false;
  while (remove_entries_once(inner)) { // what is removed while it is read may hide others
  }
  close(inner);
  return unlinkat(directory, name, AT_REMOVEDIR) == 0;
}

} // namespace

void remove_tree(const char *path) noexcept {
  remove_entry(AT_FDCWD, path);
}

} // namespace convforge
