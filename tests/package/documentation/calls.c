// The examples in C, each in a function that has what it names.
#include "conv1.h"
#include "layer.h"
#include "narrow.h"
#include "wide.h"

#include <stdlib.h>

int readme_call(const float *weights, const float *input, const float *bias, float *output) {
#include "examples/readme_call.inc"
  return status;
}

int cuda_call(const float *weights, const float *input, const void *device_packed, const float *bias,
              float *output, convforge_cuda_stream stream) {
#include "examples/cuda_call.inc"
  return status;
}

float slices(const float *image, const void *packed_narrow, const void *packed_wide, const float *bias) {
#include "examples/slices.inc"
  return joined[0];
}

int flush_subnormals(void *const *operands, void *workspace) {
#include "examples/flush_subnormals.inc"
  return status;
}

int main(void) {
  return 0;
}
