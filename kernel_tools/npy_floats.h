/* Reads the numbers of a .npy file that the generator has accepted before (so: little-endian f4 or f8, C
 * order). */
#ifndef CONVFORGE_TOOLS_NPY_FLOATS_H
#define CONVFORGE_TOOLS_NPY_FLOATS_H

#include <stddef.h>

/* Fills values[0..count); 0, or -1 when the file cannot be read or holds another number of values. */
int npy_floats(const char *path, float *values, size_t count);

#endif
