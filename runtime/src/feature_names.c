/* CPU features in words, for people. */
#include "convforge/convforge.h"

#include <stdbool.h>
#include <stdio.h>

static const struct {
  uint32_t bit;
  const char *name;
} features[] = {{CONVFORGE_NEEDS_CUDA, "a CUDA GPU"},
                {CONVFORGE_CPU_SSE41, "SSE4.1"},
                {CONVFORGE_CPU_AVX2, "AVX2 with FMA and F16C"},
                {CONVFORGE_CPU_AVX512, "AVX-512 F, BW, CD, DQ and VL"},
                {CONVFORGE_CPU_AVX512_VNNI, "AVX-512 VNNI"},
                {CONVFORGE_CPU_AVX512_ICELAKE, "AVX-512 IFMA, VBMI, VBMI2, BITALG and VPOPCNTDQ"},
                {CONVFORGE_CPU_NEON, "AArch64 Advanced SIMD"},
                {CONVFORGE_CPU_ARM_FP16, "FEAT_FP16"},
                {CONVFORGE_CPU_ARM_DOTPROD, "FEAT_DotProd"},
                {CONVFORGE_CPU_ARM_IN_ORDER, "tuned for in-order cores"}};

/* Names joined by semicolons, as snprintf cuts and counts. */
typedef struct list {
  char *text;
  size_t size, length;
} list;

static void append(list *to, const char *name) {
  const bool room = to->length < to->size;
  const int added = snprintf(room ? to->text + to->length : NULL, room ? to->size - to->length : 0, "%s%s",
                             to->length > 0 ? "; " : "", name);
  to->length += added > 0 ? (size_t)added : 0;
}

size_t convforge_feature_names(uint32_t bits, char *text, size_t size) {
  list names = {text, size, 0};
  if (size > 0)
    text[0] = '\0';
  for (size_t i = 0; i < sizeof features / sizeof features[0]; ++i) {
    if (bits & features[i].bit)
      append(&names, features[i].name);
    bits &= ~features[i].bit;
  }
  if (bits != 0) {
    char unknown[80];
    snprintf(unknown, sizeof unknown, "a feature that this version of ConvForge does not know (bits 0x%x)",
             (unsigned)bits);
    append(&names, unknown);
  }
  return names.length;
}
