/* Picks the variant for this CPU, and says why. */
#include "convforge/convforge.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words for one message; what does not fit is cut. */
typedef struct word_list {
  char text[128];
} word_list;

static word_list names_of(uint32_t features) {
  word_list names;
  convforge_feature_names(features, names.text, sizeof names.text);
  return names;
}

/* The variants' targets, joined by commas. */
static word_list targets_of(const convforge_kernel *const *variants, int count) {
  word_list names = {""};
  size_t used = 0;
  for (int i = 0; i < count && used < sizeof names.text; ++i) {
    const int added =
        snprintf(names.text + used, sizeof names.text - used, "%s%s", i > 0 ? ", " : "", variants[i]->target);
    used += added > 0 ? (size_t)added : 0;
  }
  return names;
}

static uint32_t lacking(const convforge_kernel *kernel) {
  return kernel->cpu_features & ~(convforge_cpu_features() | CONVFORGE_CPU_TUNING);
}

__attribute__((format(printf, 2, 3))) static void explain(convforge_choice *choice, const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(choice->reason, sizeof choice->reason, format, values);
  va_end(values);
}

static void choose_forced(const convforge_kernel *const *variants, int count, const char *target,
                          convforge_choice *choice) {
  for (int i = 0; i < count; ++i) {
    if (strcmp(variants[i]->target, target) != 0)
      continue;
    if (lacking(variants[i]) == 0) {
      choice->kernel = variants[i];
      explain(choice, "%s: forced by CONVFORGE_TARGET", target);
    } else {
      explain(choice, "CONVFORGE_TARGET=%s: this CPU or its OS lacks %s", target,
              names_of(lacking(variants[i])).text);
    }
    return;
  }
  explain(choice, "CONVFORGE_TARGET=%.64s: no such variant (expected one of: %s)", target,
          targets_of(variants, count).text);
}

/* The first variant that runs here and is tuned for no other cores than these; `count` if none is. */
static int first_tuned(const convforge_kernel *const *variants, int count, uint32_t tuning) {
  int i = 0;
  while (i < count &&
         (lacking(variants[i]) != 0 || (variants[i]->cpu_features & CONVFORGE_CPU_TUNING & ~tuning) != 0))
    ++i;
  return i;
}

static void choose_best(const convforge_kernel *const *variants, int count, convforge_choice *choice) {
  const uint32_t tuning = convforge_cpu_tuning();
  int i = first_tuned(variants, count, tuning);
  const bool other_cores = i == count;
  if (other_cores)
    i = first_tuned(variants, count, CONVFORGE_CPU_TUNING);
  if (i == count) {
    explain(choice, "no variant runs here: %s needs %s, which this CPU or its OS lacks",
            variants[count - 1]->target, names_of(lacking(variants[count - 1])).text);
    return;
  }
  choice->kernel = variants[i];
  if (other_cores)
    explain(choice, "%s: it runs here, though it is tuned for other cores", variants[i]->target);
  else if (lacking(variants[0]) == 0 &&
           (variants[i]->cpu_features | variants[0]->cpu_features) & CONVFORGE_CPU_TUNING)
    explain(choice, "%s: the best of %d for this machine's %s cores", variants[i]->target, count,
            tuning & CONVFORGE_CPU_ARM_IN_ORDER ? "in-order" : "out-of-order");
  else if (i == 0)
    explain(choice, "%s: the best of %d variant%s", variants[0]->target, count, count == 1 ? "" : "s");
  else
    explain(choice, "%s: the best that runs here; %s needs %s, which this CPU or its OS lacks",
            variants[i]->target, variants[0]->target, names_of(lacking(variants[0])).text);
}

/* The value of an environment variable; null if it is unset or empty. */
static const char *environment(const char *name) {
  const char *value = getenv(name);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

void convforge_choose(const convforge_kernel *const *variants, int count, convforge_choice *choice) {
  choice->kernel = NULL;
  if (variants == NULL || count < 1) {
    explain(choice, "no variants to choose from");
    return;
  }
  if (variants[0]->abi_version !=
      CONVFORGE_ABI_VERSION) { /* its other fields may lie elsewhere; calls refuse it */
    choice->kernel = variants[0];
    explain(
        choice,
        "made for version %u of the kernel descriptor, and this runtime knows version %u: generate it again",
        variants[0]->abi_version, CONVFORGE_ABI_VERSION);
    return;
  }
  const char *forced = environment("CONVFORGE_TARGET");
  if (forced != NULL)
    choose_forced(variants, count, forced, choice);
  else
    choose_best(variants, count, choice);

  const char *verbose = environment("CONVFORGE_VERBOSE");
  const int asked = verbose != NULL && strcmp(verbose, "0") != 0;
  if (asked || choice->kernel == NULL) /* never silent when nothing runs */
    fprintf(stderr, "convforge: %s: %s\n", variants[0]->name, choice->reason);
}
