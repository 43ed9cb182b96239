#include "ones.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
  float image[ONES_INPUT_ELEMENTS], weights[ONES_WEIGHTS_ELEMENTS], bias[1] = {0},
                                                                    output[ONES_OUTPUT_ELEMENTS];
  for (int i = 0; i < ONES_INPUT_ELEMENTS; i++)
    image[i] = i % 3 == 0 ? 1.0f : i % 3 == 1 ? 100.0f : 10000.0f;
  for (int i = 0; i < ONES_WEIGHTS_ELEMENTS; i++)
    weights[i] = 1;
  void *packed = aligned_alloc(64, ones_packed_size());
  void *workspace = ones_workspace_size(1) ? aligned_alloc(64, ones_workspace_size(1)) : NULL;
  int status = ones_pack(weights, packed);
  if (status == CONVFORGE_OK)
    status = ones(image, packed, bias, output, workspace);
  printf("%d: %g %g %g %g by %s\n", status, output[0], output[1], output[2], output[3],
         ones_kernel()->target);
  free(packed);
  free(workspace);
  return status != CONVFORGE_OK;
}
