/* A fill is a copy of one element. */
#include "convforge/operations.h"

#include <string.h>

void convforge_run_fill(const convforge_fill *operation, float *output, const convforge_threads *threads) {
  convforge_elementwise copy = {
      .arithmetic = CONVFORGE_COPY, .rank = operation->rank, .output = operation->output};
  memcpy(copy.size, operation->size, sizeof copy.size);
  convforge_run_elementwise(&copy, &operation->value, NULL, output, threads);
}
