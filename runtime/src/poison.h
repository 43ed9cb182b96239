/* The workspace under AddressSanitizer, where the runtime itself is compiled with it. During a call only the
 * blocks that the kernel has taken may be touched: what lies between them and beyond, other workers' parts
 * among it, is poisoned. So is all that is not taken to anybody else, such as a second call with the same
 * workspace. Without the sanitizer all of this is nothing. */
#ifndef CONVFORGE_SRC_POISON_H
#define CONVFORGE_SRC_POISON_H

#include "convforge/address_sanitizer.h"

#ifdef CONVFORGE_HAS_ADDRESS_SANITIZER
/* As in <sanitizer/asan_interface.h>, which not every compiler is installed with. */
void __asan_poison_memory_region(void const volatile *data, size_t bytes);
void __asan_unpoison_memory_region(void const volatile *data, size_t bytes);
#endif

static inline void convforge_poison(void *data, size_t bytes) {
#ifdef CONVFORGE_HAS_ADDRESS_SANITIZER
  __asan_poison_memory_region(data, bytes);
#else
  (void)data;
  (void)bytes;
#endif
}

static inline void convforge_unpoison(void *data, size_t bytes) {
#ifdef CONVFORGE_HAS_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(data, bytes);
#else
  (void)data;
  (void)bytes;
#endif
}

/* Probes the whole call first: poison must not cover what was the program's mistake before it. Answers how
 * many bytes at `workspace` were poisoned. */
static inline size_t convforge_poison_workspace(const convforge_kernel *kernel, const convforge_args *args,
                                                void *workspace) {
#ifdef CONVFORGE_HAS_ADDRESS_SANITIZER
  convforge_probe_call(kernel, args);
  const size_t bytes =
      workspace ? convforge_workspace_size(kernel, args->threads ? args->threads->count : 1) : 0;
  convforge_poison(workspace, bytes);
  return bytes;
#else
  (void)kernel;
  (void)args;
  (void)workspace;
  return 0;
#endif
}

#endif
