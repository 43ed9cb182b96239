/* Runs one convolution on the first CUDA GPU and compares a few outputs with a loop on the CPU. The only CUDA
 * calls are the ones that make a context, through dlopen as in the launcher; an app has its own. Exit: 0
 * right, 1 wrong, 77 no GPU. */
#include "layer.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 56, CHANNELS = 64, NO_GPU = 77 };

/* Makes the first GPU's context current; what the driver answered, or -1 without a driver. */
static int make_context(void) {
  const char *named = getenv("CONVFORGE_CUDA_DRIVER");
  void *driver = dlopen(named ? named : "libcuda.so.1", RTLD_NOW);
  if (!driver)
    return -1;
  int (*init)(unsigned), (*retain)(void **, int), (*set_current)(void *);
  void *symbols[] = {dlsym(driver, "cuInit"), dlsym(driver, "cuDevicePrimaryCtxRetain"),
                     dlsym(driver, "cuCtxSetCurrent")};
  if (!symbols[0] || !symbols[1] || !symbols[2])
    return -1;
  memcpy(&init, &symbols[0], sizeof init);
  memcpy(&retain, &symbols[1], sizeof retain);
  memcpy(&set_current, &symbols[2], sizeof set_current);
  void *context = NULL;
  int result = init(0);
  if (result == 0)
    result = retain(&context, 0);
  return result == 0 ? set_current(context) : result;
}

static float *floats(size_t count) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  for (size_t i = 0; i < count; ++i)
    values[i] = (float)((int)(i * 2654435761u >> 20) % 17 - 8) / 8;
  return values;
}

/* One output by the definition. */
static double expected(const float *input, const float *weights, const float *bias, int y, int x, int k) {
  double sum = bias[k];
  for (int r = 0; r < 3; ++r)
    for (int s = 0; s < 3; ++s)
      for (int c = 0; c < CHANNELS; ++c) {
        const int row = y + r - 1, column = x + s - 1;
        if (row >= 0 && row < SIZE && column >= 0 && column < SIZE)
          sum += (double)input[(row * SIZE + column) * CHANNELS + c] *
                 weights[((r * 3 + s) * CHANNELS + c) * CHANNELS + k];
      }
  return sum > 0 ? sum : 0;
}

int main(void) {
  const int made = make_context();
  int status = layer_load();
  if (made != 0 || status != CONVFORGE_OK) {
    printf("skipped: no CUDA device (%s)\n", convforge_status_text(status));
    return NO_GPU;
  }
  float *input = floats(LAYER_INPUT_ELEMENTS), *weights = floats(LAYER_WEIGHTS_ELEMENTS);
  float *bias = floats(CHANNELS), *output = floats(LAYER_OUTPUT_ELEMENTS);
  void *packed = aligned_alloc(64, layer_packed_size());
  status = layer_pack(weights, packed);
  if (status == CONVFORGE_OK)
    status = layer_host(input, packed, bias, output, NULL);
  if (status != CONVFORGE_OK) {
    printf("failed: %s\n", convforge_status_text(status));
    return 1;
  }
  double worst = 0;
  for (int i = 0; i < 1000; ++i) {
    const int y = i * 7 % SIZE, x = i * 13 % SIZE, k = i * 29 % CHANNELS;
    const double error =
        fabs(output[(y * SIZE + x) * CHANNELS + k] - expected(input, weights, bias, y, x, k));
    worst = error > worst ? error : worst;
  }
  printf("%s on the GPU: largest error %g\n", layer_kernel()->why, worst);
  return worst < 1e-3 ? 0 : 1;
}
