// Operators that multiply matrices, reduce axes, and recurrent ones: their shapes.
#include "models/onnx/operators/call.hpp"

#include <algorithm>

namespace convforge::models::onnx {
namespace {

/// NumPy's matmul; of at least two axes each.
Meaning matrix_product(const Call &call) {
  const auto a = call.shape(0), b = call.shape(1);
  if (!a || !b || a->size() < 2 || b->size() < 2)
    return {};
  std::optional<Shape> shape = broadcast(Shape(a->begin(), a->end() - 2), Shape(b->begin(), b->end() - 2));
  if (!shape)
    return {};
  shape->push_back((*a)[a->size() - 2]), shape->push_back(b->back());
  return {.shapes = {shape}};
}

Meaning general_product(const Call &call) {
  const auto a = call.shape(0), b = call.shape(1);
  if (!a || !b || a->size() != 2 || b->size() != 2)
    return {};
  return {
      .shapes = {Shape{(*a)[call.integer("transA", 0) ? 1 : 0], (*b)[call.integer("transB", 0) ? 0 : 1]}}};
}

/// Axes are an input since version 18, of ReduceSum since 13.
Meaning reduction(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  if (!shape || (call.input(1) && !call.input(1)->constant()))
    return {};
  const std::vector<std::int64_t> axes = call.integers(1, "axes").value_or(std::vector<std::int64_t>{});
  if (axes.empty() && call.integer("noop_with_empty_axes", 0) != 0)
    return {.shapes = {shape}};
  std::vector<bool> reduced(shape->size(), axes.empty());
  for (const std::int64_t axis : axes) {
    const auto place = axis_of(axis, shape->size());
    if (!place)
      return {};
    reduced[*place] = true;
  }
  Shape kept;
  for (std::size_t i = 0; i < shape->size(); ++i)
    if (!reduced[i])
      kept.push_back((*shape)[i]);
    else if (call.integer("keepdims", 1) != 0)
      kept.push_back(1);
  return {.shapes = {kept}};
}

/// Y, Y_h and of LSTM Y_c, of X [steps, batch, inputs].
Meaning recurrent(const Call &call) {
  const auto x = call.shape(0), r = call.shape(2);
  if (!x || x->size() != 3 || !r || r->size() != 3 || call.integer("layout", 0) != 0)
    return {};
  const Shape state{(*r)[0], (*x)[1], (*r)[2]};
  return {.shapes = {Shape{(*x)[0], (*r)[0], (*x)[1], (*r)[2]}, state, state}};
}

} // namespace

std::vector<OperatorRow> product_operators() {
  std::vector<OperatorRow> rows = {{"MatMul", matrix_product},
                                   {"Gemm", general_product},
                                   {"LSTM", recurrent},
                                   {"GRU", recurrent},
                                   {"RNN", recurrent}};
  for (const char *type : {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
                           "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"})
    rows.push_back({type, reduction});
  return rows;
}

} // namespace convforge::models::onnx
