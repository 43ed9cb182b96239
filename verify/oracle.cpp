#include "verify/oracle.hpp"

#include "base/error.hpp"
#include "verify/layout.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace convforge {
namespace {

void require_size(const char *tensor, std::size_t size, const std::vector<std::int64_t> &shape) {
  if (size != elements(shape))
    fail(tensor, std::to_string(size) + " elements", std::to_string(elements(shape)));
}

/// A tap of the kernel, or a position in an image or among its outputs: along depth, height and width.
using Place = std::array<int, 3>;

/// Calls visit(place) for every place of a box with these extents, the last one fastest.
template <typename Visit>
void for_each_place(const Problem &problem, int Axis::*extent, const Visit &visit) {
  for (int d = 0; d < problem.depth().*extent; ++d)
    for (int h = 0; h < problem.height().*extent; ++h)
      for (int w = 0; w < problem.width().*extent; ++w)
        visit(Place{d, h, w});
}

/// One convolution. Weights are kept as doubles in the order the inner loop reads them, [g][t][r][s][c][k].
class Oracle {
public:
  Oracle(const Problem &problem, std::span<const float> input, std::span<const float> weights)
      : p_(problem), input_(input), x_(DataStrides::input(problem)), weights_(reordered(weights)) {}

  /// Adds up one output pixel: all output channels at once, so that the inner loop runs along contiguous
  /// weights.
  void pixel(int n, const Place &out, std::span<double> value, std::span<double> magnitude) const {
    for_each_place(p_, &Axis::kernel, [&](const Place &at) {
      std::array<std::int64_t, 3> in;
      for (std::size_t i = 0; i < in.size(); ++i) {
        in[i] = position(p_.axes[i], out[i], at[i]);
        if (in[i] < 0)
          return;
      }
      const auto &[d, h, w] = in;
      tap(input_.data() + n * x_.n + d * x_.d + h * x_.h + w * x_.w, at, value, magnitude);
    });
  }

private:
  /// Of the input under a tap; -1: a zero stands there, or it is between two of a transposed convolution's.
  std::int64_t position(const Axis &axis, std::int64_t out, std::int64_t tap) const {
    const std::int64_t distance = out + axis.pad_begin - tap * axis.dilation;
    if (p_.transposed && distance % axis.stride != 0)
      return -1;
    return element_at(p_.padding_mode,
                      p_.transposed ? distance / axis.stride
                                    : out * axis.stride + tap * axis.dilation - axis.pad_begin,
                      axis.input);
  }

  void tap(const float *x, const Place &at, std::span<double> value, std::span<double> magnitude) const {
    const std::size_t C = p_.group_in(), K = p_.group_out();
    for (std::size_t g = 0; g < static_cast<std::size_t>(p_.groups); ++g)
      for (std::size_t c = 0; c < C; ++c) {
        const double xc = x[(g * C + c) * x_.c];
        const double *w = weights_.data() + weight_row(g, at, c);
        double *v = value.data() + g * K, *m = magnitude.data() + g * K;
        for (std::size_t k = 0; k < K; ++k) {
          v[k] += xc * w[k];
          m[k] += std::abs(xc * w[k]);
        }
      }
  }

  std::size_t weight_row(std::size_t g, const Place &at, std::size_t c) const {
    std::size_t row = g;
    for (std::size_t i = 0; i < at.size(); ++i)
      row = row * p_.axes[i].kernel + at[i];
    return (row * p_.group_in() + c) * p_.group_out();
  }

  std::vector<double> reordered(std::span<const float> weights) const {
    const WeightsStrides stride = weights_strides(p_);
    const std::size_t K = p_.group_out();
    std::vector<double> out(weights.size());
    for (int g = 0; g < p_.groups; ++g)
      for_each_place(p_, &Axis::kernel, [&](const Place &at) {
        const auto &[t, r, s] = at;
        for (int c = 0; c < p_.group_in(); ++c)
          for (std::size_t k = 0; k < K; ++k)
            out[weight_row(g, at, c) + k] =
                weights[t * stride.tap[0] + r * stride.tap[1] + s * stride.tap[2] + c * stride.c +
                        g * stride.group + k * stride.k];
      });
    return out;
  }

  const Problem &p_;
  std::span<const float> input_;
  DataStrides x_;
  std::vector<double> weights_;
};

} // namespace

Sums convolve(const Problem &problem, std::span<const float> input, std::span<const float> weights) {
  require_size("input", input.size(), problem.input_shape());
  require_size("weights", weights.size(), problem.weights_shape());
  const std::size_t K = problem.out_channels, count = elements(problem.residual_shape());
  const DataStrides y = DataStrides::output(problem);
  const Oracle oracle(problem, input, weights);
  Sums sums{std::vector<double>(count), std::vector<double>(count)};
  std::vector<double> value(K), magnitude(K);
  for (int n = 0; n < problem.batch; ++n)
    for_each_place(problem, &Axis::output, [&](const Place &out) {
      const auto &[d, h, w] = out;
      std::fill(value.begin(), value.end(), 0.0);
      std::fill(magnitude.begin(), magnitude.end(), 0.0);
      oracle.pixel(n, out, value, magnitude);
      for (std::size_t k = 0; k < K; ++k) {
        const std::size_t at = n * y.n + d * y.d + h * y.h + w * y.w + k * y.c;
        sums.value[at] = value[k];
        sums.magnitude[at] = magnitude[k];
      }
    });
  return sums;
}

} // namespace convforge
