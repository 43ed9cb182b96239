/* A small thread pool: a stack of jobs under one mutex. The caller of a parallel-for works on its own job and
 * waits only for iterations that other threads have begun, so that a wait always ends, also inside a worker.
 * Who waits spins for a while before it sleeps, where that takes no core from callers.
 *
 * fork() copies memory and the calling thread alone. In the child no worker is left, and the copy may have
 * been taken while one held the mutex: nothing there touches more of the pool than `owner`. */
#include "convforge/convforge.h"
#include "spin.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* Lives on the stack of the caller until all of its iterations are done. */
typedef struct job {
  convforge_task task;
  void *closure;
  int count, next;  /* iterations: all, handed out */
  _Atomic int done; /* finished; written under the mutex, but its caller spins on it without */
  struct job *below;
} job;

struct convforge_pool {
  pid_t owner;           /* the process whose threads these are */
  pthread_mutex_t mutex; /* guards everything below, and every job that is or was on the stack */
  pthread_cond_t work, finished;
  _Atomic(job *) top;    /* jobs with iterations left to hand out; workers spin on whether there are any */
  _Atomic bool stopping; /* and on this */
  int open;              /* iterations left to hand out, of all jobs */
  int callers;           /* inside pool_parallel_for */
  int spinning, asleep;  /* workers without work */
  int count, started;
  pthread_t threads[];
};

static bool is_copy_of_fork(const convforge_pool *pool) {
  return getpid() != pool->owner;
}

/* A thread that is cancelled while it sleeps on a condition would leave the mutex locked, and its job on the
 * stack for workers to find. Answers the state to restore. */
static int forbid_cancelling(void) {
  int before;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
  return before;
}

static void restore_cancelling(int before) {
  int ignored;
  pthread_setcancelstate(before, &ignored);
}

static bool try_lock(void *mutex) {
  return pthread_mutex_trylock(mutex) == 0;
}

/* Threads that spin see a job all at once. Sections are short: who has to wait for one does not sleep. */
static void lock(convforge_pool *pool) {
  if (!try_lock(&pool->mutex) && !convforge_spin(try_lock, &pool->mutex))
    pthread_mutex_lock(&pool->mutex);
}

static void unlock(convforge_pool *pool) {
  pthread_mutex_unlock(&pool->mutex);
}

/* Would no more threads be awake than the pool counts, callers among them? */
static bool may_spin(const convforge_pool *pool) {
  return pool->callers + pool->count - 1 - pool->asleep <= pool->count;
}

static bool has_news(void *pool) {
  convforge_pool *p = pool;
  return atomic_load_explicit(&p->top, memory_order_relaxed) != NULL ||
         atomic_load_explicit(&p->stopping, memory_order_relaxed);
}

static bool is_done(void *pointer) {
  job *j = pointer;
  return atomic_load_explicit(&j->done, memory_order_acquire) == j->count;
}

static void add_job(convforge_pool *pool, job *added) {
  added->below = pool->top;
  pool->top = added;
  pool->open += added->count;
  const int wanted = pool->open - 1 - pool->spinning; /* the caller takes one */
  if (wanted >= pool->asleep) {
    pthread_cond_broadcast(&pool->work);
    return;
  }
  for (int i = 0; i < wanted; ++i)
    pthread_cond_signal(&pool->work);
}

static void remove_job(convforge_pool *pool, const job *gone) {
  if (pool->top == gone) {
    pool->top = gone->below;
    return;
  }
  job *above = pool->top;
  while (above->below != gone)
    above = above->below;
  above->below = gone->below;
}

/* Runs the next iteration of a job on the stack. Holds the mutex on entry and on return, but not while it
 * runs. After the last iteration of a job its caller returns: nothing may touch the job then. */
static void run_one(convforge_pool *pool, job *j) {
  const int index = j->next++;
  --pool->open;
  if (j->next == j->count)
    remove_job(pool, j);
  unlock(pool);
  j->task(j->closure, index);
  lock(pool);
  const int done = atomic_load_explicit(&j->done, memory_order_relaxed) + 1, count = j->count;
  atomic_store_explicit(&j->done, done, memory_order_release);
  if (done == count)
    pthread_cond_broadcast(&pool->finished);
}

/* Holds the mutex on entry and on return. */
static void wait_for_work(convforge_pool *pool) {
  if (may_spin(pool)) {
    ++pool->spinning;
    unlock(pool);
    convforge_spin(has_news, pool);
    lock(pool);
    --pool->spinning;
  }
  if (!has_news(pool)) {
    ++pool->asleep;
    pthread_cond_wait(&pool->work, &pool->mutex);
    --pool->asleep;
  }
}

static void *work(void *argument) {
  convforge_pool *pool = argument;
  forbid_cancelling(); /* a task may know this thread */
  lock(pool);
  while (!pool->stopping)
    if (pool->top != NULL)
      run_one(pool, pool->top);
    else
      wait_for_work(pool);
  unlock(pool);
  return NULL;
}

static void share(convforge_pool *pool, int count, convforge_task task, void *closure) {
  job own = {.task = task, .closure = closure, .count = count};
  lock(pool);
  ++pool->callers;
  add_job(pool, &own);
  while (own.next < own.count)
    run_one(pool, &own);
  if (!is_done(&own) && may_spin(pool)) {
    unlock(pool);
    convforge_spin(is_done, &own);
    lock(pool);
  }
  while (!is_done(&own))
    pthread_cond_wait(&pool->finished, &pool->mutex);
  --pool->callers;
  unlock(pool);
}

static void run_alone(int count, convforge_task task, void *closure) {
  for (int i = 0; i < count; ++i)
    task(closure, i);
}

static void pool_parallel_for(void *pointer, int count, convforge_task task, void *closure) {
  convforge_pool *pool = pointer;
  if (count <= 0)
    return;
  if (is_copy_of_fork(pool)) {
    run_alone(count, task, closure);
    return;
  }
  const int cancelling = forbid_cancelling();
  share(pool, count, task, closure);
  restore_cancelling(cancelling);
}

convforge_pool *convforge_pool_create(int count) {
  if (count < 1)
    return NULL;
  convforge_pool *pool = calloc(1, sizeof *pool + (size_t)(count - 1) * sizeof(pthread_t));
  if (pool == NULL)
    return NULL;
  pool->owner = getpid();
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

static void join_workers(convforge_pool *pool) {
  lock(pool);
  pool->stopping = true;
  pthread_cond_broadcast(&pool->work);
  unlock(pool);
  for (int i = 0; i < pool->started; ++i)
    pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->finished);
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->mutex);
}

void convforge_pool_destroy(convforge_pool *pool) {
  if (pool == NULL)
    return;
  if (!is_copy_of_fork(pool)) { /* there pthread_cond_destroy would wait for sleepers that are not */
    const int cancelling = forbid_cancelling();
    join_workers(pool);
    restore_cancelling(cancelling);
  }
  free(pool);
}

/* A null pool gives a count of 0, which convforge_run refuses: a pool that could not be made does not go
 * unnoticed. */
convforge_threads convforge_pool_threads(convforge_pool *pool) {
  if (pool == NULL)
    return (convforge_threads){0};
  return (convforge_threads){.parallel_for = pool_parallel_for, .pool = pool, .count = pool->count};
}
