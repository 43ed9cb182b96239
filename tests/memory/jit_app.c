/* jit_app_c DIRECTORY: an app in C that asks for a kernel, with its cache in the directory, and calls it.
 * Status 0 when the result is right, 1 after an error, which goes to standard error. */
#include "convforge/jit.h"

#include <stdio.h>

static int fail(const char *what) {
  fprintf(stderr, "jit_app_c: %s\n", what);
  return 1;
}

/* 3 a + 5 b + 1 for a = 10 and b = 100. */
static int run(const convforge_kernel *kernel) {
  _Alignas(64) char packed[1024], workspace[1024];
  const float weights[] = {3, 5};
  float input[] = {10, 100}, bias = 1, output = 0;
  if (kernel->packed_bytes > sizeof packed || convforge_workspace_size(kernel, 1) > sizeof workspace)
    return fail("a size");
  int status = convforge_pack_weights(kernel, weights, packed);
  void *const operands[] = {input, packed, &bias, &output};
  const convforge_args arguments = {.operands = operands, .workspace = workspace};
  if (status == CONVFORGE_OK)
    status = convforge_run(kernel, &arguments);
  if (status != CONVFORGE_OK)
    return fail(convforge_status_text(status));
  return output == 531 ? 0 : fail("a wrong result");
}

static int compile_and_run(convforge_jit *jit) {
  char message[500] = "";
  const convforge_jit_problem problem = {.descriptor = "ic2ih1oc1kh1", .epilogue = "bias"};
  convforge_jit_future *future = NULL;
  convforge_jit_kernel *kernel = NULL;
  if (convforge_jit_compile_async(jit, &problem, &future, message, sizeof message) != CONVFORGE_JIT_OK)
    return fail(message);
  const int status = convforge_jit_get(future, &kernel, message, sizeof message);
  convforge_jit_release_future(future);
  if (status != CONVFORGE_JIT_OK)
    return fail(message);
  const int result = run(convforge_jit_descriptor(kernel));
  convforge_jit_release(kernel);
  return result;
}

int main(int count, char **words) {
  char message[500] = "";
  const convforge_jit_options options = {.cache_dir = count > 1 ? words[1] : ".", .target = "x86-64-sse41"};
  convforge_jit *jit = NULL;
  if (convforge_jit_create(&options, &jit, message, sizeof message) != CONVFORGE_JIT_OK)
    return fail(message);
  const int result = compile_and_run(jit);
  convforge_jit_destroy(jit);
  return result;
}
