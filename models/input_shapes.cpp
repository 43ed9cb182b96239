#include "models/input_shapes.hpp"

#include "base/error.hpp"
#include "problem/frameworks.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace convforge::models {

InputShapes parse_input_shapes(std::span<const std::string> texts) {
  InputShapes shapes;
  for (const std::string &text : texts) {
    const std::size_t at = text.rfind('=');
    if (at == text.npos || at == 0)
      fail("--input", text, "a name and a shape, as in x=1x3x480x480");
    if (!shapes
             .emplace(text.substr(0, at),
                      parse_layer_shape(text.substr(at + 1), "--input " + text.substr(0, at)))
             .second)
      fail("--input", text, "each input once");
  }
  return shapes;
}

Shape with_given_sizes(const Tensor &input, const InputShapes &given) {
  Shape own = input.shape.value_or(Shape{});
  const auto found = given.find(input.name);
  if (found == given.end())
    return own;
  const Shape &wanted = found->second;
  bool fits = !input.shape || own.size() == wanted.size();
  for (std::size_t i = 0; fits && input.shape && i < own.size(); ++i)
    fits = own[i] == unknown_size || own[i] == wanted[i];
  if (!fits)
    fail("--input " + input.name, text_of_shape(wanted),
         text_of_shape(own) + " as the model has it, numbers where it has ?");
  return wanted;
}

void check_input_names(const InputShapes &given, std::span<const std::string> names) {
  for (const auto &[name, shape] : given)
    if (std::ranges::find(names, name) == names.end())
      fail("--input", name, fmt::format("an input of the model: {}", fmt::join(names, ", ")));
}

} // namespace convforge::models
