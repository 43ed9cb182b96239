// Whole numbers, rounded up.
#pragma once

#include <type_traits>

namespace convforge {

/// The least whole number that is not below a / b, for a >= 0 and b > 0.
template <typename A, typename B>
constexpr std::common_type_t<A, B> ceil_div(A a, B b) {
  const std::common_type_t<A, B> dividend = a, divisor = b;
  return dividend / divisor + (dividend % divisor != 0);
}

/// The least multiple of b that is not below a.
template <typename A, typename B>
constexpr std::common_type_t<A, B> round_up(A a, B b) {
  return ceil_div(a, b) * static_cast<std::common_type_t<A, B>>(b);
}

} // namespace convforge
