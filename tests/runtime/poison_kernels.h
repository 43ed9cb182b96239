/* Kernels that touch what is not theirs, compiled with AddressSanitizer. */
#ifndef CONVFORGE_TESTS_POISON_KERNELS_H
#define CONVFORGE_TESTS_POISON_KERNELS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Each takes a block of 100 bytes outside of a loop. */
int poison_fill_block(void **arguments);
int poison_pass_block(void **arguments);         /* writes the byte after it */
int poison_write_given_block(void **arguments);  /* after giving it back */
int poison_write_workers_part(void **arguments); /* the first byte that belongs to a worker */
int poison_write_next_worker(void **arguments);  /* in a loop: from a worker's part into that of the next */
/* Runs the kernel and the arguments that the first two pointers in its output say, so that two calls are open
 * at once. */
int poison_call_again(void **arguments);

#ifdef __cplusplus
}
#endif

#endif
