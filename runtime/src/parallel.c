/* Parallel loops of kernels over the caller's threads. Each worker owns one region of the workspace and pulls
 * iterations from a shared counter; an iteration computes the same whoever runs it, so neither the number of
 * workers nor their order shows in the result. A callback that runs the workers one after another is fine:
 * the first one does all the work. */
#include "context.h"
#include "subnormals.h"

#include <stdatomic.h>

typedef struct loop {
  convforge_loop_task task;
  uint8_t *closure;
  int min;
  unsigned size;
  _Atomic unsigned next; /* unsigned: workers step past `size`, up to INT_MAX, once each */
  _Atomic int failure;   /* of some task that failed */
  char *worker_scratch;
  size_t worker_bytes;
  bool flush_subnormals;
} loop;

static void run_iterations(loop *l, convforge_context *context) {
  for (;;) {
    /* Relaxed: the caller's parallel-for orders what the tasks wrote before what follows the loop. */
    const unsigned i = atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed);
    if (i >= l->size)
      return;
    const int status = l->task(context, l->min + (int)i, l->closure);
    if (status != 0)
      atomic_store_explicit(&l->failure, status, memory_order_relaxed);
  }
}

static void run_worker(void *closure, int worker) {
  loop *l = closure;
  convforge_context context;
  context.inside_loop = true;
  char *region = l->worker_bytes ? l->worker_scratch + (size_t)worker * l->worker_bytes : NULL;
  convforge_scratch_init(&context.scratch, region, l->worker_bytes);
  const convforge_fp_control found = convforge_enter(l->flush_subnormals);
  run_iterations(l, &context);
  convforge_leave(l->flush_subnormals, found);
}

static int run_nested(convforge_context *context, convforge_loop_task task, int min, int size,
                      uint8_t *closure) {
  int failure = 0;
  for (int i = 0; i < size; ++i) {
    const int status = task(context, min + i, closure);
    if (status != 0)
      failure = status;
  }
  return failure;
}

int convforge_parallel_for(void *context, convforge_loop_task task, int min, int size, uint8_t *closure) {
  convforge_context *outer = context;
  if (size <= 0)
    return 0;
  if (outer->inside_loop)
    return run_nested(outer, task, min, size, closure);

  loop l = {.task = task,
            .closure = closure,
            .min = min,
            .size = (unsigned)size,
            .worker_scratch = outer->worker_scratch,
            .worker_bytes = outer->worker_bytes,
            .flush_subnormals = outer->flush_subnormals};
  const convforge_threads *threads = outer->threads;
  const int available = threads ? threads->count : 1;
  const int workers = available < size ? available : size;
  if (workers == 1)
    run_worker(&l, 0);
  else
    threads->parallel_for(threads->pool, workers, run_worker, &l);
  return atomic_load_explicit(&l.failure, memory_order_relaxed);
}
