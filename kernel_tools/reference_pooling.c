#include "reference_pooling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int starts_with(const char *text, const char *word) {
  return !strncmp(text, word, strlen(word));
}

static int *field_of(reference_axis *axis, char letter) {
  return letter == 'k' ? &axis->k : letter == 's' ? &axis->s : letter == 'p' ? &axis->p : NULL;
}

/* The fields behind the colon. The padding at the end says how many outputs there are. */
static int parse_fields(const char *text, reference_pooling *pooling) {
  int found = 0;
  for (const char *p = text; *p; found++) {
    const char letter = p[0], axis_letter = p[1];
    if (axis_letter != 'h' && axis_letter != 'w')
      return -1;
    reference_axis *axis = &pooling->axes[axis_letter == 'h' ? 1 : 2];
    char *end;
    const int value = (int)strtol(p + 2, &end, 10);
    int *field = field_of(axis, letter);
    if (field)
      *field = value;
    else if (letter == 'e')
      axis->o = (axis->i + axis->p + value - axis->k) / axis->s + 1;
    else
      return -1;
    p = end;
  }
  return found == 4 || found == 8 ? 0 : -1;
}

int reference_pooling_parse(const char *text, const reference_shape *shape, reference_pooling *pooling) {
  *pooling =
      (reference_pooling){.average = !starts_with(text, "max:"), .counts_zeros = starts_with(text, "avg_p:")};
  if (pooling->average && !pooling->counts_zeros && !starts_with(text, "avg_np:"))
    return -1;
  for (int i = 0; i < 3; i++)
    pooling->axes[i] = (reference_axis){.i = shape->axes[i].o, .o = shape->axes[i].o, .k = 1, .s = 1};
  return parse_fields(strchr(text, ':') + 1, pooling);
}

int reference_pooling_taps(const reference_pooling *pooling) {
  return pooling->axes[1].k * pooling->axes[2].k;
}

int reference_pooled_under(const reference_pooling *pooling, const int out[3], int tap, int in[3]) {
  const int columns = pooling->axes[2].k, at[3] = {0, tap / columns, tap % columns};
  int inside = 1;
  for (int i = 0; i < 3; i++) {
    const reference_axis *axis = &pooling->axes[i];
    in[i] = out[i] * axis->s - axis->p + at[i];
    inside &= in[i] >= 0 && in[i] < axis->i;
  }
  return inside;
}

void reference_window_add(reference_window *window, reference_value value) {
  const int first = window->count++ == 0;
  window->largest = first || value.value > window->largest ? value.value : window->largest;
  window->allowed = fmax(window->allowed, value.allowed);
  window->sum += value.value;
  window->size += fabs(value.value) + value.allowed;
  window->carried += value.allowed;
}

/* |max a - max b| <= max |a - b|. Of an average: the roundings of a sum of all taps, and of the product with
 * a rounded reciprocal. */
reference_value reference_window_value(const reference_window *window, const reference_pooling *pooling) {
  if (!pooling->average)
    return (reference_value){window->largest, window->allowed};
  const int taps = reference_pooling_taps(pooling), count = pooling->counts_zeros ? taps : window->count;
  return (reference_value){window->sum / count,
                           (window->carried + reference_gamma(taps + 1) * window->size) / count};
}
