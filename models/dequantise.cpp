#include "models/dequantise.hpp"

#include <cmath>

namespace convforge::models {
namespace {

/// Of each element what `make` says of it and the place of its scale.
template <typename Make>
Data made_of_each(const Tensor &constant, const Scale &scale, DataType type, const Make &make) {
  std::vector<double> numbers = numbers_of(constant);
  std::size_t inner = 1;
  for (std::size_t i = scale.axis + 1; i < constant.sizes().size(); ++i)
    inner *= static_cast<std::size_t>(constant.sizes()[i]);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = make(numbers[i], scale.by_axis() ? i / inner % scale.scales.size() : 0);
  return data_of(type, numbers);
}

} // namespace

bool fits(const Scale &scale, const Tensor &tensor) {
  const Shape &shape = tensor.sizes();
  return !scale.by_axis() ||
         (scale.axis < shape.size() && shape[scale.axis] == static_cast<std::int64_t>(scale.scales.size()));
}

Data dequantised(const Tensor &constant, const Scale &scale, DataType type) {
  return made_of_each(constant, scale, type, [&](double number, std::size_t place) {
    return static_cast<double>(static_cast<float>(number - scale.zero_points[place]) * scale.scales[place]);
  });
}

Data quantised(const Tensor &constant, const Scale &scale, DataType type) {
  return made_of_each(constant, scale, type, [&](double number, std::size_t place) {
    const float step = std::nearbyint(static_cast<float>(number) / scale.scales[place]);
    return static_cast<double>(step) + scale.zero_points[place]; // saturated when it is stored
  });
}

} // namespace convforge::models
