#include "problem/zero_weights.hpp"

#include "problem/problem.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {

namespace {

/// A weight by what it multiplies and adds to.
struct WeightNumbers {
  int tap, in, out; ///< as ZeroWeights numbers them
};

/// Calls visit(place, numbers) for every weight.
template <typename Visit>
void for_each_weight(const Problem &problem, const Visit &visit) {
  const WeightsStrides stride = weights_strides(problem);
  const int rows = problem.height().kernel, columns = problem.width().kernel;
  const int taps = static_cast<int>(problem.volume(&Axis::kernel));
  for (int g = 0; g < problem.groups; g++)
    for (int tap = 0; tap < taps; tap++) {
      const std::int64_t first = g * stride.group + tap / (rows * columns) * stride.tap[0] +
                                 tap / columns % rows * stride.tap[1] + tap % columns * stride.tap[2];
      for (int c = 0; c < problem.group_in(); c++)
        for (int k = 0; k < problem.group_out(); k++)
          visit(static_cast<std::size_t>(first + c * stride.c + k * stride.k),
                WeightNumbers{tap, g * problem.group_in() + c, g * problem.group_out() + k});
    }
}

/// Little-endian floats: nothing but the sign may be set.
bool is_zero(std::span<const std::byte> element) {
  const auto without_sign = element.first(element.size() - 1);
  return (element.back() & std::byte{0x7f}) == std::byte{} &&
         std::ranges::all_of(without_sign, [](std::byte byte) { return byte == std::byte{}; });
}

std::vector<int> unset(const std::vector<bool> &used) {
  std::vector<int> numbers;
  for (std::size_t i = 0; i < used.size(); i++)
    if (!used[i])
      numbers.push_back(static_cast<int>(i));
  return numbers;
}

std::vector<bool> set(std::size_t size, const std::vector<int> &numbers) {
  std::vector<bool> all(size);
  for (const int number : numbers)
    all[static_cast<std::size_t>(number)] = true;
  return all;
}

} // namespace

ZeroWeights find_zero_weights(const Problem &problem, std::span<const std::byte> weights) {
  if (problem.types.quantised() || problem.pools())
    return {};
  const std::size_t bytes = bytes_of(problem.types.weights);
  std::vector<bool> taps(static_cast<std::size_t>(problem.volume(&Axis::kernel)));
  std::vector<bool> in(static_cast<std::size_t>(problem.in_channels));
  std::vector<bool> out(static_cast<std::size_t>(problem.out_channels));
  for_each_weight(problem, [&](std::size_t place, const WeightNumbers &of) {
    if (!is_zero(weights.subspan(place * bytes, bytes)))
      taps[of.tap] = in[of.in] = out[of.out] = true;
  });
  ZeroWeights zeros{unset(taps), unset(in), unset(out)};
  if (zeros.taps.size() == taps.size())
    zeros.in_channels = zeros.out_channels = {};
  return zeros;
}

IsKnownZero::IsKnownZero(const Problem &problem) {
  const ZeroWeights &zeros = problem.zeros;
  const auto taps = set(static_cast<std::size_t>(problem.volume(&Axis::kernel)), zeros.taps);
  const auto in = set(static_cast<std::size_t>(problem.in_channels), zeros.in_channels);
  const auto out = set(static_cast<std::size_t>(problem.out_channels), zeros.out_channels);
  zero_.resize(static_cast<std::size_t>(problem.volume(&Axis::kernel)) * problem.group_in() *
               problem.out_channels);
  for_each_weight(problem, [&](std::size_t place, const WeightNumbers &of) {
    zero_[place] = taps[of.tap] || in[of.in] || out[of.out];
  });
}

std::string ranges_in_words(std::span<const int> numbers) {
  std::string words;
  for (std::size_t first = 0, next = 0; first < numbers.size(); first = next) {
    next = first + 1;
    while (next < numbers.size() && numbers[next] == numbers[next - 1] + 1)
      next++;
    const std::string_view comma = first == 0 ? "" : ",";
    words += next == first + 1 ? fmt::format("{}{}", comma, numbers[first])
                               : fmt::format("{}{}-{}", comma, numbers[first], numbers[next - 1]);
  }
  return words;
}

} // namespace convforge
