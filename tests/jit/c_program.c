/* The C interface, from C: a 1x1 convolution compiled, packed and run, also on other threads after the jit is
 * gone. Exit code 0 when all is right. */
#include "convforge/jit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define EXPECT(condition)                                                                                    \
  do {                                                                                                       \
    if (!(condition)) {                                                                                      \
      printf("line %d: %s (%s)\n", __LINE__, #condition, message);                                           \
      return 1;                                                                                              \
    }                                                                                                        \
  } while (0)

/* Runs the kernel, 3 a + 5 b + 1 for a = 10 and b = 100: null, or what went wrong. */
static void *run(void *kernel) {
  const convforge_kernel *descriptor = convforge_jit_descriptor(kernel);
  _Alignas(64) char packed[1024], workspace[1024];
  const float weights[] = {3, 5};
  float input[] = {10, 100}, bias = 1, output = 0;
  if (descriptor->packed_bytes > sizeof packed || convforge_workspace_size(descriptor, 1) > sizeof workspace)
    return "a size";
  if (convforge_pack_weights(descriptor, weights, packed) != CONVFORGE_OK)
    return "packing";
  void *const operands[] = {input, packed, &bias, &output};
  const convforge_args args = {.operands = operands, .workspace = workspace};
  if (convforge_run(descriptor, &args) != CONVFORGE_OK)
    return "running";
  return output == 531 ? NULL : "the output";
}

/* A future of a kernel that is there already gives shares in it, as often as it is asked. */
static int check_future(convforge_jit_future *future, const convforge_jit_kernel *kernel) {
  char message[200] = "";
  EXPECT(convforge_jit_ready(future));
  for (int i = 0; i < 2; i++) {
    convforge_jit_kernel *same = NULL;
    EXPECT(convforge_jit_get(future, &same, message, sizeof message) == CONVFORGE_JIT_OK);
    EXPECT(convforge_jit_descriptor(same) == convforge_jit_descriptor(kernel));
    convforge_jit_release(same);
  }
  convforge_jit_release_future(future);
  convforge_jit_release_future(NULL);
  return 0;
}

/* What is wrong with the text is said at once, what goes wrong in the compiler by the future. */
static int check_failing_future(void) {
  char message[200] = "";
  const convforge_jit_options options = {.program = "/bin/false", .no_disk_cache = 1};
  const convforge_jit_problem nonsense = {.descriptor = "nonsense"}, right = {.descriptor = "ic2ih1oc1kh1"};
  convforge_jit *jit = NULL;
  convforge_jit_future *future = NULL;
  convforge_jit_kernel *kernel = NULL;
  EXPECT(convforge_jit_create(&options, &jit, message, sizeof message) == CONVFORGE_JIT_OK);
  EXPECT(convforge_jit_compile_async(jit, &nonsense, &future, message, 10) == CONVFORGE_JIT_ERROR_PROBLEM);
  EXPECT(future == NULL && strlen(message) == 9);
  EXPECT(convforge_jit_compile_async(jit, &right, &future, message, sizeof message) == CONVFORGE_JIT_OK);
  EXPECT(convforge_jit_get(future, &kernel, message, sizeof message) == CONVFORGE_JIT_ERROR_COMPILE);
  EXPECT(kernel == NULL && strstr(message, "/bin/false"));
  convforge_jit_release_future(future);
  convforge_jit_destroy(jit);
  return 0;
}

int main(void) {
  char message[200] = "";
  convforge_jit *jit = NULL;
  convforge_jit_kernel *kernel = NULL;
  convforge_jit_options options = {.target = "x86-64-mmx"};
  EXPECT(convforge_jit_create(&options, &jit, message, sizeof message) == CONVFORGE_JIT_ERROR_OPTIONS);
  EXPECT(jit == NULL && strstr(message, "x86-64-mmx"));
  EXPECT(convforge_jit_create(NULL, &jit, message, sizeof message) == CONVFORGE_JIT_OK);
  convforge_jit_destroy(jit);
  options = (convforge_jit_options){.no_disk_cache = 1};
  EXPECT(convforge_jit_create(&options, &jit, message, sizeof message) == CONVFORGE_JIT_OK);

  convforge_jit_problem problem = {.descriptor = "ic2ih1oc1kh1", .epilogue = "bias,nonsense"};
  EXPECT(convforge_jit_compile(jit, &problem, &kernel, message, 10) == CONVFORGE_JIT_ERROR_PROBLEM);
  EXPECT(kernel == NULL && strlen(message) == 9);
  EXPECT(convforge_jit_compile(jit, NULL, &kernel, NULL, 0) == CONVFORGE_JIT_ERROR_OPTIONS);
  problem.epilogue = "bias";
  EXPECT(convforge_jit_compile(jit, &problem, &kernel, message, sizeof message) == CONVFORGE_JIT_OK);
  EXPECT(convforge_jit_origin_of(kernel) == CONVFORGE_JIT_COMPILED);
  convforge_jit_future *future = NULL;
  EXPECT(convforge_jit_compile_async(jit, &problem, &future, message, sizeof message) == CONVFORGE_JIT_OK);
  convforge_jit_destroy(jit); /* kernel and future stay */
  if (check_future(future, kernel) != 0 || check_failing_future() != 0)
    return 1;

  pthread_t threads[4];
  for (int i = 0; i < 4; i++)
    EXPECT(pthread_create(&threads[i], NULL, run, kernel) == 0);
  for (int i = 0; i < 4; i++) {
    void *wrong = NULL;
    EXPECT(pthread_join(threads[i], &wrong) == 0);
    snprintf(message, sizeof message, "%s", wrong ? (const char *)wrong : "");
    EXPECT(wrong == NULL);
  }
  convforge_jit_release(kernel);
  convforge_jit_release(NULL);
  return 0;
}
