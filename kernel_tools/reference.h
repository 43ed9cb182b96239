/* The convolution straight from its definition, one output at a time, in float64: what a kernel is compared
 * with. */
#ifndef CONVFORGE_TOOLS_REFERENCE_H
#define CONVFORGE_TOOLS_REFERENCE_H

#include "convforge/convforge.h"

/* The numbers of an axis; the letters are the descriptor's own (dilation counted from 0). */
typedef struct reference_axis {
  int i, o, k, s, p, d;
} reference_axis;

/* A full descriptor's numbers. axes: depth, height, width. */
typedef struct reference_shape {
  int transposed; /* is every input element spread over a window of outputs? */
  int g, mb, ic, oc;
  reference_axis axes[3];
  const char *padding_mode; /* the kernel's; null: zeros */
} reference_shape;

typedef struct reference_tensors {
  const void *input, *weights; /* in the kernel's own layouts and types */
} reference_tensors;

/* An output and how far a kernel's result may lie from it. */
typedef struct reference_value {
  double value, allowed;
} reference_value;

/* Reads kernel->problem, padded with zeros. 0, or -1 when it is not a full descriptor of 2-D or 3-D. */
int reference_parse(const char *descriptor, reference_shape *shape);

/* gamma(m) = m u / (1 - m u), u = 2^-24: what m float32 roundings can add up to (Higham, section 3.1). */
double reference_gamma(double m);

/* Distances in elements of input, output or weights: between images or filters, channels, and neighbours
 * along each axis (0 along a depth that the tensor lacks). */
typedef struct reference_strides {
  int64_t outer, channel, axis[3];
} reference_strides;
/* Of a tensor of the problem's layout: outer is between images. */
reference_strides reference_data_strides(const convforge_kernel *kernel, const convforge_operand *tensor);
/* Where element `at` (depth, height, width) of channel c of image n is in it. */
int64_t reference_index(const convforge_kernel *kernel, const convforge_operand *tensor, int n,
                        const int at[3], int c);
/* Of the weights: between groups, and output and input channels within one. */
typedef struct reference_weights {
  int64_t group, k, c, axis[3];
} reference_weights;
reference_weights reference_weights_strides(const convforge_kernel *kernel, const reference_shape *shape);
/* From the first weight to that of a tap, and of output channel k, counted over all groups. */
int64_t reference_weight_offset(const reference_weights *stride, const reference_shape *shape,
                                const int tap[3], int k);
/* Elements from the first one to where `at` says along each axis. */
int64_t reference_offset(const reference_strides *stride, const int at[3]);

/* The element of an axis that stands at position `at` of it; -1: none, a zero. Further out than a padding may
 * be, where tiles of Winograd may reach, one at an end. */
int reference_element_at(const reference_shape *shape, int axis, int at);

/* Where the input lies under a tap of an output. 0: a zero stands there, or it is between two elements. */
int reference_input_under(const reference_shape *shape, const int out[3], const int tap[3], int in[3]);

/* Output channel k at `out` (depth, height, width) of image n, before the epilogue, bounded by gamma(n) * sum
 * |x w|. */
reference_value reference_sum(const convforge_kernel *kernel, const reference_shape *shape,
                              const reference_tensors *tensors, int n, const int out[3], int k);

/* The epilogue written in `text` ("bias,relu") applied to a sum. `operands`: what it takes, in its order. */
reference_value reference_epilogue(const char *text, reference_value sum, const double *operands);

/* The same once it is stored as `dtype`: half an ulp of that type more, or, where it may round to infinity,
 * anything but NaN. */
reference_value reference_store(int32_t dtype, reference_value value);

#endif
