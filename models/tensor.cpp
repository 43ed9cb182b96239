#include "models/tensor.hpp"

#include "base/error.hpp"
#include "convforge/elements.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

namespace convforge::models {
namespace {

constexpr std::int64_t most_elements = std::int64_t{1} << 40;

/// Calls `use` with an object of the type that elements have in memory; halves have the bits' type.
template <typename Use>
void with_type(DataType type, const Use &use) {
  switch (type) {
  case DataType::f32:
    return use(float{});
  case DataType::f16:
    return use(convforge_f16{});
  case DataType::f64:
    return use(double{});
  case DataType::s8:
    return use(std::int8_t{});
  case DataType::u8:
  case DataType::boolean:
    return use(std::uint8_t{});
  case DataType::s32:
    return use(std::int32_t{});
  case DataType::s64:
    return use(std::int64_t{});
  case DataType::other:
    break;
  }
  throw Error("a constant whose elements are neither numbers nor booleans cannot be read");
}

template <typename Element>
Element element_at(const std::vector<std::byte> &bytes, std::size_t i) {
  Element element;
  std::memcpy(&element, bytes.data() + i * sizeof element, sizeof element);
  return element;
}

/// A floating-point number as the nearest one that the type has: out of its range would be undefined.
template <typename Element>
Element nearest(double number) {
  if constexpr (std::is_floating_point_v<Element>) {
    return static_cast<Element>(number);
  } else {
    const double least = static_cast<double>(std::numeric_limits<Element>::min()),
                 most = static_cast<double>(std::numeric_limits<Element>::max());
    if (!(number > least)) // NaN, too
      return std::numeric_limits<Element>::min();
    return number >= most ? std::numeric_limits<Element>::max()
                          : static_cast<Element>(std::nearbyint(number));
  }
}

template <typename Number>
std::vector<Number> elements_as(const Tensor &constant) {
  const std::vector<std::byte> &bytes = *constant.data;
  std::vector<Number> numbers;
  with_type(constant.type, [&](auto example) {
    using Element = decltype(example);
    numbers.resize(bytes.size() / sizeof(Element));
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (constant.type == DataType::f16)
        numbers[i] = nearest<Number>(convforge_load_element(CONVFORGE_F16, bytes.data(), i));
      else if constexpr (std::is_floating_point_v<Element>)
        numbers[i] = nearest<Number>(static_cast<double>(element_at<Element>(bytes, i)));
      else // of 8 bits, too: whole numbers, none of them a character
        numbers[i] = static_cast<Number>(+element_at<Element>(bytes, i));
  });
  return numbers;
}

} // namespace

std::string_view name_of(DataType type) {
  constexpr std::string_view names[] = {"f32", "f16", "f64", "s8", "u8", "s32", "s64", "bool", "other"};
  return names[static_cast<std::size_t>(type)];
}

std::size_t bytes_of(DataType type) {
  constexpr std::size_t bytes[] = {4, 2, 8, 1, 1, 4, 8, 1, 0};
  return bytes[static_cast<std::size_t>(type)];
}

std::string text_of_shape(std::span<const std::int64_t> shape) {
  std::string text;
  for (const std::int64_t size : shape)
    text += fmt::format("{}{}", text.empty() ? "" : "x", size < 0 ? "?" : std::to_string(size));
  return text.empty() ? "a number" : text;
}

bool all_known(std::span<const std::int64_t> shape) {
  return std::ranges::none_of(shape, [](std::int64_t size) { return size < 0; });
}

std::int64_t elements_of(std::span<const std::int64_t> shape) {
  std::int64_t elements = 1;
  for (const std::int64_t size : shape) {
    if (size > 0 && elements > most_elements / size)
      fail("shape", text_of_shape(shape), "no more than 2^40 elements");
    elements *= size;
  }
  return elements;
}

std::vector<double> numbers_of(const Tensor &constant) {
  return elements_as<double>(constant);
}

std::vector<std::int64_t> integers_of(const Tensor &constant) {
  return elements_as<std::int64_t>(constant);
}

Data data_of(DataType type, std::span<const double> numbers) {
  auto bytes = std::make_shared<std::vector<std::byte>>(numbers.size() * bytes_of(type));
  with_type(type, [&](auto example) {
    using Element = decltype(example);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (type == DataType::f16) {
        convforge_store_element(CONVFORGE_F16, bytes->data(), i, numbers[i]);
        continue;
      }
      const Element element =
          type == DataType::boolean ? static_cast<Element>(numbers[i] != 0) : nearest<Element>(numbers[i]);
      std::memcpy(bytes->data() + i * sizeof element, &element, sizeof element);
    }
  });
  return bytes;
}

Data data_of(std::span<const std::int64_t> integers) {
  return copy_of(std::as_bytes(integers));
}

Data copy_of(std::span<const std::byte> bytes) {
  return std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
}

} // namespace convforge::models
