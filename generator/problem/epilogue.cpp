#include "problem/epilogue.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace convforge {
namespace {

struct ActivationRow {
  ActivationKind kind;
  std::string_view name;
  int numbers;
  std::string_view form; ///< how to write it
};

constexpr std::array<ActivationRow, activation_count> activations{{
    {ActivationKind::relu, "relu", 0, "relu"},
    {ActivationKind::relu6, "relu6", 0, "relu6"},
    {ActivationKind::leaky_relu, "leaky_relu", 1, "leaky_relu:SLOPE, as in leaky_relu:0.1"},
    {ActivationKind::clip, "clip", 2, "clip:LOW:HIGH, as in clip:0:6"},
    {ActivationKind::sigmoid, "sigmoid", 0, "sigmoid"},
    {ActivationKind::tanh, "tanh", 0, "tanh"},
    {ActivationKind::silu, "silu", 0, "silu"},
    {ActivationKind::hard_sigmoid, "hard_sigmoid", 0, "hard_sigmoid"},
    {ActivationKind::hard_swish, "hard_swish", 0, "hard_swish"},
    {ActivationKind::gelu, "gelu", 0, "gelu"},
    {ActivationKind::gelu_tanh, "gelu_tanh", 0, "gelu_tanh"},
    {ActivationKind::elu, "elu", 1, "elu:ALPHA, as in elu:1"},
    {ActivationKind::softplus, "softplus", 0, "softplus"},
    {ActivationKind::mish, "mish", 0, "mish"},
}};

const ActivationRow &row_of(ActivationKind kind) {
  return *std::ranges::find(activations, kind, &ActivationRow::kind);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

[[noreturn]] void fail_operation(std::string_view written, const std::string &expected) {
  constexpr std::size_t longest = 60;
  fail("epilogue", fmt::format("{:?}", written.substr(0, longest)), expected);
}

float parse_number(std::string_view text, std::string_view operation) {
  float value = 0;
  const char *last = text.data() + text.size();
  const auto [end, status] = std::from_chars(text.data(), last, value);
  if (text.empty() || end != last || status != std::errc{} || !std::isfinite(value))
    fail_operation(operation,
                   fmt::format("finite numbers within float's range, not {:?}", text.substr(0, 40)));
  return value + 0.0f; // -0 becomes 0: equal epilogues have equal text
}

Activation parse_activation(std::string_view operation) {
  const std::vector<std::string_view> parts = split(operation, ':');
  const auto row = std::ranges::find(activations, parts[0], &ActivationRow::name);
  if (row == activations.end()) {
    std::string known = "bias, residual";
    for (const ActivationRow &activation : activations)
      known += fmt::format(", {}", activation.name);
    fail_operation(operation, "operations separated by commas, each one of " + known);
  }
  if (static_cast<int>(parts.size()) - 1 != row->numbers)
    fail_operation(operation, std::string(row->form));
  Activation activation{.kind = row->kind};
  if (row->numbers > 0)
    activation.a = parse_number(parts[1], operation);
  if (row->numbers > 1)
    activation.b = parse_number(parts[2], operation);
  if (row->numbers > 1 && activation.a > activation.b)
    fail_operation(operation, "the lower bound first");
  return activation;
}

EpilogueOp parse_operation(std::string_view text) {
  if (text == "bias")
    return {.kind = EpilogueOp::Kind::bias, .activation = {}};
  if (text == "residual")
    return {.kind = EpilogueOp::Kind::residual, .activation = {}};
  return {.kind = EpilogueOp::Kind::activation, .activation = parse_activation(text)};
}

/// The shortest decimal that reads back as the same float.
std::string number_text(float value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string activation_text(const Activation &activation) {
  const ActivationRow &row = row_of(activation.kind);
  std::string text(row.name);
  if (row.numbers > 0)
    text.append(":").append(number_text(activation.a));
  if (row.numbers > 1)
    text.append(":").append(number_text(activation.b));
  return text;
}

std::string operation_text(const EpilogueOp &op) {
  switch (op.kind) {
  case EpilogueOp::Kind::bias:
    return "bias";
  case EpilogueOp::Kind::residual:
    return "residual";
  case EpilogueOp::Kind::activation:
    break;
  }
  return activation_text(op.activation);
}

} // namespace

Epilogue Epilogue::parse(std::string_view text) {
  Epilogue epilogue;
  if (text.empty())
    return epilogue;
  for (const std::string_view part : split(text, ',')) {
    const EpilogueOp op = parse_operation(part);
    if (epilogue.has(op.kind))
      fail_operation(part, "at most one bias, one residual and one activation");
    epilogue.ops_.push_back(op);
  }
  return epilogue;
}

std::string Epilogue::text() const {
  std::string text;
  for (const EpilogueOp &op : ops_)
    text.append(text.empty() ? "" : ",").append(operation_text(op));
  return text;
}

bool Epilogue::has(EpilogueOp::Kind kind) const {
  return std::ranges::find(ops_, kind, &EpilogueOp::kind) != ops_.end();
}

std::string_view name_of(ActivationKind kind) {
  return row_of(kind).name;
}

} // namespace convforge
