/* From the CPU's own words to CONVFORGE_CPU_* bits: pure, so that tests can ask about CPUs they do not have.
 */
#ifndef CONVFORGE_SRC_CPU_H
#define CONVFORGE_SRC_CPU_H

#include <stdbool.h>
#include <stdint.h>

typedef struct convforge_cpuid {
  uint32_t leaf1_ecx, leaf7_ebx, leaf7_ecx; /* cpuid 1 and 7.0 */
  uint64_t xcr0;                            /* register state that the OS keeps; 0 without OSXSAVE */
} convforge_cpuid;

uint32_t convforge_features_of(const convforge_cpuid *cpu);
/* Is the core with this Main ID Register (MIDR_EL1) a small in-order one? */
bool convforge_in_order_core(uint64_t midr);

/* What convforge_cpu_features() answers, asked anew. */
uint32_t convforge_detect_features(void);

#endif
