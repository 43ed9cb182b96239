/* cuDNN's forward convolution in float32 with TF32 off, the best of its algorithms and of NCHW and NHWC.
 * Opened at run time; CUDNN_LIBRARY in the environment names another library than libcudnn.so.9. */
#ifndef CUDA_LAYERS_CUDNN_H
#define CUDA_LAYERS_CUDNN_H

typedef struct shape {
  int batch, in_channels, in_size, out_channels, out_size, kernel, stride, padding;
} shape;

/* As its cudnnGetVersion() says, 91900 for 9.19.0; 0: no cuDNN. */
int cudnn_version(void);
/* Microseconds; negative: no cuDNN, or it cannot. */
double cudnn_time(const shape *shape);

#endif
