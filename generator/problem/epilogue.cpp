#include "problem/epilogue.hpp"

#include "base/error.hpp"
#include "base/split.hpp"
#include "convforge/generic.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

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

/// The operations that are no activation. All that differs between them is here, apart from what each
/// arithmetic computes and how exact it is.
struct OperationRow {
  EpilogueOp::Kind kind;
  std::string_view name;
  int numbers;
  std::string_view form;
  bool numbers_optional;
  EpilogueOp::Arithmetic arithmetic;
  std::optional<OpTensor> tensor;
};

constexpr OpTensor summands{OpTensor::Shape::by_channel, OpTensor::Use::summand};
constexpr OpTensor factors{OpTensor::Shape::by_channel, OpTensor::Use::factor};
constexpr OpTensor summands_like_output{OpTensor::Shape::like_output, OpTensor::Use::summand};

constexpr std::array operations{
    OperationRow{EpilogueOp::Kind::bias, "bias", 0, "bias", false, EpilogueOp::Arithmetic::add, summands},
    OperationRow{EpilogueOp::Kind::scale, "scale", 0, "scale", false, EpilogueOp::Arithmetic::multiply,
                 factors},
    OperationRow{EpilogueOp::Kind::prelu, "prelu", 0, "prelu", false, EpilogueOp::Arithmetic::prelu, factors},
    OperationRow{EpilogueOp::Kind::residual, "residual", 2,
                 "residual, or residual:FACTOR:ZERO_POINT of 8-bit integers", true,
                 EpilogueOp::Arithmetic::add, summands_like_output},
    OperationRow{EpilogueOp::Kind::affine, "affine", 2, "affine:FACTOR:SUMMAND, as in affine:1.1:0.2", false,
                 EpilogueOp::Arithmetic::affine, std::nullopt},
    OperationRow{EpilogueOp::Kind::clamp, "clamp", 2, "clamp:LOW:HIGH in steps, as in clamp:0:200", false,
                 EpilogueOp::Arithmetic::clamp, std::nullopt},
};

const ActivationRow &row_of(ActivationKind kind) {
  return *std::ranges::find(activations, kind, &ActivationRow::kind);
}

/// Null for an activation.
const OperationRow *row_of(EpilogueOp::Kind kind) {
  const auto row = std::ranges::find(operations, kind, &OperationRow::kind);
  return row == operations.end() ? nullptr : &*row;
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

/// The numbers after an operation's name. `form`: how to write it.
std::vector<float> parse_numbers(std::string_view operation, int count, std::string_view form) {
  const std::vector<std::string_view> parts = split(operation, ':');
  if (static_cast<int>(parts.size()) - 1 != count)
    fail_operation(operation, std::string(form));
  std::vector<float> numbers;
  for (std::size_t i = 1; i < parts.size(); ++i)
    numbers.push_back(parse_number(parts[i], operation));
  return numbers;
}

[[noreturn]] void fail_unknown(std::string_view operation) {
  std::vector<std::string_view> known;
  known.reserve(operations.size() + activations.size());
  for (const OperationRow &row : operations)
    known.push_back(row.name);
  for (const ActivationRow &row : activations)
    known.push_back(row.name);
  fail_operation(operation,
                 fmt::format("operations separated by commas, each one of {}", fmt::join(known, ", ")));
}

Activation parse_activation(std::string_view operation) {
  const auto row =
      std::ranges::find(activations, operation.substr(0, operation.find(':')), &ActivationRow::name);
  if (row == activations.end())
    fail_unknown(operation);
  const std::vector<float> numbers = parse_numbers(operation, row->numbers, row->form);
  Activation activation{.kind = row->kind};
  if (row->numbers > 0)
    activation.a = numbers[0];
  if (row->numbers > 1)
    activation.b = numbers[1];
  if (row->numbers > 1 && activation.a > activation.b)
    fail_operation(operation, "the lower bound first");
  return activation;
}

/// What numbers alone must be, whatever the problem.
void check_numbers(const EpilogueOp &op, std::string_view text, bool left_out) {
  const auto is_step = [](float number) { return number == std::trunc(number) && std::abs(number) <= 255; };
  if (op.kind == EpilogueOp::Kind::affine && op.factor == 0) // Halide folds x * 0 to 0 where x may be NaN
    fail_operation(text, "a factor other than 0, which would forget NaN");
  if (op.kind == EpilogueOp::Kind::residual && !left_out && (op.factor <= 0 || !is_step(op.summand)))
    fail_operation(text, "a factor above 0 and a whole number as zero point");
  if (op.kind == EpilogueOp::Kind::clamp && !(is_step(op.factor) && is_step(op.summand)))
    fail_operation(text, "whole numbers of steps, from -128 to 255");
  if (op.kind == EpilogueOp::Kind::clamp && op.factor > op.summand)
    fail_operation(text, "the lower bound first");
}

EpilogueOp parse_operation(std::string_view text) {
  const auto row = std::ranges::find(operations, text.substr(0, text.find(':')), &OperationRow::name);
  if (row == operations.end())
    return {.kind = EpilogueOp::Kind::activation, .activation = parse_activation(text)};
  const bool left_out = row->numbers_optional && text == row->name;
  const std::vector<float> numbers = parse_numbers(text, left_out ? 0 : row->numbers, row->form);
  EpilogueOp op{.kind = row->kind};
  if (numbers.size() == 2)
    op.factor = numbers[0], op.summand = numbers[1];
  check_numbers(op, text, left_out);
  return op;
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
  if (op.kind == EpilogueOp::Kind::activation)
    return activation_text(op.activation);
  const OperationRow &row = *row_of(op.kind);
  std::string text(row.name);
  if (row.numbers == 2 && !(row.numbers_optional && op.factor == 0))
    text.append(":").append(number_text(op.factor)).append(":").append(number_text(op.summand));
  return text;
}

} // namespace

Epilogue Epilogue::parse(std::string_view text) {
  Epilogue epilogue;
  if (text.empty())
    return epilogue;
  const std::vector<std::string_view> parts = split(text, ',');
  if (parts.size() > most_operations)
    fail("epilogue", fmt::format("{} operations", parts.size()), fmt::format("at most {}", most_operations));
  for (const std::string_view part : parts)
    epilogue.ops_.push_back(parse_operation(part));
  return epilogue;
}

std::string Epilogue::text() const {
  std::string text;
  for (const EpilogueOp &op : ops_)
    text.append(text.empty() ? "" : ",").append(operation_text(op));
  return text;
}

int Epilogue::count(EpilogueOp::Kind kind) const {
  return static_cast<int>(std::ranges::count(ops_, kind, &EpilogueOp::kind));
}

bool takes_tensor_like_output(const Epilogue &epilogue) {
  return std::ranges::any_of(epilogue.ops(), [](const EpilogueOp &op) {
    const std::optional<OpTensor> tensor = tensor_of(op.kind);
    return tensor && tensor->shape == OpTensor::Shape::like_output;
  });
}

std::string_view name_of(EpilogueOp::Kind kind) {
  const OperationRow *row = row_of(kind);
  return row ? row->name : "";
}

EpilogueOp::Arithmetic arithmetic_of(EpilogueOp::Kind kind) {
  static_assert(static_cast<int>(EpilogueOp::Arithmetic::clamp) == CONVFORGE_OP_CLAMP,
                "runtime/include/convforge/generic.h has the same arithmetic in the same order");
  const OperationRow *row = row_of(kind);
  return row ? row->arithmetic : EpilogueOp::Arithmetic::activate;
}

std::optional<OpTensor> tensor_of(EpilogueOp::Kind kind) {
  const OperationRow *row = row_of(kind);
  return row ? row->tensor : std::nullopt;
}

std::vector<std::string_view> operations_with_tensor() {
  std::vector<std::string_view> names;
  for (const OperationRow &row : operations)
    if (row.tensor)
      names.push_back(row.name);
  return names;
}

std::string_view name_of(ActivationKind kind) {
  return row_of(kind).name;
}

double evaluate(const Activation &activation, double x) {
  static_assert(activation_count == CONVFORGE_ACTIVATION_COUNT &&
                    static_cast<int>(ActivationKind::mish) == CONVFORGE_MISH,
                "runtime/include/convforge/generic.h has the same activations in the same order");
  return convforge_activate(static_cast<std::int32_t>(activation.kind), activation.a, activation.b, x);
}

} // namespace convforge
