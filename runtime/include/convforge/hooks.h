/* The symbols that kernel objects may import: scratch memory from the caller's workspace, and the caller's
 * threads. Kernels call them; applications do not. A JIT hands their addresses to its linker (see `context`
 * below).
 *
 * `context` is the opaque pointer that the kernel function receives through arguments[0], or that a task
 * receives as its first argument. A context belongs to one call, and inside a parallel loop to one worker: it
 * needs no lock. */
#ifndef CONVFORGE_HOOKS_H
#define CONVFORGE_HOOKS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One iteration of a parallel loop; not 0: it failed. */
typedef int (*convforge_loop_task)(void *context, int index, uint8_t *closure);

/* `bytes` of scratch, aligned to 64, out of this context's part of the workspace: the shared part outside of
 * parallel loops, the worker's own part inside. Each block costs its size rounded up to 64. Null if it does
 * not fit. */
void *convforge_workspace_take(void *context, size_t bytes);
/* Gives a block back. Its bytes are free again once every block taken after it is given back too. Null is
 * fine. */
void convforge_workspace_give(void *context, void *block);

/* Runs task(worker's context, i, closure) for every i in [min, min + size) and returns when all are done: on
 * the caller's threads, or one after another when there are none or the loop is inside another one. 0, or not
 * 0 if a task failed. */
int convforge_parallel_for(void *context, convforge_loop_task task, int min, int size, uint8_t *closure);

#ifdef __cplusplus
}
#endif

#endif
