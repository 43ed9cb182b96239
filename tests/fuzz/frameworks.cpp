// Layers of frameworks as text, a line each: keras, torch or onnx; the call; the input's shape; of ONNX the
// weights' shape, the bias' shape, types and zero points, empty where there are none.
#include "problem/frameworks.hpp"
#include "base/split.hpp"
#include "fuzz/fuzz_target.hpp"
#include "fuzz/printed_problem.hpp"

#include <array>

namespace convforge::fuzz {
namespace {

enum Line { framework, call, input_shape, weights, bias, types, zero_points, lines };

Problem parse(const std::array<std::string_view, lines> &text) {
  const LayerShape input = parse_layer_shape(text[input_shape], "input");
  if (text[framework] == "keras")
    return parse_keras(text[call], input);
  if (text[framework] == "torch")
    return parse_torch(text[call], input);
  OnnxShapes shapes{.input = input, .weights = parse_layer_shape(text[weights], "weights")};
  if (!text[bias].empty())
    shapes.bias = parse_layer_shape(text[bias], "bias");
  return parse_onnx(text[call], shapes, text[types], text[zero_points]);
}

} // namespace

void check(Input input) {
  std::array<std::string_view, lines> text;
  std::size_t number = 0;
  for (const std::string_view line : split(text_of(input), '\n'))
    if (number < lines)
      text[number++] = line;
  check_taken(parse(text));
}

} // namespace convforge::fuzz
