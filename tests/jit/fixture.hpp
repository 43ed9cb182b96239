// What the tests of the JIT share.
#pragma once

#include "artefact/artefact.hpp"
#include "convforge/jit.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace convforge {

/// A new empty directory, removed at the end of the test.
class ScratchDirectory {
public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory &) = delete;
  ScratchDirectory &operator=(const ScratchDirectory &) = delete;
  const std::filesystem::path &path() const { return path_; }
  std::filesystem::path operator/(const std::string &name) const { return path_ / name; }
  /// The names in it, sorted.
  std::vector<std::string> names() const;

private:
  std::filesystem::path path_;
};

std::vector<std::uint8_t> read_bytes(const std::filesystem::path &path);
void write_bytes(const std::filesystem::path &path, const std::vector<std::uint8_t> &bytes);

/// Problem number i of a family that compiles in a blink; all different.
Problem small_problem(int i);
/// An artefact of small_problem(i) with a few made-up bytes for an object: for caches, not for the loader.
Artefact made_up_artefact(int i);

} // namespace convforge
