/* Packs weights into the form that kernels read front to back, and what some kernels pack with them. */
#include "pack.h"

#include "arguments.h"
#include "convforge/elements.h"
#include "range.h"

#include <string.h>

static const char pack_magic[8] = {'C', 'F', 'P', 'A', 'C', 'K', 0, 0};
static const uint32_t pack_version = 1;

_Static_assert(sizeof(convforge_pack_header) == CONVFORGE_PACK_HEADER_BYTES, "the pack header is 64 bytes");

/* Of all pieces' layouts; the id itself of a kernel that has one. */
static uint64_t layout_id_of(const convforge_kernel *kernel) {
  uint64_t id = kernel->pack.layout_id;
  for (const convforge_pack *piece = kernel->pack.next; piece != NULL; piece = piece->next)
    id = (id ^ piece->layout_id) * UINT64_C(0x100000001b3); /* FNV-1a's step */
  return id;
}

bool convforge_packed_for(const convforge_kernel *kernel, const void *packed) {
  const convforge_pack_header *header = packed;
  return memcmp(header->magic, pack_magic, sizeof pack_magic) == 0 && header->version == pack_version &&
         header->layout_id == layout_id_of(kernel) && header->bytes == kernel->packed_bytes;
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

/* One block, from channel `first` of the group that begins at element `group` on: `live` of its `lanes`
 * channels exist. */
static int pack_block(const convforge_pack *pack, const void *weights, int64_t group, int first, int lanes,
                      int live, void *block) {
  switch ((convforge_pack_kind)pack->kind) {
  case CONVFORGE_PACK_WINOGRAD:
    return convforge_pack_winograd_block(pack, weights, group, first, lanes, live, block);
  case CONVFORGE_PACK_DOT:
    convforge_pack_dot_block(pack, weights, group + first * pack->source.k, lanes, live, block);
    break;
  case CONVFORGE_PACK_BLOCKED:
    convforge_pack_block(pack, weights, group, first, lanes, live, block);
    break;
  }
  return CONVFORGE_OK;
}

static int pack_region(const convforge_pack *pack, const convforge_pack_region *region, const void *weights,
                       char *to) {
  for (int group = 0; group < pack->groups; ++group) {
    for (int first = 0; first < region->channels; first += region->lanes) {
      const int left = region->channels - first, live = left < region->lanes ? left : region->lanes;
      const int status = pack_block(pack, weights, pack->source.first + group * pack->source.group,
                                    region->first_channel + first, region->lanes, live, to);
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
static bool can_pack(const convforge_kernel *kernel, const convforge_pack *pack) {
  if (pack->kind == CONVFORGE_PACK_DOT)
    return convforge_can_pack_dot(kernel, pack);
  if (!is_float(pack->weights_dtype) || !is_float(pack->packed_dtype))
    return false;
  return pack->kind == CONVFORGE_PACK_BLOCKED ||
         (pack->kind == CONVFORGE_PACK_WINOGRAD && convforge_winograd_is_ours(pack));
}

static bool can_pack_all(const convforge_kernel *kernel) {
  for (const convforge_pack *pack = &kernel->pack; pack != NULL; pack = pack->next)
    if (!can_pack(kernel, pack))
      return false;
  return true;
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
  if (kernel->abi_version != CONVFORGE_ABI_VERSION || !convforge_has_operands(kernel) ||
      !can_pack_all(kernel))
    return CONVFORGE_ERROR_ABI;
  return convforge_weights(kernel)->constant == NULL ? CONVFORGE_OK : CONVFORGE_ERROR_CONSTANT;
}

/* Lanes without a channel stay zero, and the gaps between regions. */
static void write_header(const convforge_kernel *kernel, void *packed) {
  memset(packed, 0, kernel->packed_bytes);
  convforge_pack_header *header = packed;
  memcpy(header->magic, pack_magic, sizeof pack_magic);
  header->version = pack_version;
  header->layout_id = layout_id_of(kernel);
  header->bytes = kernel->packed_bytes;
}

/* The values of its operands, of every piece. */
static int check_values(const convforge_kernel *kernel, const void *const *operands) {
  int status = CONVFORGE_OK;
  for (const convforge_pack *pack = &kernel->pack; pack != NULL && status == CONVFORGE_OK; pack = pack->next)
    if (pack->kind == CONVFORGE_PACK_DOT)
      status = convforge_check_dot_values(kernel, pack, operands);
  return status;
}

static int pack_regions(const convforge_kernel *kernel, const convforge_pack *pack,
                        const void *const *operands, char *packed) {
  int status = CONVFORGE_OK;
  for (int i = 0; i < pack->region_count && status == CONVFORGE_OK; ++i) {
    const convforge_pack_region *region = &pack->regions[i];
    status = pack_region(pack, region, operands[1], packed + region->offset);
    if (pack->kind == CONVFORGE_PACK_DOT)
      convforge_pack_dot_tables(kernel, pack, operands, region, packed + region->tables);
  }
  return status;
}

int convforge_pack_operands(const convforge_kernel *kernel, const void *const *operands, void *packed) {
  int status = check_kernel(kernel);
  if (status == CONVFORGE_OK)
    status = check_pointers(kernel, operands, packed);
  if (status == CONVFORGE_OK)
    status = check_values(kernel, operands);
  if (status != CONVFORGE_OK)
    return status;
  write_header(kernel, packed);
  for (const convforge_pack *pack = &kernel->pack; pack != NULL && status == CONVFORGE_OK; pack = pack->next)
    status = pack_regions(kernel, pack, operands, packed);
  return status;
}

int convforge_pack_weights(const convforge_kernel *kernel, const void *weights, void *packed) {
  const void *operands[CONVFORGE_MAX_OPERANDS] = {NULL, weights};
  return convforge_pack_operands(kernel, operands, packed);
}
