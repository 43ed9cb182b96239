// A 1x1 convolution over two channels made at run time: y = 3 a + 5 b + 1. Arguments: the cache's directory
// and, if any, the program to compile with. Prints where the kernel came from, and y of (10, 100).
#include <convforge/jit.hpp>

#include <cstdio>
#include <vector>

int main(int argc, char **argv) {
  using namespace convforge;
  try {
    Jit jit({.cache_dir = argv[1], .program = argc > 2 ? argv[2] : ""});
    const auto kernel = jit.compile(Problem::parse("ic2ih1oc1kh1", {.epilogue = "bias"}));
    if (!kernel) {
      std::printf("error: %s\n", kernel.error().message.c_str());
      return 1;
    }
    alignas(64) static std::byte packed[1024], workspace[1024];
    const float weights[] = {3, 5}, input[] = {10, 100}, bias = 1;
    float output = 0;
    kernel->pack(weights, packed);
    (*kernel)(input, packed, &bias, &output, workspace);
    std::printf("%s: %g\n", kernel->origin() == JitKernel::Origin::disk ? "disk" : "compiled", output);
  } catch (const Error &error) {
    std::printf("error: %s\n", error.what());
    return 1;
  }
}
