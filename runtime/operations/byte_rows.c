#include "byte_rows.h"

/* Of a tile that is transposed: half of a cache line is written, and so many lines are read. */
enum { TILE = 32 };

/* The axis along which the first tensor that is read has neighbours, where it is not the innermost one; -1:
 * none or that one. */
static int transposed_axis(const convforge_loops *loops) {
  const int64_t innermost = loops->stride[1][loops->rank - 1];
  if (innermost == 0 || innermost == 1)
    return -1;
  for (int i = loops->rank - 2; i >= 0; --i)
    if (loops->stride[1][i] == 1 && loops->size[i] > 1)
      return i;
  return -1;
}

void convforge_choose_rows(convforge_loops *loops, int64_t block) {
  convforge_arrange(loops, 0);
  convforge_widen(loops, 2);
  const int column = loops->rank - 1, row = loops->rank - 2;
  const int transposed = transposed_axis(loops);
  if (transposed >= 0)
    convforge_move_axis(loops, transposed, row);
  loops->block[column] = convforge_least(loops->size[column], transposed >= 0 ? TILE : block);
  loops->block[row] = transposed >= 0 ? TILE : convforge_most(1, block / loops->block[column]);
}
