// Which weights are known to be zero, of a problem whose weights become constants: whole taps, input channels
// and output channels, as pruning leaves them. Kernels leave these out (docs/constant-weights.md).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace convforge {

struct Problem;

/// Numbers in ascending order; nothing is known of weights where all three are empty.
struct ZeroWeights {
  std::vector<int> taps; ///< (t * R + r) * S + s of every tap that is zero for all channels
  std::vector<int> in_channels, out_channels; ///< among those of all groups

  bool none() const { return taps.empty() && in_channels.empty() && out_channels.empty(); }
  bool operator==(const ZeroWeights &) const = default;
};

/// What is zero of these weights, of either sign, which lie as the problem's layout of weights has them, in
/// its type of floats. Where all are, every tap is, and channels are not listed. Of 8-bit integers,
/// and of convolutions with pooling behind them: nothing is said.
ZeroWeights find_zero_weights(const Problem &problem, std::span<const std::byte> weights);

/// Is the weight known to be zero? `place`: among the weights as they lie.
class IsKnownZero {
public:
  explicit IsKnownZero(const Problem &problem);
  bool operator()(std::size_t place) const { return zero_[place]; }

private:
  std::vector<bool> zero_;
};

/// "0-3,7" of numbers in ascending order.
std::string ranges_in_words(std::span<const int> numbers);

} // namespace convforge
