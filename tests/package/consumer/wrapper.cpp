#include "ones.h"

#include <convforge/convforge.hpp>

#include <vector>

std::vector<float> convolve(const std::vector<float> &image) {
  const convforge::Kernel kernel(ones_kernel());
  const std::vector<float> weights(ONES_WEIGHTS_ELEMENTS, 1.0f), bias(ONES_BIAS_ELEMENTS);
  std::vector<float> output(ONES_OUTPUT_ELEMENTS);
  const convforge::AlignedBuffer packed = kernel.pack(weights);
  convforge::AlignedBuffer workspace = kernel.make_workspace();
  convforge::Arguments arguments;
  arguments.input = image;
  arguments.packed_weights = packed;
  arguments.epilogue = {bias};
  arguments.output = output;
  arguments.workspace = workspace;
  kernel.run(arguments);
  return output;
}
