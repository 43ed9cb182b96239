#include "models/matrix_product.hpp"

#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models {
namespace {

int within_int(const char *what, std::int64_t size) {
  constexpr std::int64_t most = 1 << 30;
  if (size < 1 || size > most)
    refuse(what, std::to_string(size), fmt::format("1 to {}", most));
  return static_cast<int>(size);
}

void check_operands(const Tensor &data, const Tensor &matrix) {
  if (!data.known())
    throw Error(sizes_not_known);
  if (data.sizes().empty())
    refuse("data", text_of_shape(data.sizes()), "rows");
  if (!matrix.constant())
    refuse("matrix", fmt::format("'{}'", matrix.name), "a constant of the model");
}

} // namespace

Convolution matrix_product(const Tensor &data, const Tensor &matrix, WeightsLayout weights, bool bias) {
  if (data.type != matrix.type || (data.type != DataType::f32 && data.type != DataType::f16))
    refuse("types", fmt::format("{} and {}", name_of(data.type), name_of(matrix.type)),
           "f32 or f16, both the same");
  return matrix_product(data, matrix, weights, bias, parse_element_types(name_of(data.type)), {});
}

/// Axes before the last two have one element, or the matrix is none.
Convolution matrix_product(const Tensor &data, const Tensor &matrix, WeightsLayout weights, bool bias,
                           const ElementTypes &types, const Quantisation &quantisation) {
  check_operands(data, matrix);
  const std::span<const std::int64_t> rows(data.sizes().begin(), data.sizes().end() - 1);
  const Shape &sizes = matrix.sizes();
  const std::int64_t channels = data.sizes().back();
  const bool is_matrix = sizes.size() >= 2 && std::all_of(sizes.begin(), sizes.end() - 2,
                                                          [](std::int64_t size) { return size == 1; });
  if (!is_matrix || sizes[sizes.size() - (weights == WeightsLayout::hwio ? 2 : 1)] != channels)
    refuse("matrix", text_of_shape(sizes), fmt::format("one for rows of {}", channels));
  Problem problem;
  problem.in_channels = within_int("columns of the data", channels);
  problem.out_channels = within_int("columns of the product", elements_of(sizes) / channels);
  Axis &width = problem.width();
  width.input = width.output = within_int("rows of the data", elements_of(rows));
  problem.layout = Layout::nhwc, problem.weights_layout = weights;
  problem.types = types, problem.quantisation = quantisation;
  problem.epilogue = Epilogue::parse(bias ? "bias" : "");
  problem.validate();
  return {problem, ""};
}

} // namespace convforge::models
