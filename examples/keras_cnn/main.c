/* keras_cnn TEST.csv: a model that can be checked by hand, then one that reads digits. Answers 0 when the
 * first is right. */
#include "digits.h"
#include "figures.h"
#include "seed.h"
#include "test_set.h"

#include <stdlib.h>

_Static_assert(DIGITS_IMAGE_ELEMENTS == digit_pixels, "the network looks at a digit");

static int failed(const char *network, int status) {
  fprintf(stderr, "%s: %s\n", network, convforge_status_text(status));
  return 1;
}

/* A 3x3 image whose channels are 1, 100 and 10000 under a 2x2 kernel of ones: every output is 4 x 10101 =
 * 40404. */
static int run_seed(void) {
  float image[SEED_IMAGE_ELEMENTS], output[SEED_CONV_ELEMENTS] = {0};
  const float channels[3] = {1, 100, 10000};
  for (int i = 0; i < SEED_IMAGE_ELEMENTS; i++)
    image[i] = channels[i % 3];

  void *arena = aligned_alloc(CONVFORGE_ALIGNMENT, seed_arena_size(1));
  const int status = seed_run(image, output, arena, NULL);
  free(arena);
  if (status)
    return failed("seed", status);

  int wrong = 0;
  printf("3x3x3 image, Conv2D(1, 2) of ones:");
  for (int i = 0; i < SEED_CONV_ELEMENTS; i++) {
    printf(" %g", output[i]);
    wrong |= output[i] != 40404;
  }
  printf("%s\n", wrong ? " WRONG" : "");
  return wrong;
}

/* What a call of the network takes: the image, and memory. */
typedef struct reader {
  digit image;
  float probabilities[DIGITS_DIGIT_ELEMENTS];
  void *arena;
  int status;
} reader;

static void run_reader(void *closure) {
  reader *r = closure;
  r->status = digits_run(r->image.pixels, r->probabilities, r->arena, NULL);
}

static int likeliest(const reader *r) {
  int best = 0;
  for (int i = 1; i < DIGITS_DIGIT_ELEMENTS; i++)
    if (r->probabilities[i] > r->probabilities[best])
      best = i;
  return best;
}

static int read_all(FILE *file, reader *r) {
  int count = 0, right = 0;
  for (; read_digit(file, &r->image); count++) {
    run_reader(r);
    if (r->status)
      return failed("digits", r->status);
    const int answer = likeliest(r);
    right += answer == r->image.label;
    if (count < 3) {
      print_digit(&r->image);
      printf("a %d, read as %d (%.1f %%)\n", r->image.label, answer, 100 * (double)r->probabilities[answer]);
      fflush(stdout);
    }
  }
  printf("%d of %d digits right: %.2f %%\n", right, count, 100.0 * right / (count ? count : 1));
  return 0;
}

int main(int argc, char **argv) {
  FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
  if (!file) {
    fprintf(stderr, "usage: %s TEST.csv\n", argv[0]);
    return 2;
  }
  static reader r;
  r.arena = aligned_alloc(CONVFORGE_ALIGNMENT, digits_arena_size(1));
  int wrong = run_seed() | read_all(file, &r);
  if (!wrong)
    print_figures("digits_run()", run_reader, &r);
  free(r.arena);
  fclose(file);
  return wrong;
}
