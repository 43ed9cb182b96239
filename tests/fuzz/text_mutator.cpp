// libFuzzer's hook for text: half of the mutations put a number at a limit into the place of another, or a
// list into lists, which changing letters alone seldom does.
#include "base/split.hpp"
#include "fuzz/mutate.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view limits =
    "0 1 2 3 7 8 16 63 64 65 1000 1023 4096 32767 32768 46341 65535 65536 65537 1073741824 2147483646 "
    "2147483647 2147483648 4294967296 4611686018427387904 9223372036854775807 18446744073709551615 -1 0.5 "
    "1e38 1e-45 1e309";

/// Replaces the number at or after a place; the text stays as it is where none is.
std::string with_number(std::string_view text, std::size_t place, std::string_view number) {
  const std::size_t begin = std::min(text.find_first_of(digits, place), text.size());
  const std::size_t end = std::min(text.find_first_not_of(digits, begin), text.size());
  std::string changed(text.substr(0, begin));
  if (begin < end)
    changed += number;
  return changed.append(text.substr(end));
}

/// Where the list that begins in front of a place ends; npos where it does not.
std::size_t end_of_list(std::string_view text, std::size_t place) {
  for (int depth = 1; depth > 0; ++place) {
    place = text.find_first_of("[]", place);
    if (place == text.npos)
      return text.npos;
    depth += text[place] == '[' ? 1 : -1;
  }
  return place;
}

/// Puts the list at or after a place into so many lists.
std::string nested(std::string_view text, std::size_t place, std::size_t lists) {
  const std::size_t begin = text.find('[', place);
  const std::size_t end = begin == text.npos ? text.npos : end_of_list(text, begin + 1);
  std::string changed(text);
  if (end != text.npos)
    changed.insert(end, lists, ']').insert(begin, lists, '[');
  return changed;
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
  std::minstd_rand random(seed);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  if (below(2) == 0 || size == 0)
    return LLVMFuzzerMutate(data, size, max_size);
  static const std::vector<std::string_view> numbers = convforge::split(limits, ' ');
  const std::string_view text(reinterpret_cast<const char *>(data), size);
  const std::size_t place = below(size);
  std::string changed = below(8) == 0 ? nested(text, place, std::size_t{1} << below(8))
                                      : with_number(text, place, numbers[below(numbers.size())]);
  changed.resize(std::min(changed.size(), max_size));
  std::ranges::copy(changed, data);
  return changed.size();
}
