// The table of kernels that ends the demo.
#pragma once

#include <convforge/convforge.h>

#include <vector>

struct KernelRow {
  const convforge_kernel *kernel;
  double seconds; ///< of one call on one thread
};

/// Shape, algorithm, target, code bytes, time, GF/s and share of the machine's FMA peak, on standard output.
void print_kernel_table(const std::vector<KernelRow> &rows);
