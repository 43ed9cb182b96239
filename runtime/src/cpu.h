/* From the CPU's own words to CONVFORGE_CPU_* bits: pure, so that tests can ask about CPUs they do not have.
 */
#ifndef CONVFORGE_SRC_CPU_H
#define CONVFORGE_SRC_CPU_H

#include <stdint.h>

typedef struct convforge_cpuid {
  uint32_t leaf1_ecx, leaf7_ebx; /* cpuid 1 and 7.0 */
  uint64_t xcr0;                 /* register state that the OS keeps; 0 without OSXSAVE */
} convforge_cpuid;

uint32_t convforge_features_of(const convforge_cpuid *cpu);

#endif
