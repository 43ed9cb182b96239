#include "test_set.h"

int read_digit(FILE *file, digit *read) {
  for (int i = 0; i < digit_pixels; i++)
    if (fscanf(file, "%f,", &read->pixels[i]) != 1)
      return 0;
  return fscanf(file, "%d", &read->label) == 1;
}

void print_digit(const digit *shown) {
  const char shades[] = " .:-=+*#@";
  for (int y = 0; y < digit_side; y++) {
    for (int x = 0; x < digit_side; x++) {
      const int shade = (int)(shown->pixels[y * digit_side + x] / 2);
      printf("%c%c", shades[shade], shades[shade]);
    }
    printf("\n");
  }
}
