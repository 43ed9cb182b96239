// The general call of docs/artefact.md.
#include "conv2.h"

int general_call(void *input, void *packed, void *bias, void *residual, void *output, void *workspace) {
#include "examples/general_call.inc"
  return status;
}
