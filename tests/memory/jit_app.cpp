// jit_app_cpp DIRECTORY: the app of jit_app.c in C++, on the thread that asks.
#include "convforge/convforge.hpp"
#include "convforge/jit.hpp"

#include <cstdio>
#include <exception>
#include <new>

using namespace convforge;

namespace {

int fail(const char *what) {
  std::fprintf(stderr, "jit_app_cpp: %s\n", what);
  return 1;
}

/// 3 a + 5 b + 1 for a = 10 and b = 100.
int run(const JitKernel &kernel) {
  const Kernel sizes(&kernel.descriptor());
  const float weights[] = {3, 5}, input[] = {10, 100}, bias = 1;
  float output = 0;
  AlignedBuffer packed(kernel.descriptor().packed_bytes), workspace = sizes.make_workspace(1);
  int status = kernel.pack(weights, packed.data());
  if (status == CONVFORGE_OK)
    status = kernel(input, packed.data(), &bias, &output, workspace.data());
  if (status != CONVFORGE_OK)
    return fail(convforge_status_text(status));
  return output == 531 ? 0 : fail("a wrong result");
}

} // namespace

int main(int count, char **words) {
  try {
    Jit jit({.cache_dir = count > 1 ? words[1] : ".", .target = "x86-64-sse41"});
    const Result<JitKernel> kernel = jit.compile("ic2ih1oc1kh1", {.epilogue = "bias"});
    return kernel ? run(*kernel) : fail(kernel.error().message.c_str());
  } catch (const std::bad_alloc &) { // of the options, of Jit's constructor and of the buffers
    return fail("out of memory");
  } catch (const std::exception &error) {
    return fail(error.what());
  }
}
