/* How far a Winograd kernel's sums may lie from the exact ones: docs/winograd.md derives the bound. */
#ifndef CONVFORGE_TOOLS_REFERENCE_WINOGRAD_H
#define CONVFORGE_TOOLS_REFERENCE_WINOGRAD_H

#include "reference.h"

#include "convforge/winograd.h"

/* Magnitudes of one kernel's transforms; those of the tile that was asked for last are kept. */
typedef struct reference_winograd {
  const convforge_kernel *kernel;
  const reference_shape *shape;
  const reference_tensors *tensors;
  convforge_winograd down, along;           /* absolute values */
  convforge_winograd last_down, last_along; /* those that a kernel may use for the last tiles */
  double *filters;                          /* [point][t][c][k], k over all groups */
  double *products; /* [way][point][k] of one tile: by the transforms of all, and by a last one's */
  int ways;
  int n, z, tile_y, tile_x; /* that tile, of plane z; n < 0: none */
} reference_winograd;

/* For a kernel with CONVFORGE_PACK_WINOGRAD. 0, or -1: out of memory, or no such transform. */
int reference_winograd_create(reference_winograd *winograd, const convforge_kernel *kernel,
                              const reference_shape *shape, const reference_tensors *tensors);
void reference_winograd_destroy(reference_winograd *winograd);
/* The bound on the error of output (n, out, k) before the epilogue, `out` its plane, row and column. Fastest
 * where neighbouring calls share a tile. */
double reference_winograd_allowed(reference_winograd *winograd, int n, const int out[3], int k);

#endif
