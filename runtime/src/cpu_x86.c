/* Which instructions may run: the CPU must have them (cpuid) and the OS must keep their registers (XCR0).
 * Bits: Intel SDM volume 2A, CPUID; volume 1, 13.3 (XCR0). */
#include "cpu.h"

#include "convforge/convforge.h"

enum {
  LEAF1_FMA = 1u << 12,
  LEAF1_SSE41 = 1u << 19,
  LEAF1_OSXSAVE = 1u << 27,
  LEAF1_AVX = 1u << 28,
  LEAF1_F16C = 1u << 29,
  LEAF7_AVX2 = 1u << 5,
  LEAF7_ECX_VNNI = 1u << 11,
  XCR0_YMM = 0x06, /* XMM, upper YMM */
  XCR0_ZMM = 0xe6  /* and opmask, upper ZMM0-15, ZMM16-31 */
};
/* F, DQ, CD, BW, VL. */
static const uint32_t leaf7_avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
/* IFMA; VBMI, VBMI2, BITALG, VPOPCNTDQ. */
static const uint32_t leaf7_icelake = 1u << 21, leaf7_ecx_icelake = 1u << 1 | 1u << 6 | 1u << 12 | 1u << 14;
static const uint32_t leaf1_avx2 = LEAF1_AVX | LEAF1_FMA | LEAF1_F16C;

uint32_t convforge_features_of(const convforge_cpuid *cpu) {
  uint32_t features = 0;
  if (cpu->leaf1_ecx & LEAF1_SSE41)
    features |= CONVFORGE_CPU_SSE41;
  const int avx2 = (cpu->leaf1_ecx & leaf1_avx2) == leaf1_avx2 && (cpu->leaf7_ebx & LEAF7_AVX2) &&
                   (cpu->xcr0 & XCR0_YMM) == XCR0_YMM;
  if (avx2)
    features |= CONVFORGE_CPU_AVX2;
  /* Compilers use AVX2 and FMA freely under AVX-512. */
  if (avx2 && (cpu->leaf7_ebx & leaf7_avx512) == leaf7_avx512 && (cpu->xcr0 & XCR0_ZMM) == XCR0_ZMM)
    features |= CONVFORGE_CPU_AVX512;
  if ((features & CONVFORGE_CPU_AVX512) && (cpu->leaf7_ecx & LEAF7_ECX_VNNI))
    features |= CONVFORGE_CPU_AVX512_VNNI;
  if ((features & CONVFORGE_CPU_AVX512_VNNI) && (cpu->leaf7_ebx & leaf7_icelake) &&
      (cpu->leaf7_ecx & leaf7_ecx_icelake) == leaf7_ecx_icelake)
    features |= CONVFORGE_CPU_AVX512_ICELAKE;
  return features;
}

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static uint64_t read_xcr0(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

uint32_t convforge_detect_features(void) {
  convforge_cpuid cpu = {0};
  unsigned a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d))
    cpu.leaf1_ecx = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d))
    cpu.leaf7_ebx = b, cpu.leaf7_ecx = c;
  if (cpu.leaf1_ecx & LEAF1_OSXSAVE)
    cpu.xcr0 = read_xcr0();
  return convforge_features_of(&cpu);
}

uint32_t convforge_cpu_tuning(void) {
  return 0;
}
#endif
