// This process with less rights or less room than it has, while an object lives.
#pragma once

#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace convforge {

/// Root reads and writes everything: while this lives, root is nobody, who owns the directory.
class PlainUser {
public:
  explicit PlainUser(const std::filesystem::path &directory) {
    if (geteuid() != 0)
      return;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(directory))
      EXPECT_EQ(lchown(entry.path().c_str(), nobody, nobody), 0);
    EXPECT_EQ(chown(directory.c_str(), nobody, nobody) + seteuid(nobody), 0);
  }
  ~PlainUser() { EXPECT_EQ(seteuid(getuid()), 0); }
  PlainUser(const PlainUser &) = delete;
  PlainUser &operator=(const PlainUser &) = delete;

  static constexpr uid_t nobody = 65534;
};

/// A limit on the size of files fails a write half way, as a full disk does.
class FullDisk {
public:
  explicit FullDisk(rlim_t most_bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit small = {most_bytes, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  ~FullDisk() {
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &before_), 0);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk &) = delete;
  FullDisk &operator=(const FullDisk &) = delete;

private:
  rlimit before_ = {};
  sighandler_t handler_;
};

} // namespace convforge
