/* An app in C that makes pools and has them work. Status 0 when the results are right, 1 where a pool could
 * not be made, which is said on standard error. */
#include "convforge/convforge.h"

#include <stdatomic.h>
#include <stdio.h>

static void count(void *sum, int index) {
  atomic_fetch_add((_Atomic int *)sum, index);
}

static int use_pool(int threads) {
  convforge_pool *pool = convforge_pool_create(threads);
  if (pool == NULL) {
    fprintf(stderr, "pool_app: %s\n", convforge_status_text(CONVFORGE_ERROR_MEMORY));
    return 1;
  }
  const convforge_threads team = convforge_pool_threads(pool);
  _Atomic int sum = 0;
  team.parallel_for(team.pool, 101, count, &sum);
  convforge_pool_destroy(pool);
  if (sum == 5050)
    return 0;
  fprintf(stderr, "pool_app: a wrong sum: %d\n", sum);
  return 2;
}

int main(void) {
  int result = 0;
  for (int threads = 1; threads <= 4 && result == 0; threads++)
    result = use_pool(threads);
  return result;
}
