#include "sweep.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <random>

namespace convforge::test {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

void add_exponents(std::vector<float> &values, float sign, std::mt19937 &random) {
  for (int exponent = -149; exponent <= 127; ++exponent)
    for (int i = 0; i < 200; ++i) {
      const double mantissa = 1 + random() * 0x1p-32 * (1 - 0x1p-24); // not so near 2 that float32 rounds up
      values.push_back(sign * static_cast<float>(std::ldexp(mantissa, exponent)));
    }
}

void add_neighbours(std::vector<float> &values, float point) {
  float up = point, down = point;
  for (int i = 0; i < 100; ++i) {
    values.insert(values.end(), {up, down});
    up = std::nextafter(up, infinity);
    down = std::nextafter(down, -infinity);
  }
}

} // namespace

std::vector<Activation> every_activation() {
  using enum ActivationKind;
  return {{relu},
          {relu6},
          {leaky_relu, 0.1f},
          {leaky_relu, 0},
          {leaky_relu, 1},
          {leaky_relu, 3},
          {leaky_relu, -0.5f},
          {clip, 0, 6},
          {clip, -1.5f, 2.5f},
          {clip, -infinity, 1},
          {sigmoid},
          {tanh},
          {silu},
          {hard_sigmoid},
          {hard_swish},
          {gelu},
          {gelu_tanh},
          {elu, 1},
          {elu, 0.3f},
          {elu, -2},
          {elu, 0},
          {softplus},
          {mish}};
}

std::string label(const Activation &activation) {
  switch (activation.kind) {
  case ActivationKind::clip:
    return fmt::format("clip:{}:{}", activation.a, activation.b);
  case ActivationKind::leaky_relu:
  case ActivationKind::elu:
    return fmt::format("{}:{}", name_of(activation.kind), activation.a);
  default:
    return std::string(name_of(activation.kind));
  }
}

std::vector<float> sweep() {
  using Limits = std::numeric_limits<float>;
  std::mt19937 random(20240607);
  std::vector<float> values;
  for (float sign : {-1.0f, 1.0f}) {
    add_exponents(values, sign, random);
    for (float point :
         {0.3466f, 0.5f,  1.0f,  1.5f,   2.5f,   3.0f,  6.0f,    8.66f,   9.02f,   10.0f,  10.8f,  13.2f,
          14.2f,   14.5f, 18.0f, 87.34f, 88.73f, 92.0f, 103.28f, 103.97f, 108.66f, 109.0f, 128.0f, 1e30f})
      add_neighbours(values, sign * point);
    for (float x = 0; x < 120; x += 0.00390625f * (1 + static_cast<float>(random()) * 0x1p-32f))
      values.push_back(sign * x);
    for (float special :
         {0.0f, Limits::denorm_min(), Limits::min(), Limits::max(), infinity, Limits::quiet_NaN()})
      values.push_back(sign * special);
  }
  values.resize((values.size() + 63) / 64 * 64, 0.0f);
  return values;
}

} // namespace convforge::test
