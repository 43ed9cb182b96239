/* What is by channel of kernels of dot products: whether it can be packed, and the tables that hold it. */
#include "pack.h"

#include "convforge/quantise.h"

#include <string.h>

/* Of one output channel's weights. */
typedef struct totals {
  int64_t sum, magnitude; /* of the values, of the absolute ones */
} totals;

/* Channels whose totals are taken together where their weights lie side by side (HWIO). */
enum { together = 32 };

static int channels_at_once(const convforge_pack *pack, int left) {
  const int most = pack->source.k == 1 ? together : 1;
  return left < most ? left : most;
}

static void add_weight(totals *t, int weight) {
  t->sum += weight;
  t->magnitude += weight < 0 ? -weight : weight;
}

/* Of `count` channels that lie side by side, or of one, from the first weight of a channel on. */
static void take_totals(const convforge_pack *pack, const int8_t *channel, int count, totals *t) {
  memset(t, 0, (size_t)count * sizeof *t);
  for (int row = 0; row < convforge_rows_of(pack); ++row)
    for (int s = 0; s < pack->kernel[CONVFORGE_WIDTH]; ++s) {
      const int8_t *tap = channel + convforge_row_offset(pack, row) + s * pack->source.tap[CONVFORGE_WIDTH];
      for (int c = 0; count == 1 && c < pack->group_in; ++c)
        add_weight(t, tap[c * pack->source.c]);
      for (int c = 0; count > 1 && c < pack->group_in; ++c)
        for (int i = 0; i < count; ++i)
          add_weight(&t[i], tap[c * pack->source.c + i]);
    }
}

/* The operand of that name that is packed; null: there is none. */
static const void *operand_named(const convforge_kernel *kernel, const void *const *operands,
                                 const char *name) {
  const int i = convforge_find_operand(kernel, name);
  return i >= 0 && kernel->operands[i].role == CONVFORGE_PACKED ? operands[i] : NULL;
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

static bool are_multipliers(const double *multipliers, int count) {
  for (int k = 0; multipliers != NULL && k < count; ++k)
    if (!(multipliers[k] >= 0 && multipliers[k] < 0x1p31))
      return false;
  return true;
}

/* Whether a group's sums fit. `bias` is the group's; null: there is none. */
static bool sums_fit(const convforge_kernel *kernel, const convforge_pack *pack, const int8_t *weights,
                     const int32_t *bias) {
  totals t[together];
  for (int first = 0, count; first < pack->group_out; first += count) {
    count = channels_at_once(pack, pack->group_out - first);
    take_totals(pack, weights + first * pack->source.k, count, t);
    for (int i = 0; i < count; ++i)
      if (!sum_fits(kernel, &t[i], bias != NULL ? bias[first + i] : 0))
        return false;
  }
  return true;
}

/* A group's first weight. */
static const int8_t *weights_of(const convforge_pack *pack, const void *const *operands, int group) {
  return (const int8_t *)operands[1] + pack->source.first + group * pack->source.group;
}

int convforge_check_dot_values(const convforge_kernel *kernel, const convforge_pack *pack,
                               const void *const *operands) {
  const int32_t *bias = operand_named(kernel, operands, "bias");
  if (!are_multipliers(operand_named(kernel, operands, "multipliers"), pack->groups * pack->group_out))
    return CONVFORGE_ERROR_MULTIPLIER;
  for (int group = 0; group < pack->groups; ++group)
    if (!sums_fit(kernel, pack, weights_of(pack, operands, group),
                  bias != NULL ? bias + (size_t)group * (size_t)pack->group_out : NULL))
      return CONVFORGE_ERROR_SUMS;
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

/* Channels `first` to `first` + `count` of a group, counted over all groups, from place `index` of the tables
 * on. */
static void store_channels(const convforge_kernel *kernel, const convforge_dot *dot,
                           const void *const *operands, const totals *t, int first, int count,
                           const tables *to, size_t index) {
  const double *multipliers = operand_named(kernel, operands, "multipliers");
  const int32_t *bias = operand_named(kernel, operands, "bias");
  const int64_t added = (int64_t)dot->offset + dot->source_zero_point;
  for (int i = 0; i < count; ++i) {
    store_sum(to->sums, index + (size_t)i, (bias != NULL ? bias[first + i] : 0) - added * t[i].sum);
    if (multipliers != NULL)
      store_multiplier(dot, to, index + (size_t)i, multipliers[first + i]);
  }
}

void convforge_pack_dot_tables(const convforge_kernel *kernel, const convforge_pack *pack,
                               const void *const *operands, const convforge_pack_region *region, char *at) {
  const tables to = tables_at(pack, region, at);
  const size_t lanes =
      (size_t)((region->channels + region->lanes - 1) / region->lanes) * (size_t)region->lanes;
  totals t[together];
  for (int group = 0; group < pack->groups; ++group)
    for (int first = 0, count; first < region->channels; first += count) {
      count = channels_at_once(pack, region->channels - first);
      const int k = region->first_channel + first;
      take_totals(pack, weights_of(pack, operands, group) + k * pack->source.k, count, t);
      store_channels(kernel, &pack->dot, operands, t, group * pack->group_out + k, count, &to,
                     (size_t)group * lanes + (size_t)first);
    }
}
