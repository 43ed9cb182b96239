/* Pooling behind the epilogue, straight from its definition. */
#ifndef CONVFORGE_TOOLS_REFERENCE_POOLING_H
#define CONVFORGE_TOOLS_REFERENCE_POOLING_H

#include "reference.h"

/* Of kernel->pooling. axes: depth, height, width; their inputs are the outputs of the convolution. */
typedef struct reference_pooling {
  int average;      /* else the largest */
  int counts_zeros; /* of the padding */
  reference_axis axes[3];
} reference_pooling;

/* Reads kernel->pooling of a convolution of this shape. 0, or -1 when it is none that the kernel can have. */
int reference_pooling_parse(const char *text, const reference_shape *shape, reference_pooling *pooling);

/* Taps of its window. */
int reference_pooling_taps(const reference_pooling *pooling);
/* Where the convolution's output lies under tap `tap` of a pooled one. 0: beside the image. */
int reference_pooled_under(const reference_pooling *pooling, const int out[3], int tap, int in[3]);

/* What a window's values become, one after another. Begins as {0}. */
typedef struct reference_window {
  int count;
  double sum, size, largest, carried, allowed;
} reference_window;
void reference_window_add(reference_window *window, reference_value value);
reference_value reference_window_value(const reference_window *window, const reference_pooling *pooling);

#endif
