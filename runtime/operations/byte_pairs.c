/* Functions of two bytes, row by row: by lines in fixed point, which compilers make vectors of, or by tables.
 */
#include "byte_pair_rows.h"
#include "byte_rows.h"

enum { BLOCK = 4096 };

typedef struct job {
  const convforge_byte_pairs *operation;
  const uint8_t *a, *b;
  uint8_t *output;
  convforge_byte_pair_row *row; /* of neighbours: by the CPU */
  convforge_loops loops;
} job;

static void look_up_row(const uint8_t *table, int64_t n, const uint8_t *a, int64_t a_step, const uint8_t *b,
                        int64_t b_step, uint8_t *to, int64_t to_step) {
  for (int64_t i = 0; i < n; ++i)
    to[i * to_step] = table[256 * a[i * a_step] + b[i * b_step]];
}

/* Rows whose elements are apart are brought together: so they are computed by the same vectors. */
static void gathered_row(const job *j, int64_t n, const uint8_t *a, int64_t a_step, const uint8_t *b,
                         int64_t b_step, uint8_t *to, int64_t to_step) {
  enum { PART = 256 };
  uint8_t left[PART], right[PART], result[PART];
  for (int64_t begin = 0; begin < n; begin += PART) {
    const int64_t count = convforge_least(PART, n - begin);
    for (int64_t i = 0; i < count; ++i) {
      left[i] = a[(begin + i) * a_step];
      right[i] = b[(begin + i) * b_step];
    }
    j->row(j->operation, count, left, right, result);
    for (int64_t i = 0; i < count; ++i)
      to[(begin + i) * to_step] = result[i];
  }
}

static void visit(const void *closure, const convforge_place *place) {
  const job *j = closure;
  const convforge_loops *loops = &j->loops;
  const int column = loops->rank - 1, row = loops->rank - 2;
  const int64_t n = convforge_extent(loops, place, column);
  const int64_t to_step = loops->stride[0][column], a_step = loops->stride[1][column],
                b_step = loops->stride[2][column];
  for (int64_t i = 0; i < convforge_extent(loops, place, row); ++i) {
    const uint8_t *a = j->a + place->offset[1] + i * loops->stride[1][row];
    const uint8_t *b = j->b + place->offset[2] + i * loops->stride[2][row];
    uint8_t *to = j->output + place->offset[0] + i * loops->stride[0][row];
    if (j->operation->table != NULL)
      look_up_row(j->operation->table, n, a, a_step, b, b_step, to, to_step);
    else if (to_step == 1 && a_step == 1 && b_step == 1)
      j->row(j->operation, n, a, b, to);
    else
      gathered_row(j, n, a, a_step, b, b_step, to, to_step);
  }
}

void convforge_run_byte_pairs(const convforge_byte_pairs *operation, const void *a, const void *b,
                              void *output, const convforge_threads *threads) {
  job j = {.operation = operation, .a = a, .b = b, .output = output, .row = convforge_byte_pair_row_of_cpu()};
  j.loops = convforge_loops_of(operation->rank, operation->size);
  for (int i = 0; i < operation->rank; ++i) {
    j.loops.stride[0][i] = operation->output.along[i];
    j.loops.stride[1][i] = operation->a.along[i];
    j.loops.stride[2][i] = operation->b.along[i];
  }
  if (convforge_elements(&j.loops) <= 0)
    return;
  convforge_choose_rows(&j.loops, BLOCK);
  const int column = j.loops.rank - 1;
  convforge_visit(&j.loops, threads, 2 * j.loops.block[column] * j.loops.block[column - 1], visit, &j);
}
