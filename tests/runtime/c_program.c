/* A C program with one kernel descriptor written by hand: links the runtime and nothing else. */
#include "convforge/convforge.h"
#include "convforge/hooks.h"
#include "scalar.h"

#include <stdio.h>
#include <stdlib.h>

static int multiply(void **arguments) {
  *(float *)arguments[1] = *(const float *)arguments[2] * *(const float *)arguments[3];
  return 0;
}

int main(void) {
  const convforge_view views[] = {{2, 0, 0}, {0, 0, 0}, {1, 0, CONVFORGE_PACK_HEADER_BYTES}};
  const convforge_pack_region region = {CONVFORGE_PACK_HEADER_BYTES, 0, 1, 1, 0};
  const convforge_operand operands[] = {scalar("input", CONVFORGE_INPUT),
                                        scalar("weights", CONVFORGE_WEIGHTS),
                                        scalar("output", CONVFORGE_OUTPUT)};
  const convforge_kernel kernel = {
      .abi_version = CONVFORGE_ABI_VERSION,
      .name = "one",
      .target = "any",
      .operand_count = 3,
      .operands = operands,
      .pack = {.layout_id = 1,
               .layout = "one",
               .kind = CONVFORGE_PACK_BLOCKED,
               .weights_dtype = CONVFORGE_F32,
               .packed_dtype = CONVFORGE_F32,
               .groups = 1,
               .group_in = 1,
               .group_out = 1,
               .kernel = {1, 1, 1},
               .stride = {1, 1, 1},
               .region_count = 1,
               .regions = &region},
      .packed_bytes = 128,
      .view_count = 3,
      .views = views,
      .function = multiply,
  };
  _Alignas(64) unsigned char packed[128];
  float input = 6;
  const float weight = 7;
  float output = 0;
  const convforge_kernel *variants[] = {&kernel};
  convforge_choice choice;
  convforge_choose(variants, 1, &choice);
  int status = convforge_pack_weights(choice.kernel, &weight, packed);
  if (status == CONVFORGE_OK) {
    void *const pointers[] = {&input, packed, &output};
    const convforge_args args = {.operands = pointers};
    status = convforge_run(choice.kernel, &args);
  }
  printf("%s: %g (%s)\n", convforge_status_text(status), output, choice.reason);
  return status == CONVFORGE_OK && output == 42 ? EXIT_SUCCESS : EXIT_FAILURE;
}
