/* Kernels made at run time, for C: the interface of convforge/jit.hpp. Every function may be called from any
 * number of threads at once.
 *
 * A jit may be used in a child of fork(), which has of the parent's threads the calling one alone: kernels
 * that were loaded are there, and whatever the parent was making is made anew when the child asks. */
#ifndef CONVFORGE_JIT_H
#define CONVFORGE_JIT_H

#include "convforge/convforge.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct convforge_jit convforge_jit;
typedef struct convforge_jit_kernel convforge_jit_kernel; /* a share in a loaded kernel */
typedef struct convforge_jit_future convforge_jit_future; /* a share in a kernel that is being made */

/* Zero-initialise; null and 0 stand for what convforge::JitOptions of jit.hpp has by default. */
typedef struct convforge_jit_options {
  const char *cache_dir;
  const char *target;
  const char *algorithm;
  const char *program; /* the convforge program to compile with, instead of this process */
  int program_timeout_ms;
  int no_disk_cache;    /* not 0: kernels are not kept on disk */
  int generic_fallback; /* not 0: the portable kernel stands in where compiling or loading fails */
  int perf_map;         /* not 0: perf learns the names of kernels */
  uint64_t disk_bytes;
  size_t memory_entries;
  const char *machine;  /* whose measured facts and plans are used */
  const char *plans;    /* a file of plans */
  int tuning_budget_ms; /* of a kernel, to measure plans in; 0: none is measured */
} convforge_jit_options;

/* As the flags of the command line of the same names. descriptor must be there, null elsewhere means the
 * default. */
typedef struct convforge_jit_problem {
  const char *descriptor; /* "mb1ic64ih56oc64oh56kh3ph1" */
  const char *epilogue, *layout, *weights_layout, *math, *dtype;
  const char *strides, *residual_strides;            /* of slices of larger tensors: "100352x1x1792x32::" */
  const char *zero_points, *rounding, *output_scale; /* of 8-bit integers: "128:3", "onnx", "0.0235" */
  const char *padding_mode;                          /* "zeros", "reflect", "replicate" or "circular" */
  const char *pooling;                               /* "max:kh3sh2ph1" */
} convforge_jit_problem;

typedef enum convforge_jit_status {
  CONVFORGE_JIT_OK = 0,
  CONVFORGE_JIT_ERROR_OPTIONS = -101, /* an option is wrong, or the target cannot run here */
  CONVFORGE_JIT_ERROR_PROBLEM = -102, /* the problem contradicts itself or no algorithm computes it */
  CONVFORGE_JIT_ERROR_COMPILE = -103, /* the compiler failed, could not be started or took too long */
  CONVFORGE_JIT_ERROR_LOAD = -104     /* executable memory was refused or LLVM could not link the kernel */
} convforge_jit_status;

/* These answer a convforge_jit_status and fill *jit, *kernel or *future, with null on an error. `message`
 * (may be null) then takes up to message_size bytes of one sentence that says what is wrong; it always ends
 * with 0. options may be null. */
int convforge_jit_create(const convforge_jit_options *options, convforge_jit **jit, char *message,
                         size_t message_size);
int convforge_jit_compile(convforge_jit *jit, const convforge_jit_problem *problem,
                          convforge_jit_kernel **kernel, char *message, size_t message_size);

/* The same on a background thread. Answers at once: CONVFORGE_JIT_OK and a future, or what is wrong with the
 * problem's text. */
int convforge_jit_compile_async(convforge_jit *jit, const convforge_jit_problem *problem,
                                convforge_jit_future **future, char *message, size_t message_size);
/* Whether convforge_jit_get answers without waiting: 1 or 0. */
int convforge_jit_ready(const convforge_jit_future *future);
/* Waits for the kernel. Answers as convforge_jit_compile does; may be called again, each time for a share. In
 * a child of fork() a future of the parent that was not ready is CONVFORGE_JIT_ERROR_COMPILE. */
int convforge_jit_get(const convforge_jit_future *future, convforge_jit_kernel **kernel, char *message,
                      size_t message_size);
/* Does not wait: the kernel is made nevertheless, and kept in the jit. Null is fine. */
void convforge_jit_release_future(convforge_jit_future *future);

typedef enum convforge_jit_origin {
  CONVFORGE_JIT_COMPILED = 0,
  CONVFORGE_JIT_FROM_DISK = 1,
  CONVFORGE_JIT_GENERIC = 2 /* the portable kernel, where generic_fallback asked for it */
} convforge_jit_origin;

/* Where the kernel came from when it was loaded. */
convforge_jit_origin convforge_jit_origin_of(const convforge_jit_kernel *kernel);

/* For convforge_run, convforge_pack_operands, ... Holds until the kernel is released, also after the jit is
 * gone. */
const convforge_kernel *convforge_jit_descriptor(const convforge_jit_kernel *kernel);

/* Each kernel of convforge_jit_compile or convforge_jit_get is released once; the code goes with the last
 * share. Null is fine. */
void convforge_jit_release(convforge_jit_kernel *kernel);
/* Waits for what is still being made. Kernels and futures live on. Null is fine. */
void convforge_jit_destroy(convforge_jit *jit);

#ifdef __cplusplus
}
#endif

#endif
