#include "verify/oracle.hpp"

#include "base/error.hpp"
#include "verify/layout.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace convforge {
namespace {

void require_size(const char *tensor, std::size_t size, const std::vector<std::int64_t> &shape) {
  if (size != elements(shape))
    fail(tensor, std::to_string(size) + " elements", std::to_string(elements(shape)));
}

/// One convolution. Weights are kept as doubles in the order the inner loop reads them, [g][r][s][c][k].
class Oracle {
public:
  Oracle(const Problem &problem, std::span<const float> input, std::span<const float> weights)
      : p_(problem), input_(input),
        x_(problem.layout, problem.height().input, problem.width().input, problem.in_channels),
        weights_(reordered(weights)) {}

  /// Adds up one output pixel: all output channels at once, so that the inner loop runs along contiguous
  /// weights.
  void pixel(int n, int oh, int ow, std::span<double> value, std::span<double> magnitude) const {
    const Axis &H = p_.height(), &W = p_.width();
    for (int r = 0; r < H.kernel; ++r) {
      const std::int64_t h = std::int64_t{oh} * H.stride + std::int64_t{r} * H.dilation - H.pad_begin;
      if (h < 0 || h >= H.input)
        continue;
      for (int s = 0; s < W.kernel; ++s) {
        const std::int64_t w = std::int64_t{ow} * W.stride + std::int64_t{s} * W.dilation - W.pad_begin;
        if (w >= 0 && w < W.input)
          tap(input_.data() + n * x_.n + h * x_.h + w * x_.w, r, s, value, magnitude);
      }
    }
  }

private:
  void tap(const float *x, int r, int s, std::span<double> value, std::span<double> magnitude) const {
    const std::size_t C = p_.group_in(), K = p_.group_out();
    for (std::size_t g = 0; g < static_cast<std::size_t>(p_.groups); ++g)
      for (std::size_t c = 0; c < C; ++c) {
        const double xc = x[(g * C + c) * x_.c];
        const double *w = weights_.data() + weight_row(g, r, s, c);
        double *v = value.data() + g * K, *m = magnitude.data() + g * K;
        for (std::size_t k = 0; k < K; ++k) {
          v[k] += xc * w[k];
          m[k] += std::abs(xc * w[k]);
        }
      }
  }

  std::size_t weight_row(std::size_t g, std::size_t r, std::size_t s, std::size_t c) const {
    return (((g * p_.height().kernel + r) * p_.width().kernel + s) * p_.group_in() + c) * p_.group_out();
  }

  std::vector<double> reordered(std::span<const float> weights) const {
    const WeightsStrides stride(p_);
    const std::size_t K = p_.group_out();
    std::vector<double> out(weights.size());
    for (int g = 0; g < p_.groups; ++g)
      for (int r = 0; r < p_.height().kernel; ++r)
        for (int s = 0; s < p_.width().kernel; ++s)
          for (int c = 0; c < p_.group_in(); ++c)
            for (std::size_t k = 0; k < K; ++k)
              out[weight_row(g, r, s, c) + k] =
                  weights[r * stride.r + s * stride.s + c * stride.c + (g * K + k) * stride.k];
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
  const std::size_t K = problem.out_channels, count = elements(problem.output_shape());
  const DataStrides y(problem.layout, problem.height().output, problem.width().output, problem.out_channels);
  const Oracle oracle(problem, input, weights);
  Sums sums{std::vector<double>(count), std::vector<double>(count)};
  std::vector<double> value(K), magnitude(K);
  for (int n = 0; n < problem.batch; ++n)
    for (int h = 0; h < problem.height().output; ++h)
      for (int w = 0; w < problem.width().output; ++w) {
        std::fill(value.begin(), value.end(), 0.0);
        std::fill(magnitude.begin(), magnitude.end(), 0.0);
        oracle.pixel(n, h, w, value, magnitude);
        for (std::size_t k = 0; k < K; ++k) {
          const std::size_t at = n * y.n + h * y.h + w * y.w + k * y.c;
          sums.value[at] = value[k];
          sums.magnitude[at] = magnitude[k];
        }
      }
  return sums;
}

} // namespace convforge
