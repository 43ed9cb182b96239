/* AArch64: which instructions the OS enables (HWCAP), and whether the cores are in-order ones (MIDR).
 * Parts: Arm's technical reference manuals, "MIDR_EL1"; Qualcomm's, Linux' arch/arm64/include/asm/cputype.h.
 */
#include "cpu.h"

#include "convforge/convforge.h"

#include <stdio.h>

enum { IMPLEMENTER_ARM = 0x41, IMPLEMENTER_QUALCOMM = 0x51 };

bool convforge_in_order_core(uint64_t midr) {
  static const struct {
    uint32_t implementer, part;
  } in_order[] = {
      {IMPLEMENTER_ARM, 0xd02},      /* Cortex-A34 */
      {IMPLEMENTER_ARM, 0xd03},      /* Cortex-A53 */
      {IMPLEMENTER_ARM, 0xd04},      /* Cortex-A35 */
      {IMPLEMENTER_ARM, 0xd05},      /* Cortex-A55 */
      {IMPLEMENTER_ARM, 0xd46},      /* Cortex-A510 */
      {IMPLEMENTER_ARM, 0xd80},      /* Cortex-A520 */
      {IMPLEMENTER_QUALCOMM, 0x801}, /* Kryo 2xx Silver, an A53 */
      {IMPLEMENTER_QUALCOMM, 0x803}, /* Kryo 3xx Silver, an A55 */
      {IMPLEMENTER_QUALCOMM, 0x805}, /* Kryo 4xx Silver, an A55 */
  };
  const uint32_t implementer = (uint32_t)(midr >> 24) & 0xff, part = (uint32_t)(midr >> 4) & 0xfff;
  for (size_t i = 0; i < sizeof in_order / sizeof in_order[0]; ++i)
    if (in_order[i].implementer == implementer && in_order[i].part == part)
      return true;
  return false;
}

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#include <unistd.h>

/* <asm/hwcap.h> of older systems lacks the last. */
enum {
  ARM_HWCAP_ASIMD = 1 << 1,
  ARM_HWCAP_FPHP = 1 << 9,
  ARM_HWCAP_ASIMDHP = 1 << 10,
  ARM_HWCAP_CPUID = 1 << 11,
  ARM_HWCAP_ASIMDDP = 1 << 20
};

uint32_t convforge_detect_features(void) {
  const unsigned long has = getauxval(AT_HWCAP), halves = ARM_HWCAP_FPHP | ARM_HWCAP_ASIMDHP;
  return (has & ARM_HWCAP_ASIMD ? CONVFORGE_CPU_NEON : 0) |
         ((has & halves) == halves ? CONVFORGE_CPU_ARM_FP16 : 0) |
         (has & ARM_HWCAP_ASIMDDP ? CONVFORGE_CPU_ARM_DOTPROD : 0);
}

static bool read_midr(long cpu, uint64_t *midr) {
  char path[80];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%ld/regs/identification/midr_el1", cpu);
  FILE *file = fopen(path, "r");
  if (file == NULL)
    return false;
  unsigned long long value = 0;
  const bool read = fscanf(file, "%llx", &value) == 1;
  fclose(file);
  *midr = value;
  return read;
}

/* Big cores beside small ones want code for the big ones: they do most of the work, and the small ones run
 * it, too. */
uint32_t convforge_cpu_tuning(void) {
  const long cpus = sysconf(_SC_NPROCESSORS_CONF);
  long known = 0;
  for (long cpu = 0; cpu < cpus; ++cpu) { /* one that is offline has no file */
    uint64_t midr;
    if (!read_midr(cpu, &midr))
      continue;
    if (!convforge_in_order_core(midr))
      return 0;
    ++known;
  }
  if (known == 0 && getauxval(AT_HWCAP) & ARM_HWCAP_CPUID) { /* the kernel answers for the register */
    uint64_t midr;
    __asm__("mrs %0, midr_el1" : "=r"(midr));
    known = convforge_in_order_core(midr);
  }
  return known > 0 ? CONVFORGE_CPU_ARM_IN_ORDER : 0;
}
#elif defined(__aarch64__) /* Apple, Windows: Advanced SIMD is required, and big cores are there */
uint32_t convforge_detect_features(void) {
#if defined(__APPLE__)     /* every 64-bit core that runs macOS */
  return CONVFORGE_CPU_NEON | CONVFORGE_CPU_ARM_FP16 | CONVFORGE_CPU_ARM_DOTPROD;
#else
  return CONVFORGE_CPU_NEON;
#endif
}

uint32_t convforge_cpu_tuning(void) {
  return 0;
}
#endif
