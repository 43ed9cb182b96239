/* The allocator of the C library, counted. operator new comes here, too; mmap() does not. */
#include "failing_malloc.h"

#include "fork_server.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own names of what is replaced here. */
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

typedef struct counts {
  _Atomic long calls, failing;
} counts;

static counts *shared; /* null: nothing is counted */

int failing_malloc_share(void) {
  void *page = mmap(NULL, sizeof(counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    return -1;
  shared = page;
  return 0;
}

void failing_malloc_set(long number) {
  atomic_store(&shared->calls, 0);
  atomic_store(&shared->failing, number);
}

long failing_malloc_count(void) {
  return atomic_load(&shared->calls);
}

/* Before main(), once the constructors of libraries have run; or, where FAILING_MALLOC_START is set, before
 * the first of those that allocates. */
__attribute__((constructor)) static void begin(void) {
  fork_server_run();
}

static void begin_early(void) {
  static _Atomic int begun;
  if (environ == NULL || atomic_exchange(&begun, 1) != 0) /* null: the C library itself is not initialised */
    return;
  if (getenv("FAILING_MALLOC_START") != NULL)
    fork_server_run();
}

static int fails(void) {
  begin_early();
  if (shared == NULL)
    return 0;
  const long call = atomic_fetch_add(&shared->calls, 1) + 1, failing = atomic_load(&shared->failing);
  return call == failing || (failing < 0 && call >= -failing);
}

static void *no_memory(void) {
  errno = ENOMEM;
  return NULL;
}

void *malloc(size_t size) {
  return fails() ? no_memory() : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  return fails() ? no_memory() : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  return fails() ? no_memory() : __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  return fails() ? no_memory() : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *got = memalign(alignment, size);
  if (got == NULL)
    return ENOMEM;
  *memory = got;
  return 0;
}
