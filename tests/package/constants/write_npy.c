/* write_npy FILE SHAPE VALUE: a version 1 .npy file of float32, every element the same. SHAPE: sizes with
 * commas between. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long elements(const char *shape) {
  long product = 1;
  for (const char *p = shape; p; p = strchr(p, ',')) {
    p += *p == ',';
    product *= strtol(p, NULL, 10);
  }
  return product;
}

int main(int argc, char **argv) {
  FILE *file = argc == 4 ? fopen(argv[1], "wb") : NULL;
  if (!file)
    return EXIT_FAILURE;
  char text[119]; /* with the 10 bytes in front, 128 in all, as the format wants it: a multiple of 64 */
  int used =
      snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (%s,), }", argv[2]);
  memset(text + used, ' ', sizeof text - (size_t)used);
  text[117] = '\n';
  fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
  fwrite(text, 1, 118, file);
  const float value = strtof(argv[3], NULL);
  for (long i = elements(argv[2]); i > 0; i--)
    fwrite(&value, sizeof value, 1, file);
  return fclose(file) ? EXIT_FAILURE : EXIT_SUCCESS;
}
