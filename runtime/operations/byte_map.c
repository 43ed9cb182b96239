/* Bytes that are copied, one by one or by a table. */
#include "byte_rows.h"

#include <string.h>

enum { BLOCK = 4096 };

typedef struct job {
  const uint8_t *table; /* null: a copy */
  const uint8_t *input;
  uint8_t *output;
  convforge_loops loops;
} job;

static void copy_row(int64_t n, const uint8_t *from, int64_t from_step, uint8_t *to, int64_t to_step) {
  if (from_step == 1 && to_step == 1)
    memcpy(to, from, (size_t)n);
  else
    for (int64_t i = 0; i < n; ++i)
      to[i * to_step] = from[i * from_step];
}

static void map_row(const uint8_t *table, int64_t n, const uint8_t *from, int64_t from_step, uint8_t *to,
                    int64_t to_step) {
  for (int64_t i = 0; i < n; ++i)
    to[i * to_step] = table[from[i * from_step]];
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const convforge_loops *loops = &j->loops;
  const int column = loops->rank - 1, row = loops->rank - 2;
  const int64_t rows = convforge_extent(loops, place, row), n = convforge_extent(loops, place, column);
  for (int64_t i = 0; i < rows; ++i) {
    const uint8_t *from = j->input + place->offset[1] + i * loops->stride[1][row];
    uint8_t *to = j->output + place->offset[0] + i * loops->stride[0][row];
    if (j->table != NULL)
      map_row(j->table, n, from, loops->stride[1][column], to, loops->stride[0][column]);
    else
      copy_row(n, from, loops->stride[1][column], to, loops->stride[0][column]);
  }
}

void convforge_run_byte_map(const convforge_byte_map *operation, const void *input, void *output,
                            const convforge_threads *threads) {
  job j = {.table = operation->table, .input = input, .output = output};
  j.loops = convforge_loops_of(operation->rank, operation->size);
  for (int i = 0; i < operation->rank; ++i) {
    j.loops.stride[0][i] = operation->output.along[i];
    j.loops.stride[1][i] = operation->input.along[i];
  }
  if (convforge_elements(&j.loops) <= 0)
    return;
  convforge_choose_rows(&j.loops, BLOCK);
  const int column = j.loops.rank - 1;
  convforge_visit(&j.loops, threads, j.loops.block[column] * j.loops.block[column - 1], visit, &j);
}
