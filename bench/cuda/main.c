/* Layers on a GPU, beside cuDNN: float32 with TF32 off, no epilogue, tensors and packed weights on the
 * device, NHWC. The times are the least of ten runs of twenty calls, by events on one stream. Says "skipped:
 * no CUDA device" without one (77). */
#include "cudnn.h"
#include "device.h"

#include "convforge/cuda.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct layer {
  const char *name;
  int (*load)(void);
  const convforge_kernel *(*kernel)(void);
  int (*pack)(const float *weights, void *packed);
  int (*run)(const float *input, const void *packed, float *output, convforge_cuda_stream stream);
};

#include "layers.h"

typedef struct call {
  const struct layer *layer;
  float *input, *output;
  void *packed;
} call;

static int run(void *closure) {
  const call *c = closure;
  return c->layer->run(c->input, c->packed, c->output, NULL);
}

static void *packed_on_device(const struct layer *layer, const convforge_kernel *kernel) {
  float *weights = malloc(convforge_weights(kernel)->bytes);
  for (size_t i = 0; weights != NULL && i < convforge_weights(kernel)->bytes / sizeof *weights; ++i)
    weights[i] = (float)(i % 17) / 8 - 1;
  void *packed = aligned_alloc(CONVFORGE_ALIGNMENT, kernel->packed_bytes);
  void *device = NULL;
  if (weights != NULL && packed != NULL && layer->pack(weights, packed) == CONVFORGE_OK)
    device = device_copy(packed, kernel->packed_bytes);
  free(weights);
  free(packed);
  return device;
}

/* The descriptor's fields that this benchmark's layers vary: square, undilated. */
static shape shape_of(const convforge_kernel *kernel) {
  const int stride = (int)(convforge_input(kernel)->shape[1] / convforge_output(kernel)->shape[1]),
            r = (int)convforge_weights(kernel)->shape[0];
  return (shape){.batch = (int)convforge_input(kernel)->shape[0],
                 .in_channels = (int)convforge_input(kernel)->shape[3],
                 .in_size = (int)convforge_input(kernel)->shape[1],
                 .out_channels = (int)convforge_output(kernel)->shape[3],
                 .out_size = (int)convforge_output(kernel)->shape[1],
                 .kernel = r,
                 .stride = stride,
                 .padding = r / 2};
}

static int measure(const struct layer *layer) {
  const int status = layer->load();
  const convforge_kernel *kernel = layer->kernel();
  if (status != CONVFORGE_OK) {
    printf("%-12s %s\n", layer->name, convforge_status_text(status));
    return 1;
  }
  call c = {layer, device_values(convforge_input(kernel)->bytes),
            device_values(convforge_output(kernel)->bytes), packed_on_device(layer, kernel)};
  const double ours = device_time(run, &c);
  const shape shape = shape_of(kernel);
  const double theirs = cudnn_time(&shape);
  printf("%-12s %-12s %9.2f %9.0f ", layer->name, kernel->target, ours,
         2e-3 * (double)kernel->multiply_adds / ours);
  if (theirs < 0)
    printf("        -        -\n");
  else
    printf("%9.2f %8.2f\n", theirs, theirs / ours);
  device_free(c.input), device_free(c.output), device_free(c.packed);
  return ours < 0;
}

int main(void) {
  if (device_open() != 0) {
    printf("skipped: no CUDA device\n");
    return 77;
  }
  if (cudnn_version() == 0)
    printf("no cuDNN: libcudnn.so.9 is not found (CUDNN_LIBRARY names another)\n");
  printf("%s, cuDNN %d\n%-12s %-12s %9s %9s %9s %8s\n", device_name(), cudnn_version(), "layer", "variant",
         "us", "GF/s", "cuDNN us", "ratio");
  int failed = 0;
  for (size_t i = 0; i < sizeof layers / sizeof layers[0]; ++i)
    failed |= measure(&layers[i]);
  return failed;
}
