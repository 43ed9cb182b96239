/* A shared library that makes its kernel through the C interface. */
#include <convforge/jit.h>

float plugin_run(const char *cache_dir, const char *program);

float plugin_run(const char *cache_dir, const char *program) {
  const convforge_jit_options options = {.cache_dir = cache_dir, .program = program};
  const convforge_jit_problem problem = {.descriptor = "ic2ih1oc1kh1", .epilogue = "bias"};
  convforge_jit *jit = NULL;
  convforge_jit_kernel *kernel = NULL;
  if (convforge_jit_create(&options, &jit, NULL, 0) != CONVFORGE_JIT_OK ||
      convforge_jit_compile(jit, &problem, &kernel, NULL, 0) != CONVFORGE_JIT_OK)
    return -1;
  convforge_jit_destroy(jit);
  _Alignas(64) static char packed[1024], workspace[1024];
  const float weights[] = {3, 5};
  float input[] = {10, 100}, bias = 1, output = 0;
  void *const operands[] = {input, packed, &bias, &output};
  const convforge_args args = {.operands = operands, .workspace = workspace};
  convforge_pack_weights(convforge_jit_descriptor(kernel), weights, packed);
  convforge_run(convforge_jit_descriptor(kernel), &args);
  convforge_jit_release(kernel);
  return output;
}
