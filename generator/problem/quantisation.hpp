// What a convolution of 8-bit integers adds to a problem: a real number stands behind each element,
// scale * (element - zero point), and sums of products are brought to the destination's scale by a multiplier
// of each output channel (docs/quantisation.md). The multipliers come with the weights; what is here is
// constant in a kernel.
#pragma once

#include <string>
#include <string_view>

namespace convforge {

/// How a sum becomes a step of the destination's scale; to the bit in docs/quantisation.md.
enum class Rounding {
  onnx,          ///< float32 product, to nearest, ties to even
  tflite,        ///< doubling high product, then a rounding shift: two roundings
  tflite_single, ///< one rounding of the whole product, ties upwards
};

struct Quantisation {
  int source_zero_point = 0, destination_zero_point = 0; ///< the elements that stand for 0
  Rounding rounding = Rounding::onnx;
  /// The real number that a step of the destination is; 0: not said. What the epilogue says in real numbers
  /// (relu6, clip) needs it.
  float output_scale = 0;
  bool operator==(const Quantisation &) const = default;
};

/// The limits of what an 8-bit destination stores, in its steps.
struct Steps {
  int low = 0, high = 0;
};

struct Problem;
/// Of a problem that requantises: the type's range, within it what the epilogue leaves.
Steps steps_of_output(const Problem &problem);
/// Throws Error where quantisation, types and epilogue do not agree.
void check_quantisation(const Problem &problem);

std::string_view name_of(Rounding rounding); ///< "onnx", "tflite", "tflite_single"
Rounding parse_rounding(std::string_view text);
/// --zero-points: "128:3", of source and destination.
std::string zero_points_text(const Quantisation &quantisation);
void parse_zero_points(std::string_view text, Quantisation &quantisation);
/// --output-scale: the shortest decimal that reads back as the same float; "" for 0.
std::string output_scale_text(const Quantisation &quantisation);
void parse_output_scale(std::string_view text, Quantisation &quantisation);

} // namespace convforge
