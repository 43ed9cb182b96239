/* Reads the numbers of a .npy file that the generator has accepted before (so: little-endian floats or
 * integers of up to 32 bits, C order). */
#ifndef CONVFORGE_TOOLS_NPY_FLOATS_H
#define CONVFORGE_TOOLS_NPY_FLOATS_H

#include <stddef.h>
#include <stdint.h>

/* Fills a tensor's `count` elements of the type `dtype`; 0, or -1 when the file cannot be read or holds
 * another number of values. One multiplier (float64) stands for all. */
int npy_elements(const char *path, int32_t dtype, void *tensor, size_t count);

#endif
