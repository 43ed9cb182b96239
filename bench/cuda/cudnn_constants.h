/* Of cudnn.h, which need not be there. tests/gpu/nvidia_headers.c compares them where it is. */
#ifndef CUDA_LAYERS_CUDNN_CONSTANTS_H
#define CUDA_LAYERS_CUDNN_CONSTANTS_H

enum {
  CUDNN_FLOAT = 0,       /* CUDNN_DATA_FLOAT */
  CUDNN_NCHW = 0,        /* CUDNN_TENSOR_NCHW */
  CUDNN_NHWC = 1,        /* CUDNN_TENSOR_NHWC */
  CUDNN_CORRELATION = 1, /* CUDNN_CROSS_CORRELATION */
  CUDNN_NO_TF32 = 3,     /* CUDNN_FMA_MATH: FFMA, and no tensor core */
  CUDNN_ALGORITHMS = 8   /* CUDNN_CONVOLUTION_FWD_ALGO_COUNT */
};

#endif
