/* Packs weights into the form that kernels read front to back: output channels side by side in blocks of
 * `lanes`. */
#include "pack.h"

#include "arguments.h"
#include "convforge/elements.h"
#include "range.h"

#include <string.h>

static const char pack_magic[8] = {'C', 'F', 'P', 'A', 'C', 'K', 0, 0};
static const uint32_t pack_version = 1;

_Static_assert(sizeof(convforge_pack_header) == CONVFORGE_PACK_HEADER_BYTES, "the pack header is 64 bytes");

bool convforge_packed_for(const convforge_kernel *kernel, const void *packed) {
  const convforge_pack_header *header = packed;
  return memcmp(header->magic, pack_magic, sizeof pack_magic) == 0 && header->version == pack_version &&
         header->layout_id == kernel->pack.layout_id && header->bytes == kernel->packed_bytes;
}

static convforge_source_strides strides_of(const convforge_pack *pack) {
  const size_t C = (size_t)pack->group_in, K = (size_t)pack->group_out;
  const size_t all_k = K * (size_t)pack->groups;
  convforge_source_strides stride;
  size_t next = pack->weights_oihw ? 1 : C * all_k; /* between neighbouring taps of the axis */
  for (int axis = CONVFORGE_WIDTH; axis >= CONVFORGE_DEPTH; --axis) {
    stride.tap[axis] = next;
    next *= (size_t)pack->kernel[axis];
  }
  stride.c = pack->weights_oihw ? next : all_k;
  stride.k = pack->weights_oihw ? C * next : 1;
  stride.group = K * stride.k;
  return stride;
}

/* Taps of a filter and input channel. */
static size_t taps_of(const convforge_pack *pack) {
  size_t taps = 1;
  for (int axis = CONVFORGE_DEPTH; axis <= CONVFORGE_WIDTH; ++axis)
    taps *= (size_t)pack->kernel[axis];
  return taps;
}

/* Elements from the first tap to tap `index` of them all, the width's being neighbours. */
static size_t tap_offset(const convforge_pack *pack, const convforge_source_strides *stride, size_t index) {
  size_t offset = 0;
  for (int axis = CONVFORGE_WIDTH; axis >= CONVFORGE_DEPTH; --axis) {
    const size_t kernel = (size_t)pack->kernel[axis];
    offset += index % kernel * stride->tap[axis];
    index /= kernel;
  }
  return offset;
}

/* `count` elements that lie `stride` apart, side by side; element 0 of `from` is number `first` of its
 * tensor. */
static void gather(const convforge_pack *pack, const void *from, size_t first, size_t stride, int count,
                   void *to, size_t at) {
  if (pack->weights_dtype != pack->packed_dtype)
    for (int i = 0; i < count; ++i)
      convforge_store_element(pack->packed_dtype, to, at + (size_t)i,
                              convforge_load_element(pack->weights_dtype, from, first + (size_t)i * stride));
  else if (pack->packed_dtype == CONVFORGE_F16)
    for (int i = 0; i < count; ++i)
      ((convforge_f16 *)to)[at + (size_t)i] = ((const convforge_f16 *)from)[first + (size_t)i * stride];
  else
    for (int i = 0; i < count; ++i)
      ((float *)to)[at + (size_t)i] = ((const float *)from)[first + (size_t)i * stride];
}

/* One block: `live` of its `lanes` channels exist. The input channel is the outer loop: for OIHW that reads
 * every source line once, for HWIO any order reads whole lines, and each store is `lanes` wide. */
static void pack_block(const convforge_pack *pack, const convforge_source_strides *stride,
                       const void *weights, size_t first, int lanes, int live, void *block) {
  const size_t C = (size_t)pack->group_in, taps = taps_of(pack);
  for (size_t c = 0; c < C; ++c) {
    for (size_t tap = 0; tap < taps; ++tap) {
      const size_t from = first + c * stride->c + tap_offset(pack, stride, tap);
      gather(pack, weights, from, stride->k, live, block, (tap * C + c) * (size_t)lanes);
    }
  }
}

/* Elements of one block. */
static size_t block_elements(const convforge_pack *pack, int lanes) {
  if (pack->kind == CONVFORGE_PACK_WINOGRAD)
    return convforge_winograd_block_elements(pack, lanes);
  return taps_of(pack) * (size_t)pack->group_in * (size_t)lanes;
}

static int pack_region(const convforge_pack *pack, const convforge_pack_region *region, const void *weights,
                       char *to) {
  const convforge_source_strides stride = strides_of(pack);
  for (int group = 0; group < pack->groups; ++group) {
    for (int first = 0; first < region->channels; first += region->lanes) {
      const int left = region->channels - first, live = left < region->lanes ? left : region->lanes;
      const size_t from = (size_t)group * stride.group + (size_t)(region->first_channel + first) * stride.k;
      int status = CONVFORGE_OK;
      if (pack->kind == CONVFORGE_PACK_WINOGRAD)
        status = convforge_pack_winograd_block(pack, &stride, weights, from, region->lanes, live, to);
      else
        pack_block(pack, &stride, weights, from, region->lanes, live, to);
      if (status != CONVFORGE_OK)
        return status;
      to += block_elements(pack, region->lanes) * convforge_dtype_bytes(pack->packed_dtype);
    }
  }
  return CONVFORGE_OK;
}

/* A Winograd kernel holds A^T and B^T; G is this runtime's, which may be of another version, with other
 * points. */
static bool can_pack(const convforge_pack *pack) {
  if (convforge_dtype_bytes(pack->weights_dtype) == 0 || convforge_dtype_bytes(pack->packed_dtype) == 0)
    return false;
  return pack->kind == CONVFORGE_PACK_BLOCKED ||
         (pack->kind == CONVFORGE_PACK_WINOGRAD && convforge_winograd_is_ours(pack));
}

static int check(const convforge_kernel *kernel, const void *weights, const void *packed) {
  if (kernel == NULL)
    return CONVFORGE_ERROR_TARGET;
  if (kernel->abi_version != CONVFORGE_ABI_VERSION || !convforge_has_operands(kernel) ||
      !can_pack(&kernel->pack))
    return CONVFORGE_ERROR_ABI;
  const convforge_operand *operand = convforge_weights(kernel);
  if (operand->constant != NULL)
    return CONVFORGE_ERROR_CONSTANT;
  if (weights == NULL || packed == NULL)
    return CONVFORGE_ERROR_NULL;
  if (!convforge_aligned(weights, convforge_dtype_bytes(kernel->pack.weights_dtype)) ||
      !convforge_aligned(packed, CONVFORGE_ALIGNMENT))
    return CONVFORGE_ERROR_MISALIGNED;
  if (convforge_overlap(weights, operand->bytes, packed, kernel->packed_bytes))
    return CONVFORGE_ERROR_OVERLAP;
  return CONVFORGE_OK;
}

int convforge_pack_weights(const convforge_kernel *kernel, const void *weights, void *packed) {
  int status = check(kernel, weights, packed);
  if (status != CONVFORGE_OK)
    return status;
  memset(packed, 0, kernel->packed_bytes); /* lanes without a channel, and the gaps between regions */
  convforge_pack_header *header = packed;
  memcpy(header->magic, pack_magic, sizeof pack_magic);
  header->version = pack_version;
  header->layout_id = kernel->pack.layout_id;
  header->bytes = kernel->packed_bytes;
  for (int i = 0; i < kernel->pack.region_count && status == CONVFORGE_OK; ++i) {
    const convforge_pack_region *region = &kernel->pack.regions[i];
    status = pack_region(&kernel->pack, region, weights, (char *)packed + region->offset);
  }
  return status;
}
