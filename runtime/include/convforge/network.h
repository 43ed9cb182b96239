/* A generated network as one constant structure: what a program needs that runs networks it does not know,
 * such as tests and benchmarks. NAME_network() of a generated header answers it; who knows the network calls
 * NAME_run(). C11 and C++17; a header alone.
 *
 * Tensors are dense and row-major, with the axes that the model gives them. The caller owns every
 * pointer and nothing keeps one; calls may run at once with separate outputs and arenas, and allocate
 * nothing. */
#ifndef CONVFORGE_NETWORK_H
#define CONVFORGE_NETWORK_H

#include "convforge/convforge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An input or output. */
typedef struct convforge_network_tensor {
  const char *name; /* as NAME_run() calls it */
  const int64_t *shape;
  int32_t rank;  /* 0: one number, and the shape is null */
  int32_t dtype; /* CONVFORGE_F32, CONVFORGE_U8 or CONVFORGE_S8 */
} convforge_network_tensor;

/* A layer that is a convolution, with what is folded into it. */
typedef struct convforge_network_convolution {
  const char *layer;                       /* as the model calls it */
  const convforge_kernel *const *variants; /* by the network's targets; layers may share them. Their names,
                                              shapes, code bytes and multiply-adds are the kernels' */
} convforge_network_convolution;

typedef struct convforge_network {
  uint32_t abi_version; /* CONVFORGE_ABI_VERSION of the generator; of another one read nothing else */
  int32_t input_count, output_count;
  int32_t convolution_count;
  const char *name;                        /* "det" */
  const char *model;                       /* the file's name: "det.onnx" */
  const convforge_network_tensor *tensors; /* the inputs, then the outputs */
  const convforge_network_convolution *convolutions;
  /* Which of the variants of every convolution run here; below 0: none. Chosen once, as reason() says. */
  int (*target)(void);
  const char *(*reason)(void);
  /* Bytes of the arena of a call by that many threads (below 1 counts as 1), a multiple of 64. */
  size_t (*arena_size)(int threads);
  /* Computes the network. The arrays have the tensors, of their types, in their order; no tensor overlaps
   * another or the arena, which is aligned to 64 and holds nothing before or after. threads may be null: the
   * calling thread. 0 or a negative code (convforge_status); an error leaves outputs unfinished. */
  int (*run)(const void *const *inputs, void *const *outputs, void *arena, const convforge_threads *threads);
} convforge_network;

/* Elements of a tensor. */
static inline int64_t convforge_network_elements(const convforge_network_tensor *tensor) {
  int64_t elements = 1;
  for (int32_t i = 0; i < tensor->rank; i++)
    elements *= tensor->shape[i];
  return elements;
}

/* Bytes of one of its elements. */
static inline size_t convforge_network_element_bytes(const convforge_network_tensor *tensor) {
  return tensor->dtype == CONVFORGE_U8 || tensor->dtype == CONVFORGE_S8 ? 1 : sizeof(float);
}

#ifdef __cplusplus
}
#endif

#endif
