#include "problem/quantisation.hpp"

#include "base/error.hpp"
#include "base/split.hpp"
#include "problem/problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace convforge {
namespace {

/// What an 8-bit type holds.
Steps range_of(ElementType type) {
  return type == ElementType::u8 ? Steps{0, 255} : Steps{-128, 127};
}

int parse_zero_point(std::string_view number, std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (number.empty() || error != std::errc{} || end != number.data() + number.size())
    fail("zero points", fmt::format("{:?}", text.substr(0, 60)),
         "those of source and destination, as in 128:3");
  return value;
}

void check_zero_point(const char *field, int value, ElementType type) {
  const Steps range = range_of(type);
  if (value < range.low || value > range.high)
    fail(field, std::to_string(value),
         fmt::format("{} to {}, which is what {} holds", range.low, range.high, name_of(type)));
}

/// Sums stay within 32 bits whatever the tensors hold; of a bias packing asks (convforge_pack_operands()).
void check_sums(const Problem &problem) {
  constexpr std::int64_t largest_product = 255 * 128; // an element less its zero point, times a weight
  const std::int64_t taps = problem.volume(&Axis::kernel) * problem.group_in();
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max() / largest_product;
  if (taps > most)
    fail("taps of an output", std::to_string(taps),
         fmt::format("at most {}: more of them may not fit into sums of 32 bits", most));
}

[[noreturn]] void refuse(const std::string &operation, const std::string &expected) {
  fail("epilogue", fmt::format("{:?}", operation), expected);
}

bool is_clip(const EpilogueOp &op) {
  return op.kind == EpilogueOp::Kind::activation &&
         (op.activation.kind == ActivationKind::relu || op.activation.kind == ActivationKind::relu6 ||
          op.activation.kind == ActivationKind::clip);
}

/// Which of an 8-bit result's operations comes where: bias, residual, limits.
int place_of(const EpilogueOp &op, const Problem &problem) {
  const std::string name(op.kind == EpilogueOp::Kind::activation ? name_of(op.activation.kind)
                                                                 : name_of(op.kind));
  switch (op.kind) {
  case EpilogueOp::Kind::bias:
    return 0;
  case EpilogueOp::Kind::residual:
    if (op.factor == 0)
      refuse(name,
             "residual:FACTOR:ZERO_POINT for 8-bit results, FACTOR being the residual's scale divided by "
             "the destination's");
    if (problem.quantisation.rounding != Rounding::onnx)
      refuse(name, fmt::format("no residual beside --rounding {}: the rule has none",
                               name_of(problem.quantisation.rounding)));
    check_zero_point("residual's zero point", static_cast<int>(op.summand), problem.types.destination);
    return 1;
  case EpilogueOp::Kind::clamp:
    return 2;
  case EpilogueOp::Kind::scale:
  case EpilogueOp::Kind::prelu:
  case EpilogueOp::Kind::affine:
  case EpilogueOp::Kind::activation:
    break;
  }
  if (!is_clip(op))
    refuse(name,
           fmt::format("bias, residual, relu, relu6, clip or clamp where {} is stored; --dtype {}:{}:f32 "
                       "takes every operation",
                       name_of(problem.types.destination), name_of(problem.types.source),
                       name_of(problem.types.weights)));
  if (op.activation.kind != ActivationKind::relu && problem.quantisation.output_scale == 0)
    refuse(name, "--output-scale beside it, to know its steps, or clamp:LOW:HIGH in steps");
  return 2;
}

/// Bias is part of the sums, and nothing comes twice.
void check_order(const Problem &problem) {
  int last = -1;
  for (const EpilogueOp &op : problem.epilogue.ops()) {
    const int place = place_of(op, problem);
    if (place <= last)
      refuse(problem.epilogue.text(),
             "each at most once: bias, residual, then one of relu, relu6, clip and clamp");
    last = place;
  }
}

/// Of sums that are stored, or become real numbers.
void check_wide_epilogue(const Problem &problem) {
  const std::vector<EpilogueOp> &ops = problem.epilogue.ops();
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].kind == EpilogueOp::Kind::bias && i > 0)
      refuse("bias", "before all else: it is part of the sums");
    if (ops[i].kind == EpilogueOp::Kind::residual && ops[i].factor != 0)
      refuse("residual", "a residual without numbers where no 8-bit integers are stored");
    if (ops[i].kind == EpilogueOp::Kind::clamp)
      refuse("clamp", "an 8-bit destination, whose steps it counts in; clip:LOW:HIGH is in real numbers");
    if (problem.types.destination == ElementType::s32 && ops[i].kind != EpilogueOp::Kind::bias)
      refuse(problem.epilogue.text(), "bias or nothing where the sums themselves are stored");
  }
}

/// The numbers of a quantised residual, and clamp, have no sense elsewhere.
void check_plain_epilogue(const Problem &problem) {
  for (const EpilogueOp &op : problem.epilogue.ops()) {
    if (op.kind == EpilogueOp::Kind::clamp)
      refuse("clamp", "an 8-bit destination (--dtype u8:s8:u8); clip:LOW:HIGH is in real numbers");
    if (op.kind == EpilogueOp::Kind::residual && op.factor != 0)
      refuse("residual", "a residual without numbers where no 8-bit integers are stored");
  }
}

/// The step that a real number is nearest to, divided in float and ties away from zero, as TensorFlow Lite
/// has the limits of its activations (Quantize() of tensorflow/lite/kernels/kernel_util.cc).
int step_of(float real, const Quantisation &quantisation) {
  const float steps = std::round(real / quantisation.output_scale); // may be infinite
  return quantisation.destination_zero_point + static_cast<int>(std::clamp(steps, -1e6f, 1e6f));
}

Steps steps_of(const EpilogueOp &op, const Quantisation &quantisation) {
  constexpr int far = 1'000'000;
  if (op.kind == EpilogueOp::Kind::clamp)
    return {static_cast<int>(op.factor), static_cast<int>(op.summand)};
  if (!is_clip(op))
    return {-far, far};
  if (op.activation.kind == ActivationKind::relu)
    return {quantisation.destination_zero_point, far};
  const bool relu6 = op.activation.kind == ActivationKind::relu6;
  return {step_of(relu6 ? 0 : op.activation.a, quantisation),
          step_of(relu6 ? 6 : op.activation.b, quantisation)};
}

} // namespace

Steps steps_of_output(const Problem &problem) {
  const Steps range = range_of(problem.types.destination);
  Steps steps = range;
  for (const EpilogueOp &op : problem.epilogue.ops()) {
    const Steps limits = steps_of(op, problem.quantisation);
    steps = {std::clamp(limits.low, steps.low, steps.high), std::clamp(limits.high, steps.low, steps.high)};
  }
  return steps;
}

void check_quantisation(const Problem &problem) {
  const ElementTypes &types = problem.types;
  const Quantisation &quantisation = problem.quantisation;
  if (!types.quantised()) {
    if (quantisation != Quantisation{})
      fail("quantisation", fmt::format("zero points, rounding or output scale beside {}", name_of(types)),
           "none of them, or 8-bit integers (--dtype u8:s8:u8)");
    check_plain_epilogue(problem);
    return;
  }
  check_zero_point("source's zero point", quantisation.source_zero_point, types.source);
  check_sums(problem);
  if (types.requantises()) {
    check_zero_point("destination's zero point", quantisation.destination_zero_point, types.destination);
    check_order(problem);
    return;
  }
  if (quantisation.destination_zero_point != 0 || quantisation.rounding != Rounding::onnx ||
      quantisation.output_scale != 0)
    fail("quantisation", fmt::format("of the destination, beside {}", name_of(types)),
         "none: no 8-bit integers are stored");
  check_wide_epilogue(problem);
}

std::string zero_points_text(const Quantisation &quantisation) {
  return fmt::format("{}:{}", quantisation.source_zero_point, quantisation.destination_zero_point);
}

void parse_zero_points(std::string_view text, Quantisation &quantisation) {
  if (text.empty())
    return;
  const std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() != 2)
    fail("zero points", fmt::format("{:?}", text.substr(0, 60)),
         "those of source and destination, as in 128:3");
  quantisation.source_zero_point = parse_zero_point(parts[0], text);
  quantisation.destination_zero_point = parse_zero_point(parts[1], text);
}

std::string output_scale_text(const Quantisation &quantisation) {
  if (quantisation.output_scale == 0)
    return "";
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), quantisation.output_scale).ptr;
  return {digits.data(), end};
}

void parse_output_scale(std::string_view text, Quantisation &quantisation) {
  if (text.empty())
    return;
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value <= 0)
    fail("output scale", fmt::format("{:?}", text.substr(0, 60)),
         "the real number that a step of the destination is, above 0, as in 0.0235");
  quantisation.output_scale = value;
}

std::vector<std::pair<std::string, std::string>> quantisation_flags(const Problem &problem) {
  const Quantisation plain, &given = problem.quantisation;
  std::vector<std::pair<std::string, std::string>> flags;
  if (zero_points_text(given) != zero_points_text(plain))
    flags.emplace_back("--zero-points", zero_points_text(given));
  if (given.rounding != plain.rounding)
    flags.emplace_back("--rounding", name_of(given.rounding));
  if (given.output_scale != plain.output_scale)
    flags.emplace_back("--output-scale", output_scale_text(given));
  return flags;
}

} // namespace convforge
