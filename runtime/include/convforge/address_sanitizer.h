/* For programs built with AddressSanitizer (-fsanitize=address). Kernels are machine code that it has not
 * instrumented: they would write past a tensor that is too small without a report. These functions are
 * compiled with the program and look at every byte of a call first; the report names the caller and the
 * memory. Generated calls (conv1(), conv1_pack()) and convforge.hpp use them; who calls convforge_run() may,
 * too. Without the sanitizer they do nothing. */
#ifndef CONVFORGE_ADDRESS_SANITIZER_H
#define CONVFORGE_ADDRESS_SANITIZER_H

#include "convforge/convforge.h"

#if defined(__SANITIZE_ADDRESS__)
#define CONVFORGE_HAS_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CONVFORGE_HAS_ADDRESS_SANITIZER 1
#endif
#endif

#ifdef CONVFORGE_HAS_ADDRESS_SANITIZER

/* As in <sanitizer/asan_interface.h>, which not every compiler is installed with. */
#ifdef __cplusplus
extern "C" {
#endif
void *__asan_region_is_poisoned(void *data, size_t bytes);
#ifdef __cplusplus
}
#endif

/* Reads the first byte that the program may not touch, if there is one: that makes the report. */
static inline void convforge_probe_bytes(const void *data, size_t bytes) {
  const volatile unsigned char *bad = NULL;
  if (data != NULL && bytes > 0)
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): takes the const away without a warning of -Wcast-qual */
    bad = (const volatile unsigned char *)__asan_region_is_poisoned((void *)(uintptr_t)data, bytes);
  if (bad != NULL) {
    const unsigned char byte = *bad;
    (void)byte;
  }
}

#else

static inline void convforge_probe_bytes(const void *data, size_t bytes) {
  (void)data;
  (void)bytes;
}

#endif

/* Every tensor and the workspace of a call of convforge_run(). Null pointers and kernels of another version
 * are left to its status. */
static inline void convforge_probe_call(const convforge_kernel *kernel, const convforge_args *args) {
#ifdef CONVFORGE_HAS_ADDRESS_SANITIZER
  if (!kernel || kernel->abi_version != CONVFORGE_ABI_VERSION || args == NULL || args->operands == NULL)
    return;
  for (int i = 0; i < kernel->operand_count; ++i) {
    const convforge_operand *operand = &kernel->operands[i];
    if (operand->constant == NULL && operand->role != CONVFORGE_PACKED)
      convforge_probe_bytes(args->operands[i],
                            operand->role == CONVFORGE_WEIGHTS ? kernel->packed_bytes : operand->bytes);
  }
  convforge_probe_bytes(args->workspace,
                        convforge_workspace_size(kernel, args->threads != NULL ? args->threads->count : 1));
#else
  (void)kernel;
  (void)args;
#endif
}

/* What convforge_pack_weights() reads and writes. */
static inline void convforge_probe_packing(const convforge_kernel *kernel, const void *weights,
                                           const void *packed) {
  if (!kernel || kernel->abi_version != CONVFORGE_ABI_VERSION)
    return;
  convforge_probe_bytes(weights, convforge_weights(kernel)->bytes);
  convforge_probe_bytes(packed, kernel->packed_bytes);
}

/* What convforge_pack_operands() reads and writes. */
static inline void convforge_probe_packing_operands(const convforge_kernel *kernel,
                                                    const void *const *operands, const void *packed) {
  if (!kernel || kernel->abi_version != CONVFORGE_ABI_VERSION || !operands)
    return;
  for (int i = 0; i < kernel->operand_count; ++i) {
    const convforge_operand *operand = &kernel->operands[i];
    if (operand->role == CONVFORGE_WEIGHTS || operand->role == CONVFORGE_PACKED)
      convforge_probe_bytes(operands[i], operand->bytes);
  }
  convforge_probe_bytes(packed, kernel->packed_bytes);
}

#endif
