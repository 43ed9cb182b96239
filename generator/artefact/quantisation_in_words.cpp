#include "artefact/quantisation_in_words.hpp"

#include "artefact/emit_text.hpp"

#include <fmt/format.h>

namespace convforge {
namespace {

std::string line(std::string_view text) {
  return fmt::format(" *   {}\n", wrap(text, 96, "\n *     "));
}

std::string_view rule_in_words(Rounding rounding) {
  switch (rounding) {
  case Rounding::onnx:
    return "sum and multiplier as floats, their product to the nearest integer, ties to even (ONNX Runtime)";
  case Rounding::tflite:
    return "doubling high product, then a shift that rounds again (TensorFlow Lite)";
  case Rounding::tflite_single:
    return "the whole product shifted once, ties upwards (TensorFlow Lite with single rounding)";
  }
  return "";
}

std::string residual_in_words(const Problem &problem) {
  for (const EpilogueOp &op : problem.epilogue.ops())
    if (op.kind == EpilogueOp::Kind::residual)
      return line(
          fmt::format("the residual, less its zero point {}, is multiplied by {} and added before rounding",
                      op.summand, op.factor));
  return "";
}

std::string steps_in_words(const Problem &problem) {
  const Steps steps = steps_of_output(problem);
  return line("multipliers: the input's scale x weights' scale / the output's scale, from 0 to below 2^31, "
              "one for "
              "each output channel") +
         line(fmt::format("rounding {}: {}", name_of(problem.quantisation.rounding),
                          rule_in_words(problem.quantisation.rounding))) +
         residual_in_words(problem) +
         line(fmt::format("then the output's zero point, {}, is added; results are {} to {}; to the bit in "
                          "convforge/quantise.h",
                          problem.quantisation.destination_zero_point, steps.low, steps.high));
}

std::string results_in_words(const Problem &problem) {
  switch (problem.types.destination) {
  case ElementType::s32:
    return line("the sums themselves are stored");
  case ElementType::f32:
    return line(
        "multipliers: the input's scale x weights' scale, from 0 to below 2^31, one for each output channel; "
        "a sum and its multiplier, both as floats, are multiplied");
  default:
    return steps_in_words(problem);
  }
}

} // namespace

std::string quantisation_in_words(const Problem &problem) {
  if (!problem.types.quantised())
    return "";
  const bool bias = problem.epilogue.count(EpilogueOp::Kind::bias) > 0;
  return fmt::format(
             " * Quantisation: products of weights and input, less its zero point, are summed{} in 32 bits, "
             "exactly\n",
             bias ? " with the bias" : "") +
         line(fmt::format("the input's zero point is {}, and padding holds it; that of the weights is 0",
                          problem.quantisation.source_zero_point)) +
         results_in_words(problem) + " *\n";
}

} // namespace convforge
