/* Winograd's (Toom's and Cook's) short convolutions: the matrices that packing, kernels and their checks
 * share.
 *
 * F(m, r) computes m neighbouring outputs of a filter of r taps from n = m + r - 1 inputs d with n products:
 *   y = A^T [(G g) . (B^T d)]
 * It multiplies two polynomials through their values at n - 1 points and infinity. With stride 2 it is the
 * sum of two such forms, one of the even taps and inputs and one of the odd ones, and n = 2 (m - 1) + r.
 * F(1, r) is the plain sum: an axis that is left as it is. All entries of A^T and B^T are exact in float32.
 * docs/winograd.md has the points, the reasons for them and the error bound. */
#ifndef CONVFORGE_WINOGRAD_H
#define CONVFORGE_WINOGRAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CONVFORGE_WINOGRAD_MAX_POINTS = 15 };

/* Row-major in the upper left corner of each array. The n inputs of a tile are neighbours, and a tile's begin
 * m * stride after those of the tile before. */
typedef struct convforge_winograd {
  int32_t outputs, taps, stride, points; /* m, r, s, n */
  /* Rows of G that differ: point i is multiplied by row min(i, filter_points - 1). Equal ones come last. */
  int32_t filter_points;
  double input[CONVFORGE_WINOGRAD_MAX_POINTS][CONVFORGE_WINOGRAD_MAX_POINTS];   /* B^T: n x n */
  double weights[CONVFORGE_WINOGRAD_MAX_POINTS][CONVFORGE_WINOGRAD_MAX_POINTS]; /* G: n x r */
  double output[CONVFORGE_WINOGRAD_MAX_POINTS][CONVFORGE_WINOGRAD_MAX_POINTS];  /* A^T: m x n */
} convforge_winograd;

/* Fills `matrices` for F(outputs, taps) of stride 1 or 2, or of any stride where outputs = 1: 0, or -1 when
 * there are no points for it. outputs = 1 gives G = B^T = the identity and A^T = 1 1 ... 1. */
int convforge_winograd_matrices(int outputs, int taps, int stride, convforge_winograd *matrices);

/* Makes B^T that of a tile of which only the first `wanted` outputs matter: the rest of such a tile lies
 * beyond the image. They need stride * (wanted - 1) + taps points of the first as many inputs; the others'
 * rows are zero, so that their products are, too. A^T and G stay, so that all tiles share packed weights, and
 * entries stay exact in float32. Outputs that are not wanted are undefined. 0, or -1 unless 1 <= wanted <=
 * outputs. */
int convforge_winograd_keep_outputs(convforge_winograd *matrices, int wanted);

/* convforge_pack.layout_id: FNV-1a, 64 bits (Fowler, Noll, Vo), of `layout` and, where weights are
 * transformed, of the entries of the matrices along H and W, whose points the text does not name. Null
 * matrices: they are not. */
uint64_t convforge_layout_id(const char *layout, const convforge_winograd *h, const convforge_winograd *w);

#ifdef __cplusplus
}
#endif

#endif
