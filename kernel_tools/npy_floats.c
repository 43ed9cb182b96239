#include "npy_floats.h"

#include <stdio.h>
#include <string.h>

/* Where the data begins: after magic (6), version (2), and a header whose length has 2 bytes in version 1, 4
 * later. */
static long data_offset(FILE *file) {
  unsigned char head[12];
  if (fread(head, 1, sizeof head, file) != sizeof head || memcmp(head, "\x93NUMPY", 6) != 0)
    return -1;
  long length = head[8] | head[9] << 8;
  return head[6] == 1 ? 10 + length : 12 + (length | (long)head[10] << 16 | (long)head[11] << 24);
}

static int read_values(FILE *file, float *values, size_t count, size_t size) {
  for (size_t i = 0; i < count; i++) {
    double wide;
    if (fread(size == sizeof wide ? (void *)&wide : (void *)&values[i], size, 1, file) != 1)
      return -1;
    if (size == sizeof wide)
      values[i] = (float)wide;
  }
  return 0;
}

int npy_floats(const char *path, float *values, size_t count) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return -1;
  long begin = data_offset(file);
  int status = -1;
  if (begin > 0 && !fseek(file, 0, SEEK_END)) {
    size_t bytes = (size_t)(ftell(file) - begin);
    int known = bytes == count * sizeof(float) || bytes == count * sizeof(double);
    if (known && !fseek(file, begin, SEEK_SET))
      status = read_values(file, values, count, bytes / count);
  }
  fclose(file);
  return status;
}
