// count_kernels INDEX: calls one kernel of the list that is linked to it, once and on one thread, for
// counts.py. Without INDEX: a line for each with its target, algorithm, outputs, symbol and problem.
#include "call_kernel.hpp"
#include "cases.h"

#include <cstdio>
#include <cstdlib>

int main(int argc, char **argv) {
  if (argc == 2)
    convforge::call_kernel(cases[std::atoi(argv[1])].kernel);
  else
    for (int i = 0; i < case_count; ++i) {
      const convforge_kernel *kernel = cases[i].kernel;
      std::printf("%s %s %zu %s %s\n", kernel->target, kernel->algorithm,
                  convforge_output(kernel)->bytes / sizeof(float), kernel->name, cases[i].problem);
    }
}
