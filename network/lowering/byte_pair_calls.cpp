// Of operation_calls.hpp: arithmetic of two bytes, whose results for all pairs of them are computed here.
#include "base/error.hpp"
#include "convforge/quantise.h"
#include "network/lowering/byte_line.hpp"
#include "network/lowering/operation_calls.hpp"
#include "problem/dtype.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace convforge::network {
namespace {

using models::QuantisedArithmetic;
using Kind = QuantisedArithmetic::Kind;

constexpr int numbers = 256, least = -128, most = 127;
constexpr int left_shift = 20; // of LiteRT's summands

/// One tensor's scale, with numbers from -128 to 127: of bytes without a sign 128 less.
struct Steps {
  Steps(const models::Scale &of, ElementType type)
      : scale(of.scales.at(0)), zero(of.zero_points.at(0) - (type == ElementType::u8 ? 128 : 0)) {}
  float scale;
  int zero;
};

struct Pairing {
  Kind kind;
  Steps a, b, result;
};

/// MultiplyByQuantizedMultiplier().
std::int32_t times(std::int32_t number, double multiplier) {
  constexpr int wide = 1 << 30;
  const convforge_requantisation how{CONVFORGE_ROUND_TFLITE, 0, -wide, wide, 0, 0};
  return convforge_requantise(&how, number, multiplier, 0);
}

/// AddElementwise() of tensorflow/lite/kernels/internal/reference/add.h and SubElementwise() beside it, with
/// numbers as Prepare() of tensorflow/lite/kernels/add.cc has them: all summands are computed ahead.
class LiteRtSums {
public:
  explicit LiteRtSums(const Pairing &pairing) : zero_(pairing.result.zero) {
    const double a_scale = pairing.a.scale, b_scale = pairing.b.scale, twice = 2 * std::max(a_scale, b_scale);
    multiplier_ = twice / ((1 << left_shift) * static_cast<double>(pairing.result.scale));
    const int sign = pairing.kind == Kind::subtract ? -1 : 1;
    for (int i = 0; i < numbers; ++i) {
      a_[index(i)] = times((least + i - pairing.a.zero) * (1 << left_shift), a_scale / twice);
      b_[index(i)] = sign * times((least + i - pairing.b.zero) * (1 << left_shift), b_scale / twice);
    }
  }
  int operator()(int a, int b) const {
    return times(a_[index(a - least)] + b_[index(b - least)], multiplier_) + zero_;
  }

private:
  static std::size_t index(int i) { return static_cast<std::size_t>(i); }
  std::array<std::int32_t, numbers> a_{}, b_{};
  double multiplier_;
  int zero_;
};

/// MulElementwise() of tensorflow/lite/kernels/internal/reference/integer_ops/mul.h; its multiplier is
/// computed in float (Prepare() of tensorflow/lite/kernels/mul.cc).
class LiteRtProducts {
public:
  explicit LiteRtProducts(const Pairing &pairing)
      : pairing_(pairing), multiplier_(pairing.a.scale * pairing.b.scale / pairing.result.scale) {}
  int operator()(int a, int b) const {
    return times((a - pairing_.a.zero) * (b - pairing_.b.zero), multiplier_) + pairing_.result.zero;
  }

private:
  const Pairing &pairing_;
  double multiplier_;
};

int nearest_step(float steps) {
  return static_cast<int>(std::nearbyint(std::clamp(steps, -1e6F, 1e6F)));
}

/// QLinearAdd as ONNX Runtime computes it on x86 with AVX2 (MlasQLinearAddKernelAvx2Helper()): products and
/// sums are fused. On numbers as the tensors have them, whose zero points are part of a number.
class RuntimeSums {
public:
  RuntimeSums(const Pairing &pairing, int offset)
      : offset_(offset), a_(pairing.a.scale / pairing.result.scale),
        b_(pairing.b.scale / pairing.result.scale) {
    const auto a_zero = static_cast<float>(pairing.a.zero + offset),
               b_zero = static_cast<float>(pairing.b.zero + offset);
    fixed_ = static_cast<float>(pairing.result.zero + offset) - std::fma(a_, a_zero, b_ * b_zero);
  }
  int operator()(int a, int b) const {
    const auto x = static_cast<float>(a + offset_), y = static_cast<float>(b + offset_);
    return nearest_step(std::fma(x, a_, std::fma(y, b_, fixed_))) - offset_;
  }

private:
  int offset_; ///< of the numbers that bytes without a sign are
  float a_, b_, fixed_;
};

/// QLinearMul (MlasQLinearMulKernel()).
class RuntimeProducts {
public:
  RuntimeProducts(const Pairing &pairing, int offset)
      : pairing_(pairing), offset_(offset), ratio_(pairing.a.scale * pairing.b.scale / pairing.result.scale) {
  }
  int operator()(int a, int b) const {
    const auto product = static_cast<float>((a - pairing_.a.zero) * (b - pairing_.b.zero));
    const float steps = product * ratio_;
    return nearest_step(steps + static_cast<float>(pairing_.result.zero + offset_)) - offset_;
  }

private:
  const Pairing &pairing_;
  int offset_;
  float ratio_;
};

/// The results of all pairs, by a, then by b.
template <typename Function>
std::vector<std::int8_t> results_of(const Function &function) {
  std::vector<std::int8_t> results;
  results.reserve(std::size_t{numbers} * numbers);
  for (int a = least; a <= most; ++a)
    for (int b = least; b <= most; ++b)
      results.push_back(static_cast<std::int8_t>(std::clamp(function(a, b), least, most)));
  return results;
}

std::vector<std::int8_t> results_of(const Pairing &pairing, Rounding rounding, ElementType type) {
  const int offset = type == ElementType::u8 ? 128 : 0;
  const bool product = pairing.kind == Kind::multiply;
  if (rounding == Rounding::onnx)
    return product ? results_of(RuntimeProducts(pairing, offset)) : results_of(RuntimeSums(pairing, offset));
  return product ? results_of(LiteRtProducts(pairing)) : results_of(LiteRtSums(pairing));
}

std::optional<convforge_byte_line> line_of(const Pairing &pairing, const std::vector<std::int8_t> &results) {
  std::vector<std::int32_t> x, y;
  const bool product = pairing.kind == Kind::multiply;
  for (int a = least; a <= most; ++a)
    for (int b = least; b <= most; ++b) {
      x.push_back(product ? (a - pairing.a.zero) * (b - pairing.b.zero) : a);
      y.push_back(product ? 0 : b);
    }
  const double steps = pairing.result.scale, a_slope = pairing.a.scale / steps,
               b_slope = pairing.b.scale / steps;
  if (product)
    return line_through({x, y, results, a_slope * pairing.b.scale, 0});
  return line_through({x, y, results, a_slope, pairing.kind == Kind::subtract ? -b_slope : b_slope});
}

/// By the bytes of a type.
std::uint8_t byte_of(int number, ElementType type) {
  return static_cast<std::uint8_t>(type == ElementType::u8 ? number - least : number);
}
int number_of(std::size_t byte, ElementType type) {
  return type == ElementType::u8 ? static_cast<int>(byte) + least : static_cast<std::int8_t>(byte);
}

ByteTable table_of(const std::vector<std::int8_t> &results, ElementType type) {
  ByteTable table(results.size());
  for (std::size_t a = 0; a < numbers; ++a)
    for (std::size_t b = 0; b < numbers; ++b) {
      const int row = number_of(a, type) - least, column = number_of(b, type) - least;
      table[a * numbers + b] =
          byte_of(results[static_cast<std::size_t>(row) * numbers + static_cast<std::size_t>(column)], type);
    }
  return table;
}

/// Does a function of all numbers only cut off what is beyond its least and its largest result?
bool only_limits(const std::vector<std::int8_t> &results) {
  const auto [low, high] = std::ranges::minmax(results);
  for (int i = 0; i < numbers; ++i)
    if (results[static_cast<std::size_t>(i)] != std::clamp<int>(least + i, low, high))
      return false;
  return true;
}

} // namespace

std::vector<std::int8_t> pair_results(const QuantisedArithmetic &arithmetic, ElementType type) {
  const Pairing pairing{
      arithmetic.kind, {arithmetic.a, type}, {arithmetic.b, type}, {arithmetic.result, type}};
  return results_of(pairing, arithmetic.rounding, type);
}

BytePairsCall byte_pairs(const QuantisedArithmetic &arithmetic, ElementType type, const View &output,
                         const View &a, const View &b) {
  const Pairing pairing{
      arithmetic.kind, {arithmetic.a, type}, {arithmetic.b, type}, {arithmetic.result, type}};
  const convforge_elementwise axes = elementwise(CONVFORGE_ADD, output, a, &b).operation;
  BytePairsCall call;
  call.operation.dtype = dtype_of(type);
  call.operation.rank = axes.rank;
  std::ranges::copy(axes.size, call.operation.size);
  call.operation.output = axes.output, call.operation.a = axes.a, call.operation.b = axes.b;
  const std::vector<std::int8_t> results = results_of(pairing, arithmetic.rounding, type);
  const auto line = line_of(pairing, results);
  if (!line) {
    call.table = table_of(results, type);
    return call;
  }
  call.operation.line = *line;
  if (pairing.kind == Kind::multiply) {
    call.operation.product = 1;
    call.operation.a_zero_point = pairing.a.zero, call.operation.b_zero_point = pairing.b.zero;
  }
  return call;
}

bool append_table(BytePairsCall &call, const ByteTable &table, double slope) {
  if (!call.table.empty()) {
    std::ranges::transform(call.table, call.table.begin(), [&](std::uint8_t byte) { return table.at(byte); });
    return true;
  }
  if (call.operation.then_count != 0)
    return false;
  const ElementType type = call.operation.dtype == CONVFORGE_U8 ? ElementType::u8 : ElementType::s8;
  std::vector<std::int32_t> all;
  std::vector<std::int8_t> results;
  for (int i = least; i <= most; ++i) {
    all.push_back(i);
    results.push_back(static_cast<std::int8_t>(number_of(table.at(byte_of(i, type)), type)));
  }
  convforge_byte_line &line = call.operation.line;
  if (only_limits(results)) {
    const auto [low, high] = std::ranges::minmax(results);
    const std::int32_t from = line.low, to = line.high;
    line.low = std::clamp(line.base + low, from, to), line.high = std::clamp(line.base + high, from, to);
    return true;
  }
  const std::vector<std::int32_t> none(all.size());
  const auto then = line_through({all, none, results, slope, 0});
  if (!then || then->a_rest != 0 || then->summand_rest != 0)
    return false;
  call.operation.then = *then;
  call.operation.then_count = 1;
  return true;
}

} // namespace convforge::network
