/* The packed form of a kernel's weights, as its descriptor says it (convforge.h, which includes this). */
#ifndef CONVFORGE_PACKED_H
#define CONVFORGE_PACKED_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How weights are repacked: `regions` of output channels, each stored as [group][block][t][r][s][c][lane],
 * zero-filled where a block reaches past the region's last channel. Source: generator/plan/plan.hpp. */
typedef struct convforge_pack_region {
  size_t offset;         /* bytes from the beginning of the packed weights, header included */
  int32_t first_channel; /* within the group */
  int32_t channels;      /* of this region, within the group */
  int32_t lanes;         /* output channels stored side by side */
  size_t tables;         /* CONVFORGE_PACK_DOT: offset of what is by channel, else 0 */
} convforge_pack_region;

/* CONVFORGE_PACK_WINOGRAD: the same, but r and s run over the points of each filter's transform (G g G^T,
 * computed in float64) that differ, filter_points along each axis (convforge/winograd.h). */
typedef enum convforge_pack_kind {
  CONVFORGE_PACK_BLOCKED = 1,
  CONVFORGE_PACK_WINOGRAD = 2,
  CONVFORGE_PACK_DOT = 3
} convforge_pack_kind;

/* CONVFORGE_PACK_DOT: 8-bit integers, whose products are added up `dot` at a time. What lies side by side in
 * a row of the input is a run: the C/g channels of `run_columns` columns of the kernel, column by column.
 * Weights are stored as [group][block][t][r][s / run_columns][element of the run / dot][lane][element % dot],
 * zero where a run ends earlier. Behind them, at `tables`, each 64-byte aligned: int32_t
 * sums[group][block][lane] that accumulators begin with, bias - (offset + source_zero_point) * (the channel's
 * sum of weights), modulo 2^32; then multipliers in the same order: floats, or int32_t factors and, aligned
 * again, int32_t shifts (convforge/quantise.h). */
typedef enum convforge_multipliers {
  CONVFORGE_MULTIPLIERS_NONE = 0,  /* sums are stored */
  CONVFORGE_MULTIPLIERS_FLOAT = 1, /* each rounded to float */
  CONVFORGE_MULTIPLIERS_FIXED = 2  /* convforge_fixed_point */
} convforge_multipliers;

typedef struct convforge_dot {
  int32_t dot, run_columns;
  int32_t source_zero_point;
  int32_t offset;      /* that kernels add to each element of the source before it is multiplied */
  int32_t multipliers; /* convforge_multipliers */
  int32_t reserved;    /* 0 */
} convforge_dot;

/* Index of an axis in arrays of three. A 2-D problem has a depth of one element under a kernel of one tap. */
enum { CONVFORGE_DEPTH = 0, CONVFORGE_HEIGHT = 1, CONVFORGE_WIDTH = 2 };

/* Where the weights of a convolution lie among those that the caller has, in elements: a kernel that is
 * computed in pieces takes some of the taps for each, and a transposed one takes them backwards. Where the
 * phases of a transposed convolution are channels of one, they follow one another within a group: output
 * channel k is channel k % phase_channels of phase k / phase_channels, whose phases count row by row. */
typedef struct convforge_weights_source {
  int64_t first;                         /* of tap 0, input channel 0 and output channel 0 of group 0 */
  int64_t tap[3];                        /* from a tap to the next along each axis */
  int64_t c, k, group;                   /* input and output channel within a group */
  int64_t phase[2];                      /* from a row and a column of phases to the next */
  int32_t phase_columns, phase_channels; /* 0: the output channels are the caller's */
} convforge_weights_source;

typedef struct convforge_pack {
  uint64_t layout_id; /* of `layout` and, for Winograd, the matrices (convforge_layout_id() in
                         convforge/winograd.h); equal ids mean interchangeable packed weights */
  const char *layout; /* the layout in words, for people */
  int32_t kind;       /* convforge_pack_kind */
  /* Input channels within a group of a kernel that takes the planes of a window for more of them: those of a
   * plane, channel c being number c % plane_channels under tap c / plane_channels along the depth. 0: input
   * channels are the weights' own. */
  int32_t plane_channels;
  int32_t weights_dtype; /* convforge_dtype of the weights as they come */
  int32_t packed_dtype;  /* convforge_dtype of the packed ones */
  int32_t groups; /* that the packed form keeps apart (1 for depthwise: its channels are blocked together) */
  int32_t group_in, group_out; /* C/groups, K/groups in the sense of `groups` above */
  int32_t kernel[3];           /* taps along depth (T), height (R) and width (S) */
  int32_t outputs[3];          /* Winograd: outputs of one tile along each axis; else 0 */
  int32_t stride[3];           /* of the convolution, which a Winograd transform depends on */
  convforge_dot dot;           /* CONVFORGE_PACK_DOT; else zero */
  convforge_weights_source source;
  int32_t region_count;
  const convforge_pack_region *regions;
  const struct convforge_pack *next; /* of a kernel that is computed in pieces: the next one's; else null */
} convforge_pack;

#ifdef __cplusplus
}
#endif

#endif
