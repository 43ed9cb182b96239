/* What tells packed weights apart. */
#include "convforge/winograd.h"

#include <stddef.h>
#include <string.h>

static uint64_t add_byte(uint64_t hash, uint64_t byte) {
  return (hash ^ byte) * UINT64_C(0x100000001b3);
}

/* Bit by bit, lowest byte first, so that every machine that agrees on the matrices agrees on the id. */
static uint64_t add_entry(uint64_t hash, double entry) {
  const double value = entry + 0.0; /* -0 is 0 */
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  for (int shift = 0; shift < 64; shift += 8)
    hash = add_byte(hash, bits >> shift & 0xff);
  return hash;
}

static uint64_t add_matrices(uint64_t hash, const convforge_winograd *matrices) {
  for (int i = 0; i < CONVFORGE_WINOGRAD_MAX_POINTS; ++i)
    for (int j = 0; j < CONVFORGE_WINOGRAD_MAX_POINTS; ++j) {
      hash = add_entry(hash, matrices->input[i][j]);
      hash = add_entry(hash, matrices->weights[i][j]);
      hash = add_entry(hash, matrices->output[i][j]);
    }
  return hash;
}

uint64_t convforge_layout_id(const char *layout, const convforge_winograd *h, const convforge_winograd *w) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (; *layout != '\0'; ++layout)
    hash = add_byte(hash, (unsigned char)*layout);
  if (h != NULL)
    hash = add_matrices(hash, h);
  return w != NULL ? add_matrices(hash, w) : hash;
}
