/* write_pruned FILE hwio|oihw: 3x3 weights of 32 to 48 channels, of which the corners, every third input
 * channel and every other output channel are zero. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { taps = 9, inputs = 32, outputs = 48 };

static float weight(int tap, int in, int out) {
  const int corner = tap % 2 == 0 && tap != 4;
  return corner || in % 3 == 0 || out % 2 == 1 ? 0.0f : (float)((tap * 7 + in * 5 + out * 3) % 11 - 5);
}

int main(int argc, char **argv) {
  FILE *file = argc == 3 ? fopen(argv[1], "wb") : NULL;
  if (!file)
    return EXIT_FAILURE;
  const int hwio = strcmp(argv[2], "hwio") == 0;
  char text[119];
  const int used = snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }",
                            hwio ? "3, 3, 32, 48" : "48, 32, 3, 3");
  memset(text + used, ' ', sizeof text - (size_t)used);
  text[117] = '\n';
  fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
  fwrite(text, 1, 118, file);
  for (int i = 0; i < taps * inputs * outputs; i++) {
    const float value = hwio ? weight(i / outputs / inputs, i / outputs % inputs, i % outputs)
                             : weight(i % taps, i / taps % inputs, i / taps / inputs);
    fwrite(&value, sizeof value, 1, file);
  }
  return fclose(file) ? EXIT_FAILURE : EXIT_SUCCESS;
}
