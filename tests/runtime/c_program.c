/* A C program with one kernel descriptor written by hand: links the runtime and nothing else. */
#include "convforge/convforge.h"
#include "convforge/hooks.h"

#include <stdio.h>
#include <stdlib.h>

static int multiply(void **arguments) {
  *(float *)arguments[1] = *(const float *)arguments[2] * *(const float *)arguments[3];
  return 0;
}

int main(void) {
  const convforge_view views[] = {{CONVFORGE_OUTPUT, 0, 0},
                                  {CONVFORGE_INPUT, 0, 0},
                                  {CONVFORGE_PACKED_WEIGHTS, 0, CONVFORGE_PACK_HEADER_BYTES}};
  const convforge_pack_region region = {CONVFORGE_PACK_HEADER_BYTES, 0, 1, 1};
  const convforge_tensor_info one = {CONVFORGE_F32, 4, {1, 1, 1, 1, 0}, {1, 1, 1, 1, 0}, sizeof(float)};
  const convforge_kernel kernel = {
      .abi_version = CONVFORGE_ABI_VERSION,
      .name = "one",
      .target = "any",
      .input = one,
      .weights = one,
      .output = one,
      .pack = {1, "one", CONVFORGE_PACK_BLOCKED, 0, 1, 1, 1, 1, 1, 1, &region, 0, 0, 1, 1, CONVFORGE_F32,
               CONVFORGE_F32},
      .packed_bytes = 128,
      .view_count = 3,
      .views = views,
      .function = multiply,
  };
  _Alignas(64) unsigned char packed[128];
  const float input = 6, weight = 7;
  float output = 0;
  const convforge_kernel *variants[] = {&kernel};
  convforge_choice choice;
  convforge_choose(variants, 1, &choice);
  int status = convforge_pack_weights(choice.kernel, &weight, packed);
  if (status == CONVFORGE_OK) {
    const convforge_args args = {.input = &input, .packed_weights = packed, .output = &output};
    status = convforge_run(choice.kernel, &args);
  }
  printf("%s: %g (%s)\n", convforge_status_text(status), output, choice.reason);
  return status == CONVFORGE_OK && output == 42 ? EXIT_SUCCESS : EXIT_FAILURE;
}
