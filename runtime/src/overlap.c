/* Elements i of a and j of b are one where (i - j) . strides = b - a, with each i - j in the range that both
 * extents allow. Strides are nested: what lies inside of a dimension spans less than its stride, so that each
 * i - j, the outermost first, is one of two numbers: what remains is divided by the stride, and rounded down
 * or up. */
#include "overlap.h"

#include <stdint.h>

/* From the descriptor itself, whatever the type; 0: it contradicts itself. */
static int64_t element_bytes(const convforge_operand *tensor) {
  int64_t elements = 1;
  for (int i = 0; i < tensor->rank; ++i)
    elements += (tensor->shape[i] - 1) * tensor->strides[i];
  return tensor->bytes % (size_t)elements == 0 ? (int64_t)tensor->bytes / elements : 0;
}

/* A stride that dimension i has in both; a dimension of one element has any. 0: they differ. */
static int64_t common_stride(const convforge_operand *a, const convforge_operand *b, int i) {
  if (a->shape[i] == 1 || b->shape[i] == 1)
    return a->shape[i] == 1 ? b->strides[i] : a->strides[i];
  return a->strides[i] == b->strides[i] ? a->strides[i] : 0;
}

/* Whether both are boxes of one larger tensor, as far as strides tell. */
static bool nested(const convforge_operand *a, const convforge_operand *b) {
  int64_t a_reach = 1, b_reach = 1; /* elements from the first to the last of what lies inside */
  for (int i = a->rank - 1; i >= 0; --i) {
    if (a->shape[i] == 1 && b->shape[i] == 1)
      continue;
    const int64_t stride = common_stride(a, b, i);
    if (stride < a_reach || stride < b_reach)
      return false;
    a_reach += (a->shape[i] - 1) * stride;
    b_reach += (b->shape[i] - 1) * stride;
  }
  return true;
}

/* Whether elements meet that lie `distance` elements apart, when the bits of `up` say which dimensions'
 * quotients are rounded up. */
static bool meet(const convforge_operand *a, const convforge_operand *b, int64_t distance, int up) {
  for (int i = 0; i < a->rank; ++i) {
    if (a->shape[i] == 1 && b->shape[i] == 1)
      continue;
    const int64_t stride = common_stride(a, b, i);
    if (stride == 0)
      return true; /* never: nested() has refused it */
    const int64_t down = distance / stride - (distance % stride < 0);
    const int64_t steps = down + ((up >> i) & 1);
    if (steps > a->shape[i] - 1 || steps < 1 - b->shape[i])
      return false;
    distance -= steps * stride;
  }
  return distance == 0;
}

bool convforge_slices_meet(const convforge_operand *a, const void *a_data, const convforge_operand *b,
                           const void *b_data) {
  const int64_t element = element_bytes(a);
  const int64_t bytes = (int64_t)((uintptr_t)b_data - (uintptr_t)a_data);
  if (a->rank != b->rank || element != element_bytes(b) || element == 0 || bytes % element != 0)
    return true;
  if (!nested(a, b))
    return true;
  for (int up = 0; up < 1 << a->rank; ++up)
    if (meet(a, b, bytes / element, up))
      return true;
  return false;
}
