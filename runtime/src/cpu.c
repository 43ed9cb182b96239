/* What this CPU runs, asked once. cpu_x86.c and cpu_arm.c know how to ask. */
#include "cpu.h"

#include "convforge/convforge.h"

#include <stdatomic.h>

#if !defined(__x86_64__) && !defined(__i386__) && !defined(__aarch64__)
uint32_t convforge_detect_features(void) {
  return 0;
}

uint32_t convforge_cpu_tuning(void) {
  return 0;
}
#endif

/* The answer is kept: every call of a kernel asks, and cpuid traps to the hypervisor in a virtual machine
 * (microseconds). Threads that race compute the same value. */
uint32_t convforge_cpu_features(void) {
  static const uint32_t known = 1u << 31;
  static _Atomic uint32_t kept;
  uint32_t features = atomic_load_explicit(&kept, memory_order_relaxed);
  if (!(features & known)) {
    features = convforge_detect_features() | known;
    atomic_store_explicit(&kept, features, memory_order_relaxed);
  }
  return features & ~known;
}
