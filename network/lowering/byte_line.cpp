#include "network/lowering/byte_line.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace convforge::network {
namespace {

constexpr int rest_bits = 10, most_shift = 22;
constexpr std::int64_t rest_unit = 1 << rest_bits;
constexpr int most_trials = 100; // of a pass over all places each: some ten milliseconds

/// Factors in 2^-bits, which are the shift and, where there are rests, those of them.
struct Factors {
  std::int64_t a, b;
};

/// The summands with which a line is right at all places: from `least` to `most`, and the places that make it
/// so. None where `least` is more.
struct Room {
  std::int64_t least = std::numeric_limits<std::int64_t>::min() / 4, most = -least;
  std::size_t least_at = 0, most_at = 0;
};

/// Beyond its least and its largest result a line may lead anywhere: those are its limits.
Room room_of(const LineThrough &wanted, const Factors &factors, int bits) {
  const auto [low, high] = std::ranges::minmax(wanted.results);
  Room room;
  for (std::size_t i = 0; i < wanted.results.size(); ++i) {
    const std::int64_t value = factors.a * wanted.a[i] + factors.b * wanted.b[i], y = int{wanted.results[i]};
    const std::int64_t least = y * (std::int64_t{1} << bits) - value,
                       most = least + (std::int64_t{1} << bits) - 1;
    if (y > low && least > room.least)
      room.least = least, room.least_at = i;
    if (y < high && most < room.most)
      room.most = most, room.most_at = i;
  }
  return room;
}

std::int64_t away_from_zero(double number) {
  return static_cast<std::int64_t>(number < 0 ? std::floor(number) : std::ceil(number));
}

/// Turns the line so that the two places that exclude each other no longer do: as little as that takes.
bool turn(const LineThrough &wanted, const Room &room, Factors &factors) {
  const double a = wanted.a[room.least_at] - wanted.a[room.most_at],
               b = wanted.b[room.least_at] - wanted.b[room.most_at], length = a * a + b * b;
  if (length == 0)
    return false;
  const double by = static_cast<double>(room.least - room.most) / length;
  factors.a += away_from_zero(by * a), factors.b += away_from_zero(by * b);
  return true;
}

struct Range {
  std::int64_t least, most;
};

/// Of factors times numbers of all places.
Range range_of(const LineThrough &wanted, const Factors &factors) {
  Range range{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  for (std::size_t i = 0; i < wanted.results.size(); ++i) {
    const std::int64_t value = factors.a * wanted.a[i] + factors.b * wanted.b[i];
    range = {std::min(range.least, value), std::max(range.most, value)};
  }
  return range;
}

std::int64_t floor_of(std::int64_t number, int bits) {
  return number >> bits; // rounds down, since C++20
}

/// In words of 32 bits, none of which is shifted where it is below 0; numbers are in 2^-(shift + rest_bits).
/// None: there is no room.
std::optional<convforge_byte_line> in_words(const LineThrough &wanted, const Factors &factors,
                                            std::int64_t summand, int shift) {
  const int bits = shift + rest_bits;
  const Range whole = range_of(wanted, factors);
  const auto [low, high] = std::ranges::minmax(wanted.results);
  const std::int64_t base = std::max<std::int64_t>(-floor_of(whole.least + summand, bits), -int{low});
  const std::int64_t largest = floor_of(whole.most + summand, bits) + base;
  const Factors rests{factors.a & (rest_unit - 1), factors.b & (rest_unit - 1)};
  const Range rest = range_of(wanted, rests);
  const std::int64_t lifted = std::max<std::int64_t>(0, -floor_of(rest.least, rest_bits));
  const std::int64_t total = summand + base * (std::int64_t{1} << bits) - lifted * rest_unit;
  const std::int64_t rest_summand = (total & (rest_unit - 1)) + lifted * rest_unit;
  constexpr std::int64_t words = std::int64_t{1} << 32;
  if ((largest + 1) * (std::int64_t{1} << shift) > words || rest.most + rest_summand >= words ||
      base + high > std::numeric_limits<std::int32_t>::max())
    return std::nullopt;
  const auto word = [](std::int64_t number) { return static_cast<std::uint32_t>(number); };
  convforge_byte_line line = {};
  line.a_factor = word(floor_of(factors.a, rest_bits)), line.b_factor = word(floor_of(factors.b, rest_bits));
  line.summand = word(floor_of(total, rest_bits));
  line.a_rest = word(rests.a), line.b_rest = word(rests.b), line.summand_rest = word(rest_summand);
  line.shift = shift;
  line.base = static_cast<std::int32_t>(base);
  line.low = line.base + low, line.high = line.base + high;
  return line;
}

/// The most bits behind the point that 32 of all leave for results of this size.
int shift_for(const LineThrough &wanted) {
  double a = 0, b = 0;
  for (std::size_t i = 0; i < wanted.results.size(); ++i)
    a = std::max(a, std::abs(static_cast<double>(wanted.a[i]))),
    b = std::max(b, std::abs(static_cast<double>(wanted.b[i])));
  const double most = 2 * (a * std::abs(wanted.a_slope) + b * std::abs(wanted.b_slope)) + 4 * 256;
  return std::min(most_shift, 32 - static_cast<int>(std::ceil(std::log2(most))));
}

/// Turns a first line until it is right at all places, with room to either side. Without rests, which double
/// what a line costs, factors are multiples of their unit.
std::optional<convforge_byte_line> line_of(const LineThrough &wanted, int shift, bool rests) {
  const int bits = rests ? shift + rest_bits : shift;
  const std::int64_t unit = rests ? 1 : rest_unit;
  const double one = std::ldexp(1.0, bits);
  Factors factors{std::llround(wanted.a_slope * one), std::llround(wanted.b_slope * one)};
  for (int trial = 0; trial < most_trials; ++trial) {
    const Room room = room_of(wanted, factors, bits);
    if (room.least <= room.most)
      return in_words(wanted, {factors.a * unit, factors.b * unit},
                      (room.least + (room.most - room.least) / 2) * unit, shift);
    if (!turn(wanted, room, factors))
      break;
  }
  return std::nullopt;
}

} // namespace

std::optional<convforge_byte_line> line_through(const LineThrough &wanted) {
  const int shift = shift_for(wanted);
  if (shift < 1)
    return std::nullopt;
  const auto line = line_of(wanted, shift, false);
  return line ? line : line_of(wanted, shift, true);
}

int on_line(const convforge_byte_line &line, std::int32_t a, std::int32_t b) {
  const auto x = static_cast<std::uint32_t>(a), y = static_cast<std::uint32_t>(b);
  const std::uint32_t rest = (x * line.a_rest + y * line.b_rest + line.summand_rest) >> rest_bits;
  const std::uint32_t steps = (x * line.a_factor + y * line.b_factor + line.summand + rest) >> line.shift;
  return std::clamp(static_cast<std::int32_t>(steps), line.low, line.high) - line.base;
}

} // namespace convforge::network
