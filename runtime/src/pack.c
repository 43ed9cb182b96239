/* Packs weights into the form that kernels read front to back, and what some kernels pack with them. */
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

convforge_source_strides convforge_source_strides_of(const convforge_pack *pack) {
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

static size_t block_elements(const convforge_pack *pack, int lanes) {
  switch ((convforge_pack_kind)pack->kind) {
  case CONVFORGE_PACK_WINOGRAD:
    return convforge_winograd_block_elements(pack, lanes);
  case CONVFORGE_PACK_DOT:
    return convforge_dot_block_elements(pack, lanes);
  case CONVFORGE_PACK_BLOCKED:
    break;
  }
  return convforge_block_elements(pack, lanes);
}

/* One block: `live` of its `lanes` channels exist. */
static int pack_block(const convforge_pack *pack, const convforge_source_strides *stride, const void *weights,
                      size_t first, int lanes, int live, void *block) {
  switch ((convforge_pack_kind)pack->kind) {
  case CONVFORGE_PACK_WINOGRAD:
    return convforge_pack_winograd_block(pack, stride, weights, first, lanes, live, block);
  case CONVFORGE_PACK_DOT:
    convforge_pack_dot_block(pack, stride, weights, first, lanes, live, block);
    break;
  case CONVFORGE_PACK_BLOCKED:
    convforge_pack_block(pack, stride, weights, first, lanes, live, block);
    break;
  }
  return CONVFORGE_OK;
}

static int pack_region(const convforge_pack *pack, const convforge_pack_region *region, const void *weights,
                       char *to) {
  const convforge_source_strides stride = convforge_source_strides_of(pack);
  for (int group = 0; group < pack->groups; ++group) {
    for (int first = 0; first < region->channels; first += region->lanes) {
      const int left = region->channels - first, live = left < region->lanes ? left : region->lanes;
      const size_t from = (size_t)group * stride.group + (size_t)(region->first_channel + first) * stride.k;
      const int status = pack_block(pack, &stride, weights, from, region->lanes, live, to);
      if (status != CONVFORGE_OK)
        return status;
      to += block_elements(pack, region->lanes) * convforge_dtype_bytes(pack->packed_dtype);
    }
  }
  return CONVFORGE_OK;
}

static bool is_float(int32_t dtype) {
  return dtype == CONVFORGE_F32 || dtype == CONVFORGE_F16;
}

/* A Winograd kernel holds A^T and B^T; G is this runtime's, which may be of another version, with other
 * points. */
static bool can_pack(const convforge_kernel *kernel) {
  const convforge_pack *pack = &kernel->pack;
  if (pack->kind == CONVFORGE_PACK_DOT)
    return convforge_can_pack_dot(kernel);
  if (!is_float(pack->weights_dtype) || !is_float(pack->packed_dtype))
    return false;
  return pack->kind == CONVFORGE_PACK_BLOCKED ||
         (pack->kind == CONVFORGE_PACK_WINOGRAD && convforge_winograd_is_ours(pack));
}

static bool is_packed(const convforge_kernel *kernel, int i) {
  const convforge_operand *operand = &kernel->operands[i];
  return operand == convforge_weights(kernel) || operand->role == CONVFORGE_PACKED;
}

static int check_operand(const convforge_operand *operand, const void *data) {
  const size_t alignment = convforge_dtype_bytes(operand->dtype);
  if (alignment == 0)
    return CONVFORGE_ERROR_ABI; /* a type of a later version */
  if (data == NULL)
    return CONVFORGE_ERROR_NULL;
  return convforge_aligned(data, alignment) ? CONVFORGE_OK : CONVFORGE_ERROR_MISALIGNED;
}

static int check_pointers(const convforge_kernel *kernel, const void *const *operands, const void *packed) {
  if (operands == NULL || packed == NULL)
    return CONVFORGE_ERROR_NULL;
  for (int i = 0; i < kernel->operand_count; ++i) {
    const int status = is_packed(kernel, i) ? check_operand(&kernel->operands[i], operands[i]) : CONVFORGE_OK;
    if (status != CONVFORGE_OK)
      return status;
  }
  if (!convforge_aligned(packed, CONVFORGE_ALIGNMENT))
    return CONVFORGE_ERROR_MISALIGNED;
  for (int i = 0; i < kernel->operand_count; ++i)
    if (is_packed(kernel, i) &&
        convforge_overlap(operands[i], kernel->operands[i].bytes, packed, kernel->packed_bytes))
      return CONVFORGE_ERROR_OVERLAP;
  return CONVFORGE_OK;
}

static int check_kernel(const convforge_kernel *kernel) {
  if (kernel == NULL)
    return CONVFORGE_ERROR_TARGET;
  if (kernel->abi_version != CONVFORGE_ABI_VERSION || !convforge_has_operands(kernel) || !can_pack(kernel))
    return CONVFORGE_ERROR_ABI;
  return convforge_weights(kernel)->constant == NULL ? CONVFORGE_OK : CONVFORGE_ERROR_CONSTANT;
}

/* Lanes without a channel stay zero, and the gaps between regions. */
static void write_header(const convforge_kernel *kernel, void *packed) {
  memset(packed, 0, kernel->packed_bytes);
  convforge_pack_header *header = packed;
  memcpy(header->magic, pack_magic, sizeof pack_magic);
  header->version = pack_version;
  header->layout_id = kernel->pack.layout_id;
  header->bytes = kernel->packed_bytes;
}

int convforge_pack_operands(const convforge_kernel *kernel, const void *const *operands, void *packed) {
  int status = check_kernel(kernel);
  if (status == CONVFORGE_OK)
    status = check_pointers(kernel, operands, packed);
  if (status == CONVFORGE_OK && kernel->pack.kind == CONVFORGE_PACK_DOT)
    status = convforge_check_dot_values(kernel, operands);
  if (status != CONVFORGE_OK)
    return status;
  write_header(kernel, packed);
  for (int i = 0; i < kernel->pack.region_count && status == CONVFORGE_OK; ++i) {
    const convforge_pack_region *region = &kernel->pack.regions[i];
    status = pack_region(&kernel->pack, region, operands[1], (char *)packed + region->offset);
    if (kernel->pack.kind == CONVFORGE_PACK_DOT)
      convforge_pack_dot_tables(kernel, operands, region, (char *)packed + region->tables);
  }
  return status;
}

int convforge_pack_weights(const convforge_kernel *kernel, const void *weights, void *packed) {
  const void *operands[CONVFORGE_MAX_OPERANDS] = {NULL, weights};
  return convforge_pack_operands(kernel, operands, packed);
}
