/* The 64 bytes in front of packed weights. Native byte order: packed weights stay on the machine that packed
 * them, or go into objects for the same architecture. */
#ifndef CONVFORGE_SRC_PACK_H
#define CONVFORGE_SRC_PACK_H

#include "convforge/convforge.h"

#include <stdbool.h>

typedef struct convforge_pack_header {
  char magic[8];
  uint32_t version;   /* of this header and of the blocked form */
  uint32_t reserved;  /* 0 */
  uint64_t layout_id; /* convforge_pack.layout_id */
  uint64_t bytes;     /* of everything, this header included */
  uint8_t zeros[32];
} convforge_pack_header;

/* Whether `packed` (not null, aligned to 64) begins with the header of weights packed for a kernel like this
 * one. */
bool convforge_packed_for(const convforge_kernel *kernel, const void *packed);

/* Elements of a packed block of weights as they are, and one such block, block[t][r][s][c][lane], of which
 * `live` channels exist. Its first channel is `first` of the group that begins at element `group`. */
size_t convforge_block_elements(const convforge_pack *pack, int lanes);
void convforge_pack_block(const convforge_pack *pack, const void *weights, int64_t group, int first,
                          int lanes, int live, void *block);

/* Elements from a group's beginning to its output channel `channel`. */
int64_t convforge_output_channel_offset(const convforge_pack *pack, int channel);

/* Elements from input channel 0 of a group to channel `c`. */
int64_t convforge_input_channel_offset(const convforge_pack *pack, int c);

/* Rows of the kernel, of all its planes, and elements from a channel's first weight to the first of a row. */
int convforge_rows_of(const convforge_pack *pack);
int64_t convforge_row_offset(const convforge_pack *pack, int row);

/* Whether this runtime knows how to pack this, of CONVFORGE_PACK_DOT, for the kernel. */
bool convforge_can_pack_dot(const convforge_kernel *kernel, const convforge_pack *pack);
/* Whether the values that its operands hold can be packed: multipliers and sums within their ranges. */
int convforge_check_dot_values(const convforge_kernel *kernel, const convforge_pack *pack,
                               const void *const *operands);
/* The same two for dot products, of which the block's first channel begins at element `first`. */
size_t convforge_dot_block_elements(const convforge_pack *pack, int lanes);
void convforge_pack_dot_block(const convforge_pack *pack, const void *weights, int64_t first, int lanes,
                              int live, void *block);
/* What is by channel, of one region, at its tables. */
void convforge_pack_dot_tables(const convforge_kernel *kernel, const convforge_pack *pack,
                               const void *const *operands, const convforge_pack_region *region,
                               char *tables);

/* Whether a Winograd kernel was generated with this runtime's matrices: its layout's id says so. */
bool convforge_winograd_is_ours(const convforge_pack *pack);

/* Elements of a packed block of filter transforms; 0: there is no such transform. */
size_t convforge_winograd_block_elements(const convforge_pack *pack, int lanes);

/* Packs the transforms of one block of filters, of which `live` exist: block[i][j][c][lane], i and j the
 * filter points. The block's first filter is `first` of the group that begins at element `group`.
 * CONVFORGE_ERROR_ABI: there is no such transform. */
int convforge_pack_winograd_block(const convforge_pack *pack, const void *weights, int64_t group, int first,
                                  int lanes, int live, void *block);

#endif
