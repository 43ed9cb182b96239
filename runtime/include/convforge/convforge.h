/* ConvForge's thin runtime: what a program needs to run a generated kernel. C11 and C++17; needs libc and
 * its libm only.
 *
 * A kernel is described by one constant convforge_kernel. Generated headers wrap it in typed functions; this
 * header is the general form underneath, the same for kernels linked ahead of time and loaded at run time.
 *
 * Tensors are row-major in the layout the kernel was made for, and dense unless the kernel was made for
 * slices of larger tensors (their descriptors' strides say so); sizes are bytes unless a name says otherwise.
 * The caller owns every pointer; nothing here keeps one after it returns. Every function may be called from
 * any number of threads at once as long as their outputs and workspaces differ. Nothing allocates except
 * where a comment says so. */
#ifndef CONVFORGE_CONVFORGE_H
#define CONVFORGE_CONVFORGE_H

#include "convforge/packed.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Layout of the structures in this header. A kernel of another version is refused. */
#define CONVFORGE_ABI_VERSION 6u
/* Packed weights and workspace are aligned to, and sized in multiples of, this many bytes. */
#define CONVFORGE_ALIGNMENT 64u
/* Bytes in front of packed weights that name the layout they were packed for. */
#define CONVFORGE_PACK_HEADER_BYTES 64u

/* What calls answer. convforge_status_text() has the sentence for each. */
typedef enum convforge_status {
  CONVFORGE_OK = 0,
  CONVFORGE_ERROR_NULL = -1, /* a pointer that this kernel needs is null */
  CONVFORGE_ERROR_MISALIGNED =
      -2, /* a tensor is not aligned to its element, or packed weights or workspace to 64 bytes */
  CONVFORGE_ERROR_OVERLAP = -3, /* what is written (output, workspace, a pack) overlaps another tensor of the
                                   call; slices of one larger tensor may interleave as long as they share no
                                   element, and a residual may be the output (convforge_may_be_output) */
  CONVFORGE_ERROR_PACK =
      -4, /* the packed weights were packed for another kernel or variant, or not packed at all */
  CONVFORGE_ERROR_ABI = -5, /* the kernel was generated for another version of this runtime */
  CONVFORGE_ERROR_TARGET =
      -6, /* no variant of the kernel runs on this CPU, or CONVFORGE_TARGET names an impossible one */
  CONVFORGE_ERROR_THREADS = -7,  /* the thread count is not positive or the parallel-for callback is null */
  CONVFORGE_ERROR_CONSTANT = -8, /* the kernel's weights are constants: there is nothing to pack */
  CONVFORGE_ERROR_MEMORY =
      -9, /* memory or a thread could not be had, or the kernel needs more workspace than it says */
  /* Of kernels on GPUs (convforge/cuda.h): */
  CONVFORGE_ERROR_NO_CUDA = -10,    /* the CUDA driver is not installed, or finds no GPU */
  CONVFORGE_ERROR_CONTEXT = -11,    /* no CUDA context is current on the calling thread */
  CONVFORGE_ERROR_IMAGE = -12,      /* the CUDA driver refuses the kernel's device code */
  CONVFORGE_ERROR_LAUNCH = -13,     /* the CUDA driver refuses a launch or a copy, or an earlier one failed */
  CONVFORGE_ERROR_MULTIPLIER = -14, /* a multiplier is negative, not finite, or 2^31 or more */
  CONVFORGE_ERROR_SUMS = -15        /* with this bias and these weights a sum may not fit into 32 bits */
} convforge_status;

/* One sentence for a status; "unknown status" for any other number. Static text. */
const char *convforge_status_text(int status);
/* "0.1.0" */
const char *convforge_version(void);

/* ---- CPU features ---------------------------------------------------------------------------- */

enum {
  CONVFORGE_CPU_SSE41 = 1u << 0,
  CONVFORGE_CPU_AVX2 = 1u << 1,        /* AVX2, FMA and F16C, with the OS keeping the YMM state */
  CONVFORGE_CPU_AVX512 = 1u << 2,      /* AVX-512 F, BW, CD, DQ and VL, with the OS keeping the ZMM state */
  CONVFORGE_CPU_AVX512_VNNI = 1u << 3, /* and VNNI: dot products of 8-bit integers */
  CONVFORGE_CPU_AVX512_ICELAKE = 1u << 4, /* and IFMA, VBMI, VBMI2, BITALG and VPOPCNTDQ, as Ice Lake has */
  CONVFORGE_CPU_NEON = 1u << 8,     /* AArch64 Advanced SIMD: 32 registers of 4 floats, fused multiply-add */
  CONVFORGE_CPU_ARM_FP16 = 1u << 9, /* FEAT_FP16: half precision in scalar and vector instructions */
  CONVFORGE_CPU_ARM_DOTPROD = 1u << 10, /* FEAT_DotProd: dot products of 8-bit integers */
  CONVFORGE_NEEDS_CUDA = 1u << 16,      /* no CPU has it: kernels for GPUs, which convforge/cuda.h runs */
  /* Not what a kernel needs but what it is tuned for. A kernel tuned for other cores runs all the same. */
  CONVFORGE_CPU_ARM_IN_ORDER = 1u << 24, /* every core is a small in-order one (Cortex-A53, A55, A510, ...) */
  CONVFORGE_CPU_TUNING = 0x7f000000u     /* every bit of that kind */
};
/* The features that this CPU has and this OS enables (x86: cpuid and XCR0; ARM on Linux: the auxiliary
 * vector). Never a tuning bit. */
uint32_t convforge_cpu_features(void);
/* The tuning bits that fit this machine's cores, as the OS reports them (ARM on Linux: the cores' MIDR in
 * sysfs, or of the core that asks where there is no sysfs). Reads files; convforge_choose() asks once. */
uint32_t convforge_cpu_tuning(void);
/* CONVFORGE_CPU_* bits in words, for messages: "SSE4.1; AVX2 with FMA and F16C"; "" for none, and bits of
 * another version as a number. Writes at most `size` bytes, the zero included, cutting what does not fit
 * (text may be null if size is 0), and answers the length of all the words, as snprintf does. */
size_t convforge_feature_names(uint32_t features, char *text, size_t size);

/* ---- The kernel descriptor ------------------------------------------------------------------- */

/* What a tensor is for. */
typedef enum convforge_role {
  CONVFORGE_INPUT = 0,
  CONVFORGE_WEIGHTS = 1,
  CONVFORGE_EPILOGUE = 2, /* of the epilogue's operation that it is named after: of rank 1, a value an output
                             channel, or shaped as the output */
  CONVFORGE_OUTPUT = 3,
  CONVFORGE_PACKED = 4 /* of the packed weights: convforge_pack_operands() takes it, calls pass anything */
} convforge_role;
enum { CONVFORGE_ROLE_COUNT = 5 };

/* Types of elements; convforge/elements.h has their sizes and conversions. */
typedef enum convforge_dtype {
  CONVFORGE_F32 = 1, /* float */
  CONVFORGE_F16 = 2, /* convforge_f16: an IEEE 754 binary16 by its bits */
  CONVFORGE_U8 = 3,  /* uint8_t */
  CONVFORGE_S8 = 4,  /* int8_t */
  CONVFORGE_S16 = 5, /* int16_t, of packed weights only */
  CONVFORGE_S32 = 6, /* int32_t */
  CONVFORGE_F64 = 7  /* double, of multipliers only */
} convforge_dtype;
/* C has no type for halves that all compilers know: calls take them by their bits. */
typedef uint16_t convforge_f16;

/* The most dimensions a tensor may have. */
#define CONVFORGE_MAX_RANK 6

/* A tensor of a call, as the caller sees it, row-major. Input, residual and output may be slices of larger
 * tensors: what lies between their elements is neither read nor written. */
typedef struct convforge_operand {
  const char *name; /* "input", "weights", "bias", ..., "output"; a second bias is "bias2" */
  int32_t role;     /* convforge_role */
  int32_t dtype;    /* convforge_dtype */
  int32_t rank;
  int32_t reserved;                    /* 0 */
  int64_t shape[CONVFORGE_MAX_RANK];   /* 0 past rank */
  int64_t strides[CONVFORGE_MAX_RANK]; /* in elements; 0 past rank */
  size_t bytes;                        /* from its first element to its last, gaps of a slice included */
  const void *constant;                /* the values that the kernel was made with (weights: packed for this
                                          variant); null: an argument of each call */
} convforge_operand;

/* One pointer argument of the kernel function: an operand of the call plus a constant offset. The weights'
 * are the packed ones, header included. */
typedef struct convforge_view {
  int32_t operand;  /* index into the kernel's operands */
  int32_t reserved; /* 0 */
  size_t offset;    /* bytes */
} convforge_view;

struct convforge_requantisation;

/* The compiled kernel: arguments[0] points at the call's context pointer, arguments[1 + i] is view i's
 * address. */
typedef int (*convforge_function)(void **arguments);

typedef struct convforge_kernel {
  uint32_t abi_version;       /* CONVFORGE_ABI_VERSION of the generator */
  uint32_t cpu_features;      /* CONVFORGE_CPU_* that the function needs */
  const char *name;           /* "conv1" */
  const char *problem;        /* the descriptor in full */
  const char *epilogue;       /* "bias,relu" */
  const char *layout;         /* "nhwc" or "nchw" */
  const char *weights_layout; /* "hwio", "oihw", "ohwi", "hwoi" or "iohw" */
  const char *target;         /* "x86-64-avx512" */
  const char *algorithm;      /* "direct", "depthwise", ... */
  const char *why;            /* why this algorithm and these tiles were chosen, or what it fell back from */
  int32_t operand_count;
  int32_t view_count;
  const convforge_operand *operands; /* input, weights, the epilogue's in its order, output */
  const convforge_view *views;
  convforge_function function;
  convforge_pack pack;
  size_t packed_bytes;           /* header included */
  size_t workspace_shared_bytes; /* workspace = shared + threads x per thread; all multiples of 64 */
  size_t workspace_thread_bytes;
  size_t code_bytes;
  uint64_t multiply_adds; /* of the direct method, padding included, one call */
  const struct convforge_requantisation *requantisation; /* of 8-bit results (convforge/quantise.h); null: no
                                                            result is one */
  const char *padding_mode; /* "reflect", "replicate" or "circular"; null: zeros */
  const char *pooling;      /* "max:kh3kw3sh2sw2ph1pw1eh0ew0", of what the epilogue gives; null: none */
  int32_t pooled_rows, pooled_columns; /* of a patch, whose sums are computed together; 0: of no concern */
} convforge_kernel;

/* The most views and operands a kernel may have. */
#define CONVFORGE_MAX_VIEWS 512
#define CONVFORGE_MAX_OPERANDS 32

/* The operands that every kernel has. */
static inline const convforge_operand *convforge_input(const convforge_kernel *kernel) {
  return &kernel->operands[0];
}
static inline const convforge_operand *convforge_weights(const convforge_kernel *kernel) {
  return &kernel->operands[1];
}
static inline const convforge_operand *convforge_output(const convforge_kernel *kernel) {
  return &kernel->operands[kernel->operand_count - 1];
}
/* The index of the operand of this name; -1: the kernel has none. */
int convforge_find_operand(const convforge_kernel *kernel, const char *name);
/* Whether the output may be computed in the place of this operand, which is 1 or 0: a call whose pointer for
 * it is the output's adds to what the output held, as oneDNN's sum does. So it is for tensors of the epilogue
 * with the output's shape, type and strides (residuals), as kernels for CPUs read each of their elements
 * before they write it, once; and of no kernel with pooling, which reads neighbours. Addresses that differ
 * and overlap are CONVFORGE_ERROR_OVERLAP. */
int convforge_may_be_output(const convforge_kernel *kernel, int operand);

/* ---- Threads --------------------------------------------------------------------------------- */

/* A parallel-for that the caller provides: run task(closure, i) for every i in [0, count), in any order, on
 * any threads, and return when all are done. ConvForge calls it at most a few times per call, with a count of
 * at most `threads`. Each thread computes in its own floating-point environment, which for bitwise equal
 * results should be the caller's. The callback must return: kernels cannot be unwound, so that an exception
 * thrown through one (C++) ends the program by std::terminate, and longjmp or pthread_exit out of one is
 * undefined. Catch inside of the callback, let the rest of the tasks run, and rethrow after the call. */
typedef void (*convforge_task)(void *closure, int index);
typedef struct convforge_threads {
  void (*parallel_for)(void *pool, int count, convforge_task task, void *closure);
  void *pool; /* passed back as the first argument */
  int count;  /* 1 or more: how many workers may run at once; the workspace is sized for this many */
} convforge_threads;

/* A small thread pool to put behind that callback. create allocates and starts count - 1 threads (the caller
 * of a kernel is the last worker) and answers null when it cannot, or when count is below 1; destroy waits
 * for them. One pool serves any number of callers at once. A thread of it that waits spins for some 0.1 ms
 * before it sleeps, so that the next call finds it awake; not so while callers keep `count` threads awake
 * without it. The threads of a null pool are refused by convforge_run (CONVFORGE_ERROR_THREADS).
 *
 * A pool's threads belong to the process that made it. In a child of fork() its loops run on the calling
 * thread alone (with the same results), and destroy frees the child's copy; a child that wants threads makes
 * a pool. A task that forks must not return in the child. A thread is not cancelled (pthread_cancel) inside
 * of the pool, but once its loop is done; asynchronous cancellation is not supported. */
typedef struct convforge_pool convforge_pool;
convforge_pool *convforge_pool_create(int count);
void convforge_pool_destroy(convforge_pool *pool); /* null is fine */
convforge_threads convforge_pool_threads(convforge_pool *pool);

/* ---- The call -------------------------------------------------------------------------------- */

/* Bits of convforge_args.flags. */
enum {
  /* Subnormal numbers are zero while the call computes, read or written, on every thread of it: processors
   * that compute them in microcode are up to 150 times as slow. Each thread's environment is put back after
   * it. Without effect where there is no such mode (neither SSE nor AArch64). */
  CONVFORGE_FLUSH_SUBNORMALS = 1u << 0
};

typedef struct convforge_args { /* zero-initialise */
  void *const *operands; /* kernel->operand_count pointers, in the order of kernel->operands: the packed
                            weights in the weights' place, anything in a constant's. Only the output is
                            written */
  void *workspace;       /* null if the kernel needs none */
  const convforge_threads *threads; /* null: the calling thread; else a parallel-for callback and a count */
  uint32_t flags;                   /* others than those above: CONVFORGE_ERROR_ABI */
  uint32_t reserved;                /* 0 */
} convforge_args;

/* Runs the kernel. Checks every argument first and touches nothing when one is wrong; pointers to what the
 * kernel holds as constants are ignored. Null kernel: CONVFORGE_ERROR_TARGET (that is what an
 * accessor answers when no variant runs here).
 *
 * Floating point: kernels are made for the environment that programs begin with, rounding to nearest and no
 * exception trapped; their bounds on errors hold there. They leave rounding, traps and the treatment of
 * subnormals as found. Status flags they may raise, FE_INVALID and FE_DIVBYZERO too, where no value of the
 * call is to blame: vectors have lanes that hold no channel. So flags say nothing after a call, and with
 * traps enabled (feenableexcept) a call may end in SIGFPE: disable them around it (feholdexcept). */
int convforge_run(const convforge_kernel *kernel, const convforge_args *args);

/* Workspace bytes for a number of threads (values below 1 count as 1). 0: args.workspace may be null. */
size_t convforge_workspace_size(const convforge_kernel *kernel, int threads);

/* Packs weights (of convforge_weights(kernel)) into `packed` (kernel->packed_bytes, aligned to 64). */
int convforge_pack_weights(const convforge_kernel *kernel, const void *weights, void *packed);

/* The same of a kernel that packs more beside the weights: `operands` are kernel->operand_count pointers in
 * the order of kernel->operands, of which those of the weights and of role CONVFORGE_PACKED are read.
 * convforge_pack_weights() answers CONVFORGE_ERROR_NULL for such kernels. */
int convforge_pack_operands(const convforge_kernel *kernel, const void *const *operands, void *packed);

/* ---- Variants -------------------------------------------------------------------------------- */

typedef struct convforge_choice {
  const convforge_kernel *kernel; /* null: no variant runs here */
  char reason[256];               /* why this one, or why none */
} convforge_choice;

/* Picks the first of `variants` (best first) whose features this CPU and OS have; CONVFORGE_TARGET in the
 * environment forces one by name and, if impossible, leaves kernel null and the reason naming what the CPU
 * lacks. CONVFORGE_VERBOSE=1 prints the decision to stderr; when nothing can run, the reason is printed in
 * any case. Generated accessors call this once and keep the answer. Variants of another ABI version give the
 * first one, so that calls answer CONVFORGE_ERROR_ABI. */
void convforge_choose(const convforge_kernel *const *variants, int count, convforge_choice *choice);

#ifdef __cplusplus
}
#endif

#endif
