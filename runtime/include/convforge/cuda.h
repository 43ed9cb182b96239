/* Running kernels on CUDA GPUs: a thin layer over the CUDA driver, which is loaded when first needed
 * (dlopen): a program that links this starts without a GPU and without a driver, and calls answer
 * CONVFORGE_ERROR_NO_CUDA. C11 and C++17.
 *
 * The caller owns everything of CUDA's: its context must be current on the calling thread, pointers are
 * device pointers of that context, work goes to the caller's stream. A call copies nothing, waits for nothing
 * and allocates nothing; it returns when the driver has queued the launch, so that errors of the running
 * kernel appear where the caller synchronises. Any number of threads and streams may use one kernel at once,
 * with separate outputs.
 *
 * Where several things are wrong, the first of these is answered:
 *   1. NULL     kernel, module or args themselves
 *   2. ABI      the kernel is another version's
 *   3. loading, in a context's first call: NO_CUDA, CONTEXT, TARGET, then MEMORY or IMAGE; later: CONTEXT
 *   4. tensors, in the order of the kernel's operands: NULL, then MISALIGNED, of each
 *   5. OVERLAP  the output and anything else
 *   6. what the driver answers to the launch: CONTEXT, MEMORY or LAUNCH
 * Nothing is queued before 1 to 5 hold. A host call answers NULL for any tensor, then PACK, then what the
 * driver says.
 *
 * Device tensors are aligned to 16 bytes, packed weights to 64 (cuMemAlloc gives 256). CONVFORGE_CUDA_DRIVER
 * in the environment names another driver library than libcuda.so.1; CONVFORGE_VERBOSE=1 prints what is
 * loaded and what the driver refuses. */
#ifndef CONVFORGE_CUDA_H
#define CONVFORGE_CUDA_H

#include "convforge/convforge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The driver's CUstream; null is the default stream. */
typedef struct CUstream_st *convforge_cuda_stream;

/* One launch of a device function. Its parameters are the addresses of these views of the kernel, in order.
 */
typedef struct convforge_cuda_launch {
  const char *function;
  uint32_t grid[3], block[3]; /* x, y, z */
  uint32_t shared_bytes;      /* per block, asked for at launch */
  int32_t view_count;
  const int32_t *views; /* into convforge_kernel's views */
} convforge_cuda_launch;

/* Device code of one architecture. */
typedef struct convforge_cuda_variant {
  int32_t compute_capability;     /* 80 for 8.0: what it was planned and assembled for */
  const convforge_kernel *kernel; /* shapes, packed weights, why; its function is null */
  const void *cubin;              /* machine code, loaded first; null when there was no ptxas */
  size_t cubin_bytes;
  const char *ptx; /* the driver compiles it where the cubin does not fit */
  int32_t launch_count;
  const convforge_cuda_launch *launches;
} convforge_cuda_variant;

typedef struct convforge_cuda_kernel {
  uint32_t abi_version; /* CONVFORGE_ABI_VERSION of the generator */
  int32_t variant_count;
  const convforge_cuda_variant *variants; /* best first */
} convforge_cuda_kernel;

/* The most launches a variant may have. */
#define CONVFORGE_CUDA_MAX_LAUNCHES 4

/* A kernel loaded into one context. */
typedef struct convforge_cuda_module convforge_cuda_module;

/* Loads the best variant for the current context's device: its cubin, or its PTX, which the driver then
 * compiles (this may take a second, and is cached by the driver). Allocates. CONVFORGE_OK, or
 *   CONVFORGE_ERROR_NO_CUDA     no driver, or it finds no GPU
 *   CONVFORGE_ERROR_CONTEXT     no context is current on this thread
 *   CONVFORGE_ERROR_TARGET      the device is older than every variant
 *   CONVFORGE_ERROR_IMAGE       the driver refuses the device code
 *   CONVFORGE_ERROR_MEMORY      out of memory, the host's or the device's
 *   CONVFORGE_ERROR_ABI, _NULL  as convforge_run */
int convforge_cuda_load(const convforge_cuda_kernel *kernel, convforge_cuda_module **module);
/* Unloads it from its context, which must be alive; no work of it may be queued. Null is fine. */
void convforge_cuda_unload(convforge_cuda_module *module);
/* The descriptor of the variant loaded: pack weights with convforge_pack_weights(), then copy them to the
 * device. */
const convforge_kernel *convforge_cuda_descriptor(const convforge_cuda_module *module);

/* Queues the kernel on `stream`. The operands of `args` are device pointers; workspace and threads are not
 * used. Checks every argument first: answers as convforge_run() (what is in packed weights is not looked at:
 * it is on the device), or CONVFORGE_ERROR_LAUNCH      the driver refuses the launch, or an earlier one
 * failed */
int convforge_cuda_run(const convforge_cuda_module *module, const convforge_args *args,
                       convforge_cuda_stream stream);

/* The same with host pointers (packed weights included) for trying things out: allocates device memory,
 * copies and runs on `stream`, of any kind, waits for it, copies back and frees: nothing is under way when it
 * returns, whatever it answers. CONVFORGE_ERROR_PACK if the weights were packed for another variant. */
int convforge_cuda_run_host(const convforge_cuda_module *module, const convforge_args *args,
                            convforge_cuda_stream stream);

/* The modules of one kernel, a context each: what generated code keeps. Zero-initialise. */
typedef struct convforge_cuda_modules {
  convforge_cuda_module *first;
  int loading;
} convforge_cuda_modules;

/* The module of the current context; the first call in a context loads it, once, however many threads ask at
 * once. Answers as convforge_cuda_load(). */
int convforge_cuda_module_here(const convforge_cuda_kernel *kernel, convforge_cuda_modules *modules,
                               const convforge_cuda_module **module);
/* Unloads the module of the current context: before that context is destroyed, and while no thread uses the
 * kernel in that context; others may. A few hundred bytes stay allocated, for the next load in any context.
 */
void convforge_cuda_unload_here(convforge_cuda_modules *modules);

#ifdef __cplusplus
}
#endif

#endif
