#include "algorithms/padded_element.hpp"

#include "algorithms/halide_type.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/tensor_dims.hpp"

namespace convforge {

using Halide::Expr;

PaddedElement padded_element(const Axis &axis, PaddingMode mode, const Expr &coordinate) {
  const bool zeros = mode == PaddingMode::zeros && (axis.pad_begin > 0 || axis.pad_end > 0);
  return {padded_from(axis, mode, coordinate), zeros ? coordinate >= 0 && coordinate < axis.input : Expr()};
}

Expr element_of_input(const Problem &problem, const Halide::ImageParam &input, const Expr &c, const Expr &x,
                      const Expr &y, const Expr &n) {
  const Expr value = problem.layout == Layout::nhwc
                         ? input(x * steps_of(problem.input_strides()).x + c, 0, y, n)
                         : input(x, c, y, n);
  return accumulated(problem.types, value);
}

Expr within(Expr value, std::initializer_list<PaddedElement> axes) {
  for (const PaddedElement &axis : axes)
    if (axis.inside.defined())
      value = select(axis.inside, value, 0.0f);
  return value;
}

} // namespace convforge
