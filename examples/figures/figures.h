/* The figures of a program that runs a network: how long a call takes, how large the program is. */
#ifndef FIGURES_H
#define FIGURES_H

#ifdef __cplusplus
extern "C" {
#endif

/* Calls `call(closure)` for half a second and prints, on standard output, the time of the fastest call and
 * the bytes of the running program's file, which are all that it takes along. ../beside_framework.py reads
 * these lines. */
void print_figures(const char *what, void (*call)(void *closure), void *closure);

#ifdef __cplusplus
}
#endif

#endif
