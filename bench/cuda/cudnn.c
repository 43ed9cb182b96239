#include "cudnn.h"

#include "device.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* Of cudnn.h. */
enum { FLOAT = 0, NCHW = 0, NHWC = 1, CROSS_CORRELATION = 1, FMA_MATH = 3, ALGORITHMS = 8 };
typedef void *handle;

static struct {
  int (*create)(handle *), (*create_tensor)(handle *), (*create_filter)(handle *),
      (*create_convolution)(handle *);
  int (*set_tensor)(handle, int format, int type, int n, int c, int h, int w);
  int (*set_filter)(handle, int type, int format, int k, int c, int r, int s);
  int (*set_convolution)(handle, int pad_h, int pad_w, int stride_h, int stride_w, int dilation_h,
                         int dilation_w, int mode, int type);
  int (*set_math)(handle, int math);
  int (*workspace)(handle, handle x, handle w, handle convolution, handle y, int algorithm, size_t *bytes);
  int (*forward)(handle, const float *alpha, handle x, const void *input, handle w, const void *weights,
                 handle convolution, int algorithm, void *workspace, size_t bytes, const float *beta,
                 handle y, void *output);
} dnn;

static int find(void *library, const char *name, void *function) {
  void *address = dlsym(library, name);
  memcpy(function, &address, sizeof address);
  return address == NULL;
}

static int open_library(void) {
  const char *named = getenv("CUDNN_LIBRARY");
  void *library = dlopen(named ? named : "libcudnn.so.9", RTLD_NOW);
  return library == NULL || find(library, "cudnnCreate", &dnn.create) ||
         find(library, "cudnnCreateTensorDescriptor", &dnn.create_tensor) ||
         find(library, "cudnnCreateFilterDescriptor", &dnn.create_filter) ||
         find(library, "cudnnCreateConvolutionDescriptor", &dnn.create_convolution) ||
         find(library, "cudnnSetTensor4dDescriptor", &dnn.set_tensor) ||
         find(library, "cudnnSetFilter4dDescriptor", &dnn.set_filter) ||
         find(library, "cudnnSetConvolution2dDescriptor", &dnn.set_convolution) ||
         find(library, "cudnnSetConvolutionMathType", &dnn.set_math) ||
         find(library, "cudnnGetConvolutionForwardWorkspaceSize", &dnn.workspace) ||
         find(library, "cudnnConvolutionForward", &dnn.forward);
}

typedef struct convolution {
  handle dnn, x, w, y, convolution;
  int algorithm;
  void *input, *weights, *output, *workspace;
  size_t workspace_bytes;
} convolution;

static int forward(void *closure) {
  const convolution *c = closure;
  const float one = 1, zero = 0;
  return dnn.forward(c->dnn, &one, c->x, c->input, c->w, c->weights, c->convolution, c->algorithm,
                     c->workspace, c->workspace_bytes, &zero, c->y, c->output);
}

static int describe(convolution *c, const shape *s, int format) {
  return dnn.create_tensor(&c->x) || dnn.create_tensor(&c->y) || dnn.create_filter(&c->w) ||
         dnn.create_convolution(&c->convolution) ||
         dnn.set_tensor(c->x, format, FLOAT, s->batch, s->in_channels, s->in_size, s->in_size) ||
         dnn.set_tensor(c->y, format, FLOAT, s->batch, s->out_channels, s->out_size, s->out_size) ||
         dnn.set_filter(c->w, FLOAT, format, s->out_channels, s->in_channels, s->kernel, s->kernel) ||
         dnn.set_convolution(c->convolution, s->padding, s->padding, s->stride, s->stride, 1, 1,
                             CROSS_CORRELATION, FLOAT) ||
         dnn.set_math(c->convolution, FMA_MATH);
}

static double best_algorithm(convolution *c) {
  double least = -1;
  for (c->algorithm = 0; c->algorithm < ALGORITHMS; ++c->algorithm) {
    if (dnn.workspace(c->dnn, c->x, c->w, c->convolution, c->y, c->algorithm, &c->workspace_bytes))
      continue;
    c->workspace = c->workspace_bytes ? device_copy(NULL, c->workspace_bytes) : NULL;
    const double now = device_time(forward, c);
    least = now >= 0 && (least < 0 || now < least) ? now : least;
    if (c->workspace)
      device_free(c->workspace);
  }
  return least;
}

double cudnn_time(const shape *s) {
  static int state = -1; /* opened once: -1 not tried */
  static convolution c;
  if (state < 0)
    state = open_library() || dnn.create(&c.dnn);
  if (state != 0)
    return -1;
  const size_t in = 4u * (size_t)s->batch * (size_t)s->in_channels * (size_t)(s->in_size * s->in_size);
  const size_t out = 4u * (size_t)s->batch * (size_t)s->out_channels * (size_t)(s->out_size * s->out_size);
  const size_t weights =
      4u * (size_t)s->out_channels * (size_t)s->in_channels * (size_t)(s->kernel * s->kernel);
  c.input = device_copy(NULL, in), c.weights = device_copy(NULL, weights), c.output = device_copy(NULL, out);
  double least = -1;
  for (int format = NCHW; format <= NHWC; ++format) {
    const double now = describe(&c, s, format) == 0 ? best_algorithm(&c) : -1;
    least = now >= 0 && (least < 0 || now < least) ? now : least;
  }
  device_free(c.input), device_free(c.weights), device_free(c.output);
  return least;
}
