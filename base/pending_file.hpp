// A file that is written beside its place.
#pragma once

#include "base/unfinished.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace convforge {

/// A new file beside `path`, of the mode that the one there has, that disappears unless it is moved to
/// `path`. Every function answers 0 or the error of the system (errno).
class PendingFile {
public:
  explicit PendingFile(const std::filesystem::path &path);
  PendingFile(const PendingFile &) = delete;
  PendingFile &operator=(const PendingFile &) = delete;
  ~PendingFile();

  const std::filesystem::path &path() const { return path_; } ///< as the user named it

  [[nodiscard]] int create();
  [[nodiscard]] int write(std::span<const std::uint8_t> bytes);
  /// Everything is on the disk: what follows can hardly fail.
  [[nodiscard]] int finish();
  [[nodiscard]] int move_into_place();
  /// The same, but what was there stays beside it until this object goes, where the file system can do that.
  [[nodiscard]] int exchange();
  /// Undoes exchange(); false if what was there is gone.
  [[nodiscard]] bool take_back();

private:
  enum class State { none, beside, added, replaced, exchanged };

  int keep_mode();

  Unfinished unfinished_;
  std::filesystem::path path_, target_, temporary_;
  int descriptor_ = -1;
  bool replaces_ = false; ///< something was there
  State state_ = State::none;
};

} // namespace convforge
