/* How far sums of Winograd kernels may lie from the exact ones where tiles are not those of the whole
 * problem: of its pieces (transposed convolutions, windows in the padding, cropping), of the patches of what
 * is pooled, of a dilation's phases. */
#ifndef CONVFORGE_TOOLS_REFERENCE_PIECES_H
#define CONVFORGE_TOOLS_REFERENCE_PIECES_H

#include "reference.h"

/* Does reference_winograd.h not know the tiles of a kernel of this shape? */
int reference_in_pieces(const convforge_kernel *kernel, const reference_shape *shape);

/* A bound on the error of every output of channel k, before the epilogue, that Winograd computes in any of
 * the kernel's pieces; 0: none is. `largest`: of the input's magnitudes. It holds for any tile of any piece:
 *   gamma(n) * kappa * largest * sum over c, in each plane of the window, of the largest |w| of k and c,
 * kappa the product over both axes of the largest row of |A^T| (|G| 1) (|B^T| 1). */
double reference_pieces_allowed(const convforge_kernel *kernel, const reference_shape *shape,
                                const reference_tensors *tensors, double largest, int k);
double reference_largest(const convforge_operand *operand, const void *tensor);

#endif
