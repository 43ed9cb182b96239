// How much the constants of a model may become in memory.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace convforge::models {

/// Nodes that convert constants make new ones of them, and a few bytes of a hostile file are enough for such
/// a node. Real models convert each constant a few times, to twice or four times its size.
class ConstantBudget {
public:
  explicit ConstantBudget(std::size_t file_bytes) : left_(16 * std::uint64_t{file_bytes} + (1u << 20)) {}
  /// Throws Error when there is no room for so many bytes more.
  void take(std::uint64_t bytes) {
    if (bytes > left_)
      throw Error(
          fmt::format("its constants take more than 16 times the file, {} bytes more than that with the next",
                      bytes - left_));
    left_ -= bytes;
  }

private:
  std::uint64_t left_;
};

} // namespace convforge::models
