/* A portable kernel for any problem, in plain C: slow, but right wherever the runtime compiles. It stands in
 * where no kernel can be compiled or loaded, behind the same descriptor: convforge_run,
 * convforge_pack_weights and the rest work on `kernel` as on any other. Sums are in float64, of 8-bit
 * integers exact; no workspace, one thread. Needs libm. */
#ifndef CONVFORGE_GENERIC_H
#define CONVFORGE_GENERIC_H

#include "convforge/convforge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* In the order of generator/problem/epilogue.hpp. `a` and `b` below: leaky_relu:a, clip:a:b, elu:a,
 * affine:a:b. */
typedef enum convforge_activation {
  CONVFORGE_RELU,
  CONVFORGE_RELU6,
  CONVFORGE_LEAKY_RELU,
  CONVFORGE_CLIP,
  CONVFORGE_SIGMOID,
  CONVFORGE_TANH,
  CONVFORGE_SILU,
  CONVFORGE_HARD_SIGMOID,
  CONVFORGE_HARD_SWISH,
  CONVFORGE_GELU,
  CONVFORGE_GELU_TANH,
  CONVFORGE_ELU,
  CONVFORGE_SOFTPLUS,
  CONVFORGE_MISH
} convforge_activation;
enum { CONVFORGE_ACTIVATION_COUNT = CONVFORGE_MISH + 1 };

/* An activation (convforge_activation) in float64: the definition that every kernel is measured against.
 * Right over all doubles: no finite x overflows on the way, +-Inf gives the limit there, and NaN gives NaN.
 * NaN for an activation that is not in the list. */
double convforge_activate(int32_t activation, double a, double b, double x);

typedef enum convforge_op_kind {
  CONVFORGE_OP_ADD,      /* the operand's value: bias and residual */
  CONVFORGE_OP_MULTIPLY, /* by the operand's value: scale */
  CONVFORGE_OP_PRELU,    /* the same, where the value so far is below zero */
  CONVFORGE_OP_AFFINE,   /* a x + b */
  CONVFORGE_OP_ACTIVATION,
  CONVFORGE_OP_CLAMP /* to the steps from a to b of an 8-bit destination */
} convforge_op_kind;

typedef struct convforge_op {
  int32_t kind;       /* convforge_op_kind */
  int32_t operand;    /* index into the kernel's operands: of rank 1, by output channel, or shaped as the
                         output; -1: it takes none */
  int32_t activation; /* convforge_activation */
  float a, b;
} convforge_op;

/* In the order of generator/problem/padding_mode.hpp. */
typedef enum convforge_padding_mode {
  CONVFORGE_PAD_ZEROS,
  CONVFORGE_PAD_REFLECT,
  CONVFORGE_PAD_REPLICATE,
  CONVFORGE_PAD_CIRCULAR
} convforge_padding_mode;

/* In the order of generator/problem/pooling.hpp. */
typedef enum convforge_pooling_kind {
  CONVFORGE_POOL_NONE,
  CONVFORGE_POOL_MAX,
  CONVFORGE_POOL_AVG_NP, /* the average of what is inside of the image */
  CONVFORGE_POOL_AVG_P   /* with zeros in the padding */
} convforge_pooling_kind;

typedef struct convforge_axis { /* in elements; dilation 1 is dense */
  int32_t input, output, kernel, stride, dilation, pad_begin;
} convforge_axis;

typedef struct convforge_generic {
  convforge_kernel kernel; /* its function is convforge_generic_function. One pack region of one lane, of
                              8-bit integers dots of one element and offset 0; a view an operand, that of the
                              packed weights past their header */
  int32_t batch, groups, group_in, group_out; /* N, g, C/g, K/g */
  convforge_axis axes[3];                     /* depth, height, width */
  int32_t padding_mode;                       /* convforge_padding_mode, of all axes */
  int32_t nchw;                               /* input, residual and output: 0 N(D)HWC, 1 NC(D)HW */
  int32_t transposed;                         /* 1: each input element is spread over a window of outputs */
  int32_t pooling;                            /* convforge_pooling_kind, of what the epilogue gives */
  convforge_axis pooled[3];                   /* its axes, whose inputs are the outputs of `axes` */
  int32_t op_count;
  const convforge_op *ops; /* the epilogue, in order, but for a bias that is packed; none of 8-bit results */
  int32_t residual;        /* theirs: index into the kernel's operands; -1: there is none */
} convforge_generic;

/* For kernels that begin a convforge_generic, and for those only. */
int convforge_generic_function(void **arguments);

#ifdef __cplusplus
}
#endif

#endif
