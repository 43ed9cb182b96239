/* A CUDA driver that computes nothing: it keeps a log of what it is asked, hands out host memory as device
 * memory, and fails where a test tells it to. A shared library, found through CONVFORGE_CUDA_DRIVER. With
 * FAKE_CUDA_PRINT in the environment the log goes to standard error, too. */
#ifndef CONVFORGE_TESTS_FAKE_CUDA_H
#define CONVFORGE_TESTS_FAKE_CUDA_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Forgets log, failures, contexts; the device is `capability` (80 for 8.0), its context current. */
void fake_cuda_reset(int capability);
/* The calls since, a line each: "launch conv grid 1 2 3 block 4 5 6 shared 7 stream 0x8 arguments 0x10 0x20".
 */
const char *fake_cuda_log(void);
/* From now on `function` ("cuLaunchKernel") answers `code`; 0 again: it works. */
void fake_cuda_fail(const char *function, int code);
/* How many arguments a launch of any function has. */
void fake_cuda_arguments(int count);
/* The current context, for all threads. Null: none. */
void fake_cuda_context(void *context);
/* The calling thread's context from now on, instead of that one. */
void fake_cuda_thread_context(void *context);
/* Images beginning with these bytes are refused as made for another GPU. */
void fake_cuda_refuse_image(const char *prefix);

#ifdef __cplusplus
}
#endif

#endif
