// Runs a Halide pipeline, then a ConvForge kernel on its result, and checks one number of each.
#include "beside_kernel.h"
#include "brighten.h"

#include <HalideBuffer.h>
#include <convforge/convforge.hpp>

#include <cmath>
#include <cstdio>
#include <vector>

int main() {
  std::vector<float> ones(BESIDE_KERNEL_INPUT_ELEMENTS, 1.0f), image(ones.size());
  Halide::Runtime::Buffer<float, 1> from(ones.data(), static_cast<int>(ones.size()));
  Halide::Runtime::Buffer<float, 1> to(image.data(), static_cast<int>(image.size()));
  if (brighten(from, to) != 0 || image[5] != 3)
    return 1;

  const convforge::Kernel kernel(beside_kernel_kernel());
  const std::vector<float> weights(BESIDE_KERNEL_WEIGHTS_ELEMENTS, 1.0f),
      bias(BESIDE_KERNEL_BIAS_ELEMENTS, 0.5f);
  std::vector<float> output(BESIDE_KERNEL_OUTPUT_ELEMENTS);
  const convforge::AlignedBuffer packed = kernel.pack(weights);
  convforge::AlignedBuffer workspace = kernel.make_workspace();
  convforge::Arguments arguments;
  arguments.input = image;
  arguments.packed_weights = packed;
  arguments.epilogue = {bias};
  arguments.output = output;
  arguments.workspace = workspace;
  kernel.run(arguments);
  const float corner = output[0],
              middle = output[(3 * 8 + 3) * 8]; // 4 and 9 pixels of 8 channels of 3, plus 0.5
  std::printf("corner %g, middle %g\n", corner, middle);
  // Winograd's sums are not exact; these tell a right result from a wrong one.
  return std::abs(corner - 96.5f) < 1e-3f && std::abs(middle - 216.5f) < 1e-3f ? 0 : 1;
}
