/* A small thread pool: a stack of jobs under one mutex. The caller of a parallel-for works on its own job and
 * waits only for iterations that other threads have begun, so that a wait always ends, also inside a worker.
 */
#include "convforge/convforge.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

/* Lives on the stack of the caller until all of its iterations are done. */
typedef struct job {
  convforge_task task;
  void *closure;
  int count, next, done; /* iterations: all, handed out, finished */
  struct job *below;
} job;

struct convforge_pool {
  pthread_mutex_t mutex; /* guards everything below, and every job that is or was on the stack */
  pthread_cond_t work, finished;
  job *top; /* jobs with iterations left to hand out */
  bool stopping;
  int count, started;
  pthread_t threads[];
};

static void remove_job(convforge_pool *pool, const job *gone) {
  job **link = &pool->top;
  while (*link != gone)
    link = &(*link)->below;
  *link = gone->below;
}

/* Runs the next iteration of a job on the stack. Holds the mutex on entry and on return, but not while it
 * runs. After the last iteration of a job its caller returns: nothing may touch the job then. */
static void run_one(convforge_pool *pool, job *j) {
  const int index = j->next++;
  if (j->next == j->count)
    remove_job(pool, j);
  pthread_mutex_unlock(&pool->mutex);
  j->task(j->closure, index);
  pthread_mutex_lock(&pool->mutex);
  if (++j->done == j->count)
    pthread_cond_broadcast(&pool->finished);
}

static void *work(void *argument) {
  convforge_pool *pool = argument;
  pthread_mutex_lock(&pool->mutex);
  while (!pool->stopping) {
    if (pool->top != NULL)
      run_one(pool, pool->top);
    else
      pthread_cond_wait(&pool->work, &pool->mutex);
  }
  pthread_mutex_unlock(&pool->mutex);
  return NULL;
}

static void pool_parallel_for(void *pointer, int count, convforge_task task, void *closure) {
  if (count <= 0)
    return;
  convforge_pool *pool = pointer;
  job own = {.task = task, .closure = closure, .count = count};
  pthread_mutex_lock(&pool->mutex);
  own.below = pool->top;
  pool->top = &own;
  pthread_cond_broadcast(&pool->work);
  while (own.next < own.count)
    run_one(pool, &own);
  while (own.done < own.count)
    pthread_cond_wait(&pool->finished, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
}

convforge_pool *convforge_pool_create(int count) {
  if (count < 1)
    return NULL;
  convforge_pool *pool = calloc(1, sizeof *pool + (size_t)(count - 1) * sizeof(pthread_t));
  if (pool == NULL)
    return NULL;
  pool->count = count;
  pthread_mutex_init(&pool->mutex, NULL); /* cannot fail with default attributes on Linux */
  pthread_cond_init(&pool->work, NULL);
  pthread_cond_init(&pool->finished, NULL);
  while (pool->started < count - 1) {
    if (pthread_create(&pool->threads[pool->started], NULL, work, pool) != 0) {
      convforge_pool_destroy(pool);
      return NULL;
    }
    ++pool->started;
  }
  return pool;
}

void convforge_pool_destroy(convforge_pool *pool) {
  if (pool == NULL)
    return;
  pthread_mutex_lock(&pool->mutex);
  pool->stopping = true;
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->mutex);
  for (int i = 0; i < pool->started; ++i)
    pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->finished);
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

/* A null pool gives a count of 0, which convforge_run refuses: a pool that could not be made does not go
 * unnoticed. */
convforge_threads convforge_pool_threads(convforge_pool *pool) {
  if (pool == NULL)
    return (convforge_threads){0};
  return (convforge_threads){.parallel_for = pool_parallel_for, .pool = pool, .count = pool->count};
}
