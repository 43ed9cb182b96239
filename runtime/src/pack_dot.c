/* Packs 8-bit weights for dot products. */
#include "pack.h"

/* Elements of one run, and those stored for it: whole dot products. */
static size_t run_elements(const convforge_pack *pack) {
  return (size_t)pack->dot.run_columns * (size_t)pack->group_in;
}
static size_t stored_elements(const convforge_pack *pack) {
  const size_t dot = (size_t)pack->dot.dot;
  return (run_elements(pack) + dot - 1) / dot * dot;
}

int convforge_rows_of(const convforge_pack *pack) {
  return pack->kernel[CONVFORGE_DEPTH] * pack->kernel[CONVFORGE_HEIGHT];
}

static int runs_of(const convforge_pack *pack) {
  return pack->kernel[CONVFORGE_WIDTH] / pack->dot.run_columns;
}

size_t convforge_dot_block_elements(const convforge_pack *pack, int lanes) {
  return (size_t)convforge_rows_of(pack) * (size_t)runs_of(pack) * stored_elements(pack) * (size_t)lanes;
}

int64_t convforge_row_offset(const convforge_pack *pack, int row) {
  const int rows = pack->kernel[CONVFORGE_HEIGHT];
  return row / rows * pack->source.tap[CONVFORGE_DEPTH] + row % rows * pack->source.tap[CONVFORGE_HEIGHT];
}

/* `count` output channels' weights, `dot` elements apart. */
static void spread(const int8_t *from, int count, const convforge_pack *pack, void *to, size_t at) {
  const int64_t stride = pack->source.k;
  const size_t dot = (size_t)pack->dot.dot;
  if (pack->packed_dtype == CONVFORGE_S8)
    for (int i = 0; i < count; ++i)
      ((int8_t *)to)[at + (size_t)i * dot] = from[i * stride];
  else
    for (int i = 0; i < count; ++i)
      ((int16_t *)to)[at + (size_t)i * dot] = from[i * stride];
}

/* One run, whose first weight is `from`, to element `at` of the block on. */
static void pack_run(const convforge_pack *pack, const int8_t *from, int lanes, int live, void *block,
                     size_t at) {
  const size_t C = (size_t)pack->group_in, dot = (size_t)pack->dot.dot;
  for (size_t f = 0; f < run_elements(pack); ++f)
    spread(from + (int64_t)(f / C) * pack->source.tap[CONVFORGE_WIDTH] + (int64_t)(f % C) * pack->source.c,
           live, pack, block, at + f / dot * dot * (size_t)lanes + f % dot);
}

void convforge_pack_dot_block(const convforge_pack *pack, const void *weights, int64_t first, int lanes,
                              int live, void *block) {
  const size_t step = stored_elements(pack) * (size_t)lanes;
  size_t at = 0;
  for (int row = 0; row < convforge_rows_of(pack); ++row)
    for (int run = 0; run < runs_of(pack); ++run, at += step) {
      const int64_t from = first + convforge_row_offset(pack, row) +
                           (int64_t)run * pack->dot.run_columns * pack->source.tap[CONVFORGE_WIDTH];
      pack_run(pack, (const int8_t *)weights + from, lanes, live, block, at);
    }
}

static bool has_packed(const convforge_kernel *kernel, const char *name, int32_t dtype) {
  const int i = convforge_find_operand(kernel, name);
  return i >= 0 && kernel->operands[i].role == CONVFORGE_PACKED && kernel->operands[i].dtype == dtype;
}

/* Are those that are packed the ones known here, of their types? */
static bool knows_operands(const convforge_kernel *kernel, const convforge_pack *pack) {
  const bool multipliers = has_packed(kernel, "multipliers", CONVFORGE_F64);
  int known = multipliers + has_packed(kernel, "bias", CONVFORGE_S32);
  for (int i = 0; i < kernel->operand_count; ++i)
    known -= kernel->operands[i].role == CONVFORGE_PACKED;
  return known == 0 && multipliers == (pack->dot.multipliers != CONVFORGE_MULTIPLIERS_NONE);
}

bool convforge_can_pack_dot(const convforge_kernel *kernel, const convforge_pack *pack) {
  const convforge_dot *dot = &pack->dot;
  return pack->weights_dtype == CONVFORGE_S8 &&
         (pack->packed_dtype == CONVFORGE_S8 || pack->packed_dtype == CONVFORGE_S16) && dot->dot > 0 &&
         dot->run_columns > 0 && pack->kernel[CONVFORGE_WIDTH] % dot->run_columns == 0 &&
         dot->multipliers >= CONVFORGE_MULTIPLIERS_NONE && dot->multipliers <= CONVFORGE_MULTIPLIERS_FIXED &&
         knows_operands(kernel, pack);
}
