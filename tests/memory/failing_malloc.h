/* malloc() and its like of a program under LD_PRELOAD, one of whose calls fails. */
#ifndef CONVFORGE_TESTS_FAILING_MALLOC_H
#define CONVFORGE_TESTS_FAILING_MALLOC_H

/* The call that fails, counted from now over all threads and the processes forked from here on: 1 is the next
 * one, 0 none, -1 the next one and all that follow. Not before failing_malloc_share(). */
void failing_malloc_set(long number);
/* Calls since then. */
long failing_malloc_count(void);
/* The count is one of this process and those forked from now on. 0, or -1 where there is no memory for it. */
int failing_malloc_share(void);

#endif
