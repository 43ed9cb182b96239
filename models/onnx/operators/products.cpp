// Operators that multiply matrices, reduce axes, and recurrent ones: their shapes.
#include "models/onnx/operators/call.hpp"

#include "models/matrix_product.hpp"
#include "models/refusal.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

/// Throws Error where an input is left out.
const Tensor &operand(const Call &call, std::size_t i, const char *name) {
  if (!call.input(i))
    refuse(name, "left out", "a tensor");
  return *call.input(i);
}

/// NumPy's matmul; of at least two axes each.
Meaning matrices_product(const Call &call) {
  const auto a = call.shape(0), b = call.shape(1);
  if (!a || !b || a->size() < 2 || b->size() < 2)
    return without_word(call, "B");
  std::optional<Shape> shape = broadcast(Shape(a->begin(), a->end() - 2), Shape(b->begin(), b->end() - 2));
  if (!shape)
    return {};
  shape->push_back((*a)[a->size() - 2]), shape->push_back(b->back());
  return {.operation = operation_or_refusal([&]() -> Operation {
            return matrix_product(operand(call, 0, "A"), operand(call, 1, "B"), WeightsLayout::hwio, false);
          }),
          .shapes = {shape}};
}

/// alpha A B + beta C, A and B transposed or not.
Operation general_product_operation(const Call &call) {
  const Tensor &a = operand(call, 0, "A"), &b = operand(call, 1, "B");
  const Tensor *c = call.input(2);
  const bool transposed = call.integer("transB", 0) != 0;
  if (call.integer("transA", 0) != 0)
    refuse("transA", std::to_string(call.integer("transA", 0)), "0");
  for (const char *factor : {"alpha", "beta"})
    if (call.real(factor, 1) != 1 && (c || factor == std::string_view("alpha")))
      refuse(factor, fmt::format("{}", static_cast<float>(call.real(factor, 1))), "1");
  Convolution product =
      matrix_product(a, b, transposed ? WeightsLayout::ohwi : WeightsLayout::hwio, c != nullptr);
  const std::int64_t channels = product.problem->out_channels;
  if (c && !c->constant())
    refuse("C", fmt::format("'{}'", c->name), "a constant of the model");
  if (c && (elements_of(c->sizes()) != channels || c->type != a.type ||
            (!c->sizes().empty() && c->sizes().back() != channels)))
    refuse("C", text_of_shape(c->sizes()), fmt::format("{} of {}", channels, name_of(a.type)));
  return product;
}

Meaning general_product(const Call &call) {
  const auto a = call.shape(0), b = call.shape(1);
  if (!a || !b || a->size() != 2 || b->size() != 2)
    return without_word(call, "B");
  return {
      .operation = operation_or_refusal([&] { return general_product_operation(call); }),
      .shapes = {Shape{(*a)[call.integer("transA", 0) ? 1 : 0], (*b)[call.integer("transB", 0) ? 0 : 1]}}};
}

std::optional<Reduction::Kind> reduction_kind(std::string_view type) {
  if (type == "ReduceMean")
    return Reduction::Kind::mean;
  if (type == "ReduceSum")
    return Reduction::Kind::sum;
  if (type == "ReduceMax")
    return Reduction::Kind::maximum;
  return type == "ReduceMin" ? std::optional(Reduction::Kind::minimum) : std::nullopt;
}

/// Axes are an input since version 18, of ReduceSum since 13.
Meaning reduction(const Call &call) {
  std::optional<Shape> shape = call.shape(0);
  if (!shape || (call.input(1) && !call.input(1)->constant()))
    return {.operation = OtherOperation{"axes=computed (expected constants, of a tensor with a shape)"}};
  const auto kind = reduction_kind(call.type());
  const std::vector<std::int64_t> axes = call.integers(1, "axes").value_or(std::vector<std::int64_t>{});
  if (axes.empty() && call.integer("noop_with_empty_axes", 0) != 0)
    return {.operation = kind ? Operation{Elementwise{}} : OtherOperation{}, .shapes = {shape}};
  std::vector<bool> reduced(shape->size(), axes.empty());
  for (const std::int64_t axis : axes) {
    const auto place = axis_of(axis, shape->size());
    if (!place)
      return without_word(call, "axes");
    reduced[*place] = true;
  }
  Shape kept;
  Reduction reduction{kind.value_or(Reduction::Kind::mean), {}};
  for (std::size_t i = 0; i < shape->size(); ++i)
    if (reduced[i])
      reduction.axes.push_back(i);
  for (std::size_t i = 0; i < shape->size(); ++i)
    if (!reduced[i])
      kept.push_back((*shape)[i]);
    else if (call.integer("keepdims", 1) != 0)
      kept.push_back(1);
  return {.operation = kind ? Operation{reduction} : OtherOperation{}, .shapes = {kept}};
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
  std::vector<OperatorRow> rows = {{"MatMul", matrices_product},
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
