#include "models/onnx/operators/convolutions.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace convforge::models::onnx {

OnnxConv convolution_node(const Call &call) {
  const std::vector<int> group =
      call.attribute("group")
          ? std::vector{int(std::clamp<std::int64_t>(call.integer("group", 1), 0, 1 << 30))}
          : std::vector{1};
  return {.transposed = call.type() == "ConvTranspose",
          .kernel_shape = call.int_list("kernel_shape"),
          .strides = call.int_list("strides"),
          .pads = call.int_list("pads"),
          .dilations = call.int_list("dilations"),
          .group = group.front(),
          .auto_pad = std::string(call.text("auto_pad", "NOTSET")),
          .output_padding = call.int_list("output_padding"),
          .output_shape = call.int_list("output_shape")};
}

LayerShape convolution_shape(const Call &call, std::size_t i, const char *name) {
  const std::optional<Shape> shape = call.shape(i);
  if (!shape || !all_known(*shape))
    fail(name, shape ? text_of_shape(*shape) : "no shape",
         "a shape whose sizes are all known: --input says those of the model's inputs");
  return *shape;
}

/// A 1-D problem has a height of 1 that the tensor does not have.
Shape convolution_output(const Problem &problem, std::size_t rank) {
  Shape shape = problem.output_shape();
  if (shape.size() > rank)
    shape.erase(shape.begin() + 2, shape.begin() + 2 + static_cast<std::ptrdiff_t>(shape.size() - rank));
  while (shape.size() < rank) // a depth of 1 under a kernel of 1, which problems do not write
    shape.insert(shape.begin() + 2, 1);
  return shape;
}

} // namespace convforge::models::onnx
