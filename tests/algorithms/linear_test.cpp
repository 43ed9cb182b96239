// Matrices applied to expressions: the same numbers as the matrix product, with few operations.
#include "algorithms/winograd/linear.hpp"
#include "convforge/winograd.h"

#include <gtest/gtest.h>

#include <cmath>

namespace convforge {
namespace {

struct Form {
  int outputs, taps, stride = 1;
};
constexpr Form forms[] = {{1, 1}, {2, 3},    {3, 2},    {4, 3},    {2, 5},    {6, 3},    {4, 5},
                          {2, 7}, {2, 3, 2}, {3, 3, 2}, {4, 3, 2}, {5, 3, 2}, {4, 5, 2}, {2, 7, 2}};

template <typename Array>
Matrix upper_left(const Array &array, int rows, int columns) {
  Matrix matrix;
  for (int i = 0; i < rows; i++)
    matrix.emplace_back(array[i], array[i] + columns);
  return matrix;
}

/// Evaluates by constant folding: small whole numbers times dyadic fractions are exact in float32.
void expect_product(const Matrix &matrix) {
  std::vector<Halide::Expr> values;
  std::vector<double> numbers;
  for (std::size_t j = 0; j < matrix.front().size(); j++) {
    numbers.push_back(double(j * j) - 7);
    values.emplace_back(float(numbers.back()));
  }
  const std::vector<Halide::Expr> results = multiply(matrix, values);
  ASSERT_EQ(results.size(), matrix.size());
  for (std::size_t i = 0; i < matrix.size(); i++) {
    double expected = 0;
    for (std::size_t j = 0; j < numbers.size(); j++)
      expected += matrix[i][j] * numbers[j];
    const Halide::Expr folded = Halide::Internal::simplify(results[i]);
    const auto *number = folded.as<Halide::Internal::FloatImm>();
    ASSERT_NE(number, nullptr) << folded;
    EXPECT_EQ(number->value, expected) << "row " << i;
  }
}

TEST(Linear, EqualsTheMatrixProduct) {
  for (const Form &form : forms) {
    SCOPED_TRACE(std::to_string(form.outputs) + "," + std::to_string(form.taps));
    convforge_winograd w;
    ASSERT_EQ(convforge_winograd_matrices(form.outputs, form.taps, form.stride, &w), 0);
    expect_product(upper_left(w.input, w.points, w.points));
    expect_product(upper_left(w.output, w.outputs, w.points));
  }
}

TEST(Linear, ZerosAreLeftOut) {
  const Halide::Expr infinity = Halide::Expr(INFINITY), one = Halide::Expr(1.0f);
  const std::vector<Halide::Expr> results = multiply({{0, 2}, {1, 0}}, {infinity, one});
  EXPECT_TRUE(Halide::Internal::is_const(Halide::Internal::simplify(results[0]), 2));
}

} // namespace
} // namespace convforge
