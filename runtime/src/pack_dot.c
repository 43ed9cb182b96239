/* Packs 8-bit weights for dot products, and the tables of what is by channel: what sums begin with, and
 * multipliers. */
#include "pack.h"

#include "convforge/quantise.h"

#include <math.h>
#include <string.h>

/* Elements of one run, and those stored for it: whole dot products. */
static size_t run_elements(const convforge_pack *pack) {
  return (size_t)pack->dot.run_columns * (size_t)pack->group_in;
}
static size_t stored_elements(const convforge_pack *pack) {
  const size_t dot = (size_t)pack->dot.dot;
  return (run_elements(pack) + dot - 1) / dot * dot;
}

/* Rows of the kernel, of all its planes, and the runs of a row. */
static int rows_of(const convforge_pack *pack) {
  return pack->kernel[CONVFORGE_DEPTH] * pack->kernel[CONVFORGE_HEIGHT];
}
static int runs_of(const convforge_pack *pack) {
  return pack->kernel[CONVFORGE_WIDTH] / pack->dot.run_columns;
}

size_t convforge_dot_block_elements(const convforge_pack *pack, int lanes) {
  return (size_t)rows_of(pack) * (size_t)runs_of(pack) * stored_elements(pack) * (size_t)lanes;
}

static size_t row_offset(const convforge_pack *pack, const convforge_source_strides *stride, int row) {
  const int rows = pack->kernel[CONVFORGE_HEIGHT];
  return (size_t)(row / rows) * stride->tap[CONVFORGE_DEPTH] +
         (size_t)(row % rows) * stride->tap[CONVFORGE_HEIGHT];
}

/* `count` weights that lie `stride` apart, `dot` elements apart. */
static void spread(const int8_t *from, size_t stride, int count, const convforge_pack *pack, void *to,
                   size_t at) {
  const size_t dot = (size_t)pack->dot.dot;
  if (pack->packed_dtype == CONVFORGE_S8)
    for (size_t i = 0; i < (size_t)count; ++i)
      ((int8_t *)to)[at + i * dot] = from[i * stride];
  else
    for (size_t i = 0; i < (size_t)count; ++i)
      ((int16_t *)to)[at + i * dot] = from[i * stride];
}

/* One run, whose first weight is `from`, to element `at` of the block on. */
static void pack_run(const convforge_pack *pack, const convforge_source_strides *stride, const int8_t *from,
                     int lanes, int live, void *block, size_t at) {
  const size_t C = (size_t)pack->group_in, dot = (size_t)pack->dot.dot;
  for (size_t f = 0; f < run_elements(pack); ++f)
    spread(from + f / C * stride->tap[CONVFORGE_WIDTH] + f % C * stride->c, stride->k, live, pack, block,
           at + f / dot * dot * (size_t)lanes + f % dot);
}

void convforge_pack_dot_block(const convforge_pack *pack, const convforge_source_strides *stride,
                              const void *weights, size_t first, int lanes, int live, void *block) {
  const size_t step = stored_elements(pack) * (size_t)lanes;
  size_t at = 0;
  for (int row = 0; row < rows_of(pack); ++row)
    for (int run = 0; run < runs_of(pack); ++run, at += step) {
      const size_t column = (size_t)run * (size_t)pack->dot.run_columns;
      const size_t from = first + row_offset(pack, stride, row) + column * stride->tap[CONVFORGE_WIDTH];
      pack_run(pack, stride, (const int8_t *)weights + from, lanes, live, block, at);
    }
}

/* Of one output channel's weights. */
typedef struct totals {
  int64_t sum, magnitude; /* of the values, of the absolute ones */
} totals;

static totals totals_of(const convforge_pack *pack, const convforge_source_strides *stride,
                        const int8_t *channel) {
  totals t = {0, 0};
  for (int row = 0; row < rows_of(pack); ++row)
    for (int s = 0; s < pack->kernel[CONVFORGE_WIDTH]; ++s) {
      const int8_t *tap = channel + row_offset(pack, stride, row) + (size_t)s * stride->tap[CONVFORGE_WIDTH];
      for (int c = 0; c < pack->group_in; ++c) {
        const int weight = tap[(size_t)c * stride->c];
        t.sum += weight;
        t.magnitude += weight < 0 ? -weight : weight;
      }
    }
  return t;
}

/* The operand of that name that is packed; null: there is none. */
static const void *operand_named(const convforge_kernel *kernel, const void *const *operands,
                                 const char *name) {
  const int i = convforge_find_operand(kernel, name);
  return i >= 0 && kernel->operands[i].role == CONVFORGE_PACKED ? operands[i] : NULL;
}

static bool has_packed(const convforge_kernel *kernel, const char *name, int32_t dtype) {
  const int i = convforge_find_operand(kernel, name);
  return i >= 0 && kernel->operands[i].role == CONVFORGE_PACKED && kernel->operands[i].dtype == dtype;
}

/* Are those that are packed the ones known here, of their types? */
static bool knows_operands(const convforge_kernel *kernel) {
  const bool multipliers = has_packed(kernel, "multipliers", CONVFORGE_F64);
  int known = multipliers + has_packed(kernel, "bias", CONVFORGE_S32);
  for (int i = 0; i < kernel->operand_count; ++i)
    known -= kernel->operands[i].role == CONVFORGE_PACKED;
  return known == 0 && multipliers == (kernel->pack.dot.multipliers != CONVFORGE_MULTIPLIERS_NONE);
}

bool convforge_can_pack_dot(const convforge_kernel *kernel) {
  const convforge_pack *pack = &kernel->pack;
  const convforge_dot *dot = &pack->dot;
  return pack->weights_dtype == CONVFORGE_S8 &&
         (pack->packed_dtype == CONVFORGE_S8 || pack->packed_dtype == CONVFORGE_S16) && dot->dot > 0 &&
         dot->run_columns > 0 && pack->kernel[CONVFORGE_WIDTH] % dot->run_columns == 0 &&
         dot->multipliers >= CONVFORGE_MULTIPLIERS_NONE && dot->multipliers <= CONVFORGE_MULTIPLIERS_FIXED &&
         knows_operands(kernel);
}

/* The most that an element of the source differs from its zero point. */
static int64_t most_difference(const convforge_kernel *kernel) {
  const bool is_signed = convforge_input(kernel)->dtype == CONVFORGE_S8;
  const int64_t low = is_signed ? INT8_MIN : 0, high = is_signed ? INT8_MAX : UINT8_MAX;
  const int64_t zero_point = kernel->pack.dot.source_zero_point;
  return high - zero_point > zero_point - low ? high - zero_point : zero_point - low;
}

/* Whether a channel's sum fits into 32 bits whatever the source holds. */
static bool sum_fits(const convforge_kernel *kernel, const totals *t, int64_t bias) {
  return (bias < 0 ? -bias : bias) + t->magnitude * most_difference(kernel) <= INT32_MAX;
}

/* Weights of output channel `k`, of all groups'. */
static const int8_t *channel_of(const convforge_pack *pack, const convforge_source_strides *stride,
                                const void *weights, int k) {
  return (const int8_t *)weights + (size_t)(k / pack->group_out) * stride->group +
         (size_t)(k % pack->group_out) * stride->k;
}

int convforge_check_dot_values(const convforge_kernel *kernel, const void *const *operands) {
  const convforge_pack *pack = &kernel->pack;
  const convforge_source_strides stride = convforge_source_strides_of(pack);
  const double *multipliers = operand_named(kernel, operands, "multipliers");
  const int32_t *bias = operand_named(kernel, operands, "bias");
  const int channels = pack->groups * pack->group_out;
  for (int k = 0; multipliers != NULL && k < channels; ++k)
    if (!(multipliers[k] >= 0 && multipliers[k] < 0x1p31 && isfinite((float)multipliers[k])))
      return CONVFORGE_ERROR_MULTIPLIER;
  for (int k = 0; k < channels; ++k) {
    const totals t = totals_of(pack, &stride, channel_of(pack, &stride, operands[1], k));
    if (!sum_fits(kernel, &t, bias != NULL ? bias[k] : 0))
      return CONVFORGE_ERROR_SUMS;
  }
  return CONVFORGE_OK;
}

/* Where the tables of a region lie, and its channels in them. */
typedef struct tables {
  char *sums, *multipliers, *shifts;
} tables;

static tables tables_at(const convforge_pack *pack, const convforge_pack_region *region, char *at) {
  const int blocks = (region->channels + region->lanes - 1) / region->lanes;
  const size_t bytes = (size_t)pack->groups * (size_t)blocks * (size_t)region->lanes * sizeof(int32_t);
  const size_t step = (bytes + CONVFORGE_ALIGNMENT - 1) / CONVFORGE_ALIGNMENT * CONVFORGE_ALIGNMENT;
  return (tables){at, at + step, at + 2 * step};
}

/* Numbers of 32 bits go in by their bytes: the two's complement of a sum, modulo 2^32. */
static void store_sum(char *sums, size_t index, int64_t sum) {
  const uint32_t bits = (uint32_t)(uint64_t)sum;
  memcpy(sums + index * sizeof bits, &bits, sizeof bits);
}

static void store_multiplier(const convforge_dot *dot, const tables *to, size_t index, double multiplier) {
  if (dot->multipliers == CONVFORGE_MULTIPLIERS_FLOAT) {
    ((float *)(void *)to->multipliers)[index] = (float)multiplier;
  } else {
    const convforge_fixed_point number = convforge_fixed_point_of(multiplier);
    ((int32_t *)(void *)to->multipliers)[index] = number.factor;
    ((int32_t *)(void *)to->shifts)[index] = number.shift;
  }
}

void convforge_pack_dot_tables(const convforge_kernel *kernel, const void *const *operands,
                               const convforge_pack_region *region, char *at) {
  const convforge_pack *pack = &kernel->pack;
  const convforge_source_strides stride = convforge_source_strides_of(pack);
  const double *multipliers = operand_named(kernel, operands, "multipliers");
  const int32_t *bias = operand_named(kernel, operands, "bias");
  const tables to = tables_at(pack, region, at);
  const int64_t added = (int64_t)pack->dot.offset + pack->dot.source_zero_point;
  const int blocks = (region->channels + region->lanes - 1) / region->lanes;
  for (int group = 0; group < pack->groups; ++group)
    for (int i = 0; i < region->channels; ++i) {
      const int k = group * pack->group_out + region->first_channel + i;
      const size_t index = (size_t)group * (size_t)blocks * (size_t)region->lanes + (size_t)i;
      const totals t = totals_of(pack, &stride, channel_of(pack, &stride, operands[1], k));
      store_sum(to.sums, index, (bias != NULL ? bias[k] : 0) - added * t.sum);
      if (multipliers != NULL)
        store_multiplier(&pack->dot, &to, index, multipliers[k]);
    }
}
