// count_kernel NAME: calls one kernel once, for callgrind. Without NAME: their names and symbols, a line
// each, with the vector multiply-adds that the direct method takes.
#include "call_kernel.hpp"
#include "mobilenetv2_dw144_56.h"
#include "mobilenetv2_first.h"
#include "mobilenetv2_pw144_24_56.h"
#include "odd_17_23_3x3.h"
#include "resnet50_res3a_3x3_s2.h"
#include "resnet50_res3b_3x3.h"

#include <cstdio>
#include <cstring>

namespace {

using Accessor = const convforge_kernel *(*)();
constexpr Accessor kernels[] = {mobilenetv2_first_kernel,       mobilenetv2_dw144_56_kernel,
                                mobilenetv2_pw144_24_56_kernel, resnet50_res3b_3x3_kernel,
                                resnet50_res3a_3x3_s2_kernel,   odd_17_23_3x3_kernel};

} // namespace

int main(int argc, char **argv) {
  for (const Accessor accessor : kernels) {
    const convforge_kernel *kernel = accessor();
    if (!kernel)
      return 77; // this CPU has no AVX2
    if (argc < 2)
      std::printf("%s %s_x86_64_avx2 %s %lld vector multiply-adds\n", kernel->name, kernel->name,
                  kernel->algorithm, static_cast<long long>(kernel->multiply_adds / 8));
    else if (std::strcmp(argv[1], kernel->name) == 0)
      convforge::call_kernel(kernel);
  }
}
