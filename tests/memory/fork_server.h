/* The program over and over, each time in a child with another allocation that fails. */
#ifndef CONVFORGE_TESTS_FORK_SERVER_H
#define CONVFORGE_TESTS_FORK_SERVER_H

/* Where FAILING_MALLOC_SERVER, a socket's number, is not set, returns; else returns in children alone. To be
 * called once the libraries are loaded, which takes most of the time of a short run.
 *
 * An order is a line "NUMBER DIRECTORY": the child runs in DIRECTORY/work, its outputs are DIRECTORY/stdout
 * and DIRECTORY/stderr. The answer is a line "STATUS CALLS", waitpid()'s status (or -1: it hung) and the
 * allocations counted. */
void fork_server_run(void);

#endif
