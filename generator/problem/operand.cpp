#include "problem/operand.hpp"

#include <map>
#include <optional>
#include <utility>

namespace convforge {
namespace {

Operand dense(std::string name, Role role, ElementType type, std::vector<std::int64_t> shape) {
  Operand operand{std::move(name), role, type, std::move(shape), {}};
  operand.strides.resize(operand.shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = operand.shape.size(); i-- > 0;) {
    operand.strides[i] = stride;
    stride *= operand.shape[i];
  }
  return operand;
}

/// A tensor of data, with the strides that the problem gives it in the order of the layout.
Operand data(const Problem &problem, std::string name, Role role, ElementType type,
             std::vector<std::int64_t> shape, const Strides &strides) {
  Operand operand{std::move(name), role, type, std::move(shape), {strides.n}};
  std::vector<std::int64_t> &list = operand.strides;
  if (problem.layout == Layout::nchw)
    list.push_back(strides.c);
  if (problem.has_depth())
    list.push_back(strides.d);
  list.insert(list.end(), {strides.h, strides.w});
  if (problem.layout == Layout::nhwc)
    list.push_back(strides.c);
  return operand;
}

Operand of_epilogue(const Problem &problem, std::string name, OpTensor::Shape shape) {
  switch (shape) {
  case OpTensor::Shape::by_channel:
    break;
  case OpTensor::Shape::like_output:
    return data(problem, std::move(name), Role::epilogue, problem.types.destination, problem.residual_shape(),
                problem.residual_strides());
  }
  return dense(std::move(name), Role::epilogue, ElementType::f32, {problem.out_channels});
}

} // namespace

std::int64_t Operand::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape)
    count *= extent;
  return count;
}

std::size_t Operand::bytes() const {
  std::int64_t last = 0;
  for (std::size_t i = 0; i < shape.size(); ++i)
    last += (shape[i] - 1) * strides[i];
  return static_cast<std::size_t>(last + 1) * bytes_of(type);
}

bool Operand::is_dense() const {
  std::int64_t step = 1;
  for (std::size_t i = shape.size(); i-- > 0; step *= shape[i])
    if (shape[i] > 1 && strides[i] != step)
      return false;
  return true;
}

std::optional<OpTensor> tensor_of_call(const Problem &problem, EpilogueOp::Kind kind) {
  if (problem.types.quantised() && kind == EpilogueOp::Kind::bias)
    return std::nullopt;
  return tensor_of(kind);
}

std::vector<Operand> packed_operands(const Problem &problem) {
  std::vector<Operand> list;
  if (!problem.types.quantised())
    return list;
  if (problem.types.destination != ElementType::s32)
    list.push_back(dense("multipliers", Role::packed, ElementType::f64, {problem.out_channels}));
  if (problem.epilogue.count(EpilogueOp::Kind::bias) > 0)
    list.push_back(dense("bias", Role::packed, ElementType::s32, {problem.out_channels}));
  return list;
}

std::size_t first_epilogue_operand(const Problem &problem) {
  return weights_operand + 1 + packed_operands(problem).size();
}

std::vector<Operand> epilogue_operands(const Problem &problem) {
  std::vector<Operand> list;
  std::map<EpilogueOp::Kind, int> found;
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (const std::optional<OpTensor> tensor = tensor_of_call(problem, op.kind))
      list.push_back(of_epilogue(problem, operand_name(name_of(op.kind), ++found[op.kind]), tensor->shape));
  return list;
}

std::vector<Operand> operands(const Problem &problem) {
  std::vector<Operand> list = {
      data(problem, "input", Role::input, problem.types.source, problem.input_shape(),
           problem.input_strides()),
      dense("weights", Role::weights, problem.types.weights, problem.weights_shape())};
  for (Operand &operand : packed_operands(problem))
    list.push_back(std::move(operand));
  for (Operand &operand : epilogue_operands(problem))
    list.push_back(std::move(operand));
  list.push_back(data(problem, "output", Role::output, problem.types.destination, problem.output_shape(),
                      problem.output_strides()));
  return list;
}

std::string operand_name(std::string_view operation, int n) {
  return std::string(operation) + (n > 1 ? std::to_string(n) : "");
}

} // namespace convforge
