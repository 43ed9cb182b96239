/* The bodies of the programs that convforge_add_model(... TEST) and (... BENCHMARK) build around one
 * generated network. */
#ifndef CONVFORGE_TOOLS_NETWORK_PROGRAMS_H
#define CONVFORGE_TOOLS_NETWORK_PROGRAMS_H

#include "convforge/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the network on the inputs NAME_input0.npy, ... of the directory and compares every output with
 * NAME_output0.npy, ...: `convforge network --emit reference` writes them, and names the files after the
 * network. The error allowed is 1e-3 of the output's largest element; of networks with kernels of 8-bit
 * integers, where floats between them may round a step otherwise, 2e-2 of it, and two steps of outputs that
 * are integers. Each run begins with an arena and outputs of NaN; three threads must give the same bytes as
 * one, and nothing behind arena and outputs may be written. Prints a line for each output and one with
 * the verdict; answers the program's exit code, CONVFORGE_EXIT_SKIPPED (kernel_programs.h) where no variant
 * runs here. */
int convforge_test_network(const convforge_network *network, const char *directory);

/* Times calls on one thread for argv[1] seconds (default 2) and prints the time, GF/s and share of the
 * machine's FMA peak by the multiply-adds of the convolutions, the bytes of arena, and which algorithms
 * compute what share of these. Answers the program's exit code. */
int convforge_benchmark_network(const convforge_network *network, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
