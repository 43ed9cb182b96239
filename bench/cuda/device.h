/* What the benchmark needs of the CUDA driver beside the launcher: a context, memory, time. */
#ifndef CUDA_LAYERS_DEVICE_H
#define CUDA_LAYERS_DEVICE_H

#include <stddef.h>

/* Makes the first GPU's context current. Not 0: there is none. */
int device_open(void);
const char *device_name(void);
/* Device memory with the bytes of `from` (null: zeros). Ends the program when there is none left. */
void *device_copy(const void *from, size_t bytes);
void device_free(void *memory);

/* The least time, in microseconds, of one call out of runs of calls on the default stream; negative if a call
 * fails. */
double device_time(int (*call)(void *), void *closure);

#endif
