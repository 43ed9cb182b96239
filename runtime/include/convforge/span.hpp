// Pointers that know how many elements lie behind them, for the C++ wrapper (convforge.hpp, which includes
// this).
#pragma once

#include "convforge/convforge.h"

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace convforge {

/// A pointer and how many elements lie behind it. Owns nothing. Made from anything with data() and size(), or
/// an array.
template <typename T>
class Span {
public:
  Span() = default;
  Span(T *data, std::size_t size) : data_(data), size_(size) {}
  template <std::size_t n>
  Span(T (&array)[n]) : data_(array), size_(n) {}
  template <typename Container, typename = std::enable_if_t<
                                    std::is_convertible_v<decltype(std::declval<Container &>().data()), T *>>>
  Span(Container &&container) : data_(container.data()), size_(container.size()) {}

  T *data() const { return data_; }
  std::size_t size() const { return size_; }

private:
  T *data_ = nullptr;
  std::size_t size_ = 0;
};

/// The convforge_dtype of a C++ type.
template <typename T>
constexpr std::int32_t dtype_of() {
  constexpr std::int32_t dtype = std::is_same_v<T, float>           ? CONVFORGE_F32
                                 : std::is_same_v<T, convforge_f16> ? CONVFORGE_F16
                                 : std::is_same_v<T, std::uint8_t>  ? CONVFORGE_U8
                                 : std::is_same_v<T, std::int8_t>   ? CONVFORGE_S8
                                 : std::is_same_v<T, std::int32_t>  ? CONVFORGE_S32
                                 : std::is_same_v<T, double>        ? CONVFORGE_F64
                                                                    : 0;
  static_assert(dtype != 0, "float, convforge_f16, uint8_t, int8_t, int32_t or double");
  return dtype;
}

/// Elements of a tensor and their type, one of those of dtype_of(). `Void`: const void, or void where they
/// are written. Owns nothing. Made from what a Span is made from.
template <typename Void>
class TensorSpan {
public:
  TensorSpan() = default;
  template <typename T>
  TensorSpan(T *data, std::size_t size)
      : data_(data), size_(size), dtype_(dtype_of<std::remove_const_t<T>>()) {}
  template <typename T, std::size_t n>
  TensorSpan(T (&array)[n]) : TensorSpan(array, n) {}
  template <typename Container, typename = std::enable_if_t<!std::is_void_v<
                                    std::remove_pointer_t<decltype(std::declval<Container &>().data())>>>>
  TensorSpan(Container &&container) : TensorSpan(container.data(), container.size()) {}

  Void *data() const { return data_; }
  std::size_t size() const { return size_; }
  std::int32_t dtype() const { return dtype_; }

private:
  Void *data_ = nullptr;
  std::size_t size_ = 0;
  std::int32_t dtype_ = CONVFORGE_F32;
};

} // namespace convforge
