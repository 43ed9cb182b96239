#include "quad.h"

#include <stdio.h>
#include <stdlib.h>

int main(void) {
  float image[QUAD_INPUT_ELEMENTS], output[QUAD_OUTPUT_ELEMENTS];
  for (int i = 0; i < QUAD_INPUT_ELEMENTS; i++)
    image[i] = 1;
  void *workspace = quad_workspace_size(1) ? aligned_alloc(64, quad_workspace_size(1)) : NULL;
  int status = quad(image, output, workspace);
  free(workspace);
  printf("%g %g %g %g\n", output[0], output[1], output[2], output[3]);
  return status != CONVFORGE_OK;
}
