/* write_npy FILE SHAPE VALUE [TYPE]: a version 1 .npy file, every element the same. SHAPE: sizes with commas
 * between. TYPE: <f4 (the default), <f8, |i1 or <i4. */
#include <stdint.h>
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

/* Writes a number's bytes as an element of the type, and answers how many. */
static size_t to_element(double value, const char *type, void *element) {
  const float f4 = (float)value;
  const int8_t i1 = (int8_t)value;
  const int32_t i4 = (int32_t)value;
  const void *from = type[1] == 'i' ? (type[2] == '1' ? (const void *)&i1 : (const void *)&i4)
                                    : (type[2] == '8' ? (const void *)&value : (const void *)&f4);
  const size_t size = (size_t)(type[2] - '0');
  memcpy(element, from, size);
  return size;
}

int main(int argc, char **argv) {
  FILE *file = argc == 4 || argc == 5 ? fopen(argv[1], "wb") : NULL;
  const char *type = argc == 5 ? argv[4] : "<f4";
  if (!file)
    return EXIT_FAILURE;
  char text[119]; /* with the 10 bytes in front, 128 in all, as the format wants it: a multiple of 64 */
  int used =
      snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': (%s,), }", type, argv[2]);
  memset(text + used, ' ', sizeof text - (size_t)used);
  text[117] = '\n';
  fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, file);
  fwrite(text, 1, 118, file);
  char element[8];
  const size_t size = to_element(strtod(argv[3], NULL), type, element);
  for (long i = elements(argv[2]); i > 0; i--)
    fwrite(element, size, 1, file);
  return fclose(file) ? EXIT_FAILURE : EXIT_SUCCESS;
}
