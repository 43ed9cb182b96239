#include "problem/operand.hpp"

#include <array>

namespace convforge {
namespace {

constexpr std::array<std::string_view, role_count> role_names = {"input", "weights",  "bias",  "scale",
                                                                 "prelu", "residual", "output"};

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

Operand of_epilogue(const Problem &problem, Role role, int n) {
  if (role == Role::residual)
    return data(problem, operand_name(role, n), role, problem.types.destination, problem.output_shape(),
                problem.residual_strides());
  return dense(operand_name(role, n), role, problem.types.accumulator(), {problem.out_channels});
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

std::vector<Operand> epilogue_operands(const Problem &problem) {
  std::vector<Operand> list;
  std::array<int, role_count> found{};
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (const std::optional<Role> role = role_of(op))
      list.push_back(of_epilogue(problem, *role, ++found[static_cast<std::size_t>(*role)]));
  return list;
}

std::vector<Operand> operands(const Problem &problem) {
  std::vector<Operand> list = {
      data(problem, "input", Role::input, problem.types.source, problem.input_shape(),
           problem.input_strides()),
      dense("weights", Role::weights, problem.types.weights, problem.weights_shape())};
  for (Operand &operand : epilogue_operands(problem))
    list.push_back(std::move(operand));
  list.push_back(data(problem, "output", Role::output, problem.types.destination, problem.output_shape(),
                      problem.output_strides()));
  return list;
}

std::string_view name_of(Role role) {
  return role_names[static_cast<std::size_t>(role)];
}

std::optional<Role> role_of(const EpilogueOp &op) {
  switch (op.kind) {
  case EpilogueOp::Kind::bias:
    return Role::bias;
  case EpilogueOp::Kind::scale:
    return Role::scale;
  case EpilogueOp::Kind::prelu:
    return Role::prelu;
  case EpilogueOp::Kind::residual:
    return Role::residual;
  case EpilogueOp::Kind::affine:
  case EpilogueOp::Kind::activation:
    break;
  }
  return std::nullopt;
}

std::string operand_name(Role role, int n) {
  return std::string(name_of(role)) + (n > 1 ? std::to_string(n) : "");
}

} // namespace convforge
