#include "cudnn.h"

#include "cudnn_constants.h"
#include "device.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef void *handle; /* of the library, or a descriptor */

static struct {
  size_t (*version)(void);
  int (*create)(handle *), (*create_tensor)(handle *), (*create_filter)(handle *),
      (*create_convolution)(handle *);
  int (*destroy_tensor)(handle), (*destroy_filter)(handle), (*destroy_convolution)(handle);
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
  memcpy(function, (const void *)&address, sizeof address);
  return address == NULL;
}

static int open_library(void) {
  const char *named = getenv("CUDNN_LIBRARY");
  void *library = dlopen(named ? named : "libcudnn.so.9", RTLD_NOW);
  return library == NULL || find(library, "cudnnGetVersion", (void *)&dnn.version) ||
         find(library, "cudnnCreate", (void *)&dnn.create) ||
         find(library, "cudnnCreateTensorDescriptor", (void *)&dnn.create_tensor) ||
         find(library, "cudnnCreateFilterDescriptor", (void *)&dnn.create_filter) ||
         find(library, "cudnnCreateConvolutionDescriptor", (void *)&dnn.create_convolution) ||
         find(library, "cudnnDestroyTensorDescriptor", (void *)&dnn.destroy_tensor) ||
         find(library, "cudnnDestroyFilterDescriptor", (void *)&dnn.destroy_filter) ||
         find(library, "cudnnDestroyConvolutionDescriptor", (void *)&dnn.destroy_convolution) ||
         find(library, "cudnnSetTensor4dDescriptor", (void *)&dnn.set_tensor) ||
         find(library, "cudnnSetFilter4dDescriptor", (void *)&dnn.set_filter) ||
         find(library, "cudnnSetConvolution2dDescriptor", (void *)&dnn.set_convolution) ||
         find(library, "cudnnSetConvolutionMathType", (void *)&dnn.set_math) ||
         find(library, "cudnnGetConvolutionForwardWorkspaceSize", (void *)&dnn.workspace) ||
         find(library, "cudnnConvolutionForward", (void *)&dnn.forward);
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
         dnn.set_tensor(c->x, format, CUDNN_FLOAT, s->batch, s->in_channels, s->in_size, s->in_size) ||
         dnn.set_tensor(c->y, format, CUDNN_FLOAT, s->batch, s->out_channels, s->out_size, s->out_size) ||
         dnn.set_filter(c->w, CUDNN_FLOAT, format, s->out_channels, s->in_channels, s->kernel, s->kernel) ||
         dnn.set_convolution(c->convolution, s->padding, s->padding, s->stride, s->stride, 1, 1,
                             CUDNN_CORRELATION, CUDNN_FLOAT) ||
         dnn.set_math(c->convolution, CUDNN_NO_TF32);
}

static void forget(convolution *c) {
  if (c->x)
    (void)dnn.destroy_tensor(c->x);
  if (c->y)
    (void)dnn.destroy_tensor(c->y);
  if (c->w)
    (void)dnn.destroy_filter(c->w);
  if (c->convolution)
    (void)dnn.destroy_convolution(c->convolution);
  c->x = c->y = c->w = c->convolution = NULL;
}

static double lesser(double least, double now) {
  return now >= 0 && (least < 0 || now < least) ? now : least;
}

static double best_algorithm(convolution *c) {
  double least = -1;
  for (c->algorithm = 0; c->algorithm < CUDNN_ALGORITHMS; ++c->algorithm) {
    if (dnn.workspace(c->dnn, c->x, c->w, c->convolution, c->y, c->algorithm, &c->workspace_bytes))
      continue; /* not for this convolution */
    c->workspace = c->workspace_bytes ? device_allocate(c->workspace_bytes) : NULL;
    if (c->workspace_bytes == 0 || c->workspace != NULL) /* FFTs may want more than there is */
      least = lesser(least, device_time(forward, c));
    device_free(c->workspace);
  }
  return least;
}

static handle library(void) {
  static int state = -1; /* opened once: -1 not tried */
  static handle one;
  if (state < 0)
    state = open_library() || dnn.create(&one);
  return state == 0 ? one : NULL;
}

int cudnn_version(void) {
  return library() ? (int)dnn.version() : 0;
}

double cudnn_time(const shape *s) {
  convolution c = {.dnn = library()};
  if (c.dnn == NULL)
    return -1;
  const size_t in = 4u * (size_t)s->batch * (size_t)s->in_channels * (size_t)(s->in_size * s->in_size);
  const size_t out = 4u * (size_t)s->batch * (size_t)s->out_channels * (size_t)(s->out_size * s->out_size);
  const size_t weights =
      4u * (size_t)s->out_channels * (size_t)s->in_channels * (size_t)(s->kernel * s->kernel);
  c.input = device_values(in), c.weights = device_values(weights), c.output = device_values(out);
  double least = -1;
  for (int format = CUDNN_NCHW; format <= CUDNN_NHWC; ++format) {
    if (describe(&c, s, format) == 0)
      least = lesser(least, best_algorithm(&c));
    forget(&c);
  }
  device_free(c.input), device_free(c.weights), device_free(c.output);
  return least;
}
