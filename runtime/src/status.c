/* Statuses in words, and the version. */
#include "convforge/convforge.h"

const char *convforge_status_text(int status) {
  switch (status) {
  case CONVFORGE_OK:
    return "success";
  case CONVFORGE_ERROR_NULL:
    return "a pointer that this kernel needs is null";
  case CONVFORGE_ERROR_MISALIGNED:
    return "a tensor is not aligned to its element, or the packed weights or the workspace not to 64 bytes";
  case CONVFORGE_ERROR_OVERLAP:
    return "the output, the workspace or the packed weights being written overlap another tensor of the call";
  case CONVFORGE_ERROR_PACK:
    return "the packed weights were packed for another kernel or variant, or not packed at all: pack them "
           "for this one";
  case CONVFORGE_ERROR_ABI:
    return "the kernel was generated for another version of this runtime: generate it again";
  case CONVFORGE_ERROR_TARGET:
    return "no variant of the kernel runs on this CPU and OS, or CONVFORGE_TARGET names an impossible one";
  case CONVFORGE_ERROR_THREADS:
    return "the thread count is not positive or the parallel-for callback is null";
  case CONVFORGE_ERROR_CONSTANT:
    return "the kernel's weights are constants: there is nothing to pack";
  case CONVFORGE_ERROR_MEMORY:
    return "memory or a thread could not be had, or the kernel needs more workspace than its descriptor says";
  case CONVFORGE_ERROR_NO_CUDA:
    return "the CUDA driver is not installed, or finds no GPU";
  case CONVFORGE_ERROR_CONTEXT:
    return "no CUDA context is current on the calling thread";
  case CONVFORGE_ERROR_IMAGE:
    return "the CUDA driver refuses the kernel's device code: generate the kernel for this GPU";
  case CONVFORGE_ERROR_LAUNCH:
    return "the CUDA driver refuses a launch or a copy, or an earlier one failed";
  case CONVFORGE_ERROR_MULTIPLIER:
    return "a multiplier is negative, not finite, or 2^31 or more";
  case CONVFORGE_ERROR_SUMS:
    return "with this bias and these weights a sum may not fit into 32 bits";
  default:
    return "unknown status";
  }
}

const char *convforge_version(void) {
  return CONVFORGE_VERSION;
}
