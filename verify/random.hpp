// A small random generator that gives the same numbers on every machine (the standard's distributions do
// not).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace convforge {

/// SplitMix64 (Steele, Lea, Flood 2014): any seed is a good one.
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// A whole number from low to high, both included.
  int integer(int low, int high) {
    return low + static_cast<int>((next() >> 32) * (std::uint64_t(high) - low + 1) >> 32);
  }
  /// A number in [low, high), a multiple of (high - low) * 2^-24.
  float uniform(float low, float high) {
    return low + (high - low) * static_cast<float>(next() >> 40) * 0x1p-24f;
  }
  bool chance(int one_in) { return integer(1, one_in) == 1; }

private:
  std::uint64_t state_;
};

/// One of a list.
template <typename T, std::size_t n>
T pick(const T (&choices)[n], Random &random) {
  return choices[random.integer(0, n - 1)];
}

/// FNV-1a: seeds from text, stable across machines and versions.
inline std::uint64_t seed_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

} // namespace convforge
