/* What programs that check and measure need of the CUDA driver beside the launcher: a context, memory, time.
 * The driver is opened as the launcher does: CONVFORGE_CUDA_DRIVER in the environment names another one. */
#ifndef CUDA_LAYERS_DEVICE_H
#define CUDA_LAYERS_DEVICE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the first GPU's context current. Not 0: there is none. */
int device_open(void);
const char *device_name(void);
/* Device memory; null when there is none left. */
void *device_allocate(size_t bytes);
/* The same with the bytes of `from`. Ends the program when there is none left. */
void *device_copy(const void *from, size_t bytes);
/* The same with floats between -1 and 1: chips run faster on zeros. */
void *device_values(size_t bytes);
/* Waits for the default stream, then copies to the host. Not 0: something queued before has failed. */
int device_read(void *to, const void *from, size_t bytes);
void device_free(void *memory); /* null is fine */

/* The least time, in microseconds, of one call out of runs of calls on the default stream; negative if a call
 * fails. */
double device_time(int (*call)(void *), void *closure);

#ifdef __cplusplus
}
#endif

#endif
