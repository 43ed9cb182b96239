/* The bodies of the programs that convforge_add_conv(... TEST) and (... BENCHMARK) build around one generated
 * kernel. */
#ifndef CONVFORGE_TOOLS_KERNEL_PROGRAMS_H
#define CONVFORGE_TOOLS_KERNEL_PROGRAMS_H

#include "convforge/convforge.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The file behind an operand that is a constant of a kernel. */
typedef struct convforge_constant_file {
  const char *operand; /* "weights", "bias", ... */
  const char *npy;
} convforge_constant_file;

/* One generated kernel as its accessors and its CMake call give it. */
typedef struct convforge_subject {
  const char *name;
  const convforge_kernel *kernel;           /* null: no variant runs here */
  const char *reason;                       /* why this variant, or why none */
  const convforge_constant_file *constants; /* up to one whose operand is null */
} convforge_subject;

/* Exit code that CTest reads as "skipped": this CPU cannot run the variant asked for. */
enum { CONVFORGE_EXIT_SKIPPED = 77 };

/* Runs the kernel on reproducible numbers, on one thread and on three, and compares every output with a
 * float64 loop. Prints one line with the verdict; answers the program's exit code. */
int convforge_test_kernel(const convforge_subject *subject);

/* Times the kernel on one thread for argv[1] seconds (default 0.5) and prints its shape, time, GF/s and share
 * of the machine's FMA peak; answers the program's exit code. */
int convforge_benchmark_kernel(const convforge_subject *subject, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
