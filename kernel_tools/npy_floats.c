#include "npy_floats.h"

#include "convforge/elements.h"

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

/* float64: of numbers that the generator has found to be float32's. */
static int read_doubles(FILE *file, int32_t dtype, void *tensor, size_t count) {
  double value;
  for (size_t i = 0; i < count; i++) {
    if (fread(&value, sizeof value, 1, file) != 1)
      return -1;
    convforge_store_element(dtype, tensor, i, (float)value);
  }
  return 0;
}

int npy_elements(const char *path, int32_t dtype, void *tensor, size_t count) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return -1;
  long begin = data_offset(file);
  int status = -1;
  if (begin > 0 && !fseek(file, 0, SEEK_END)) {
    size_t bytes = (size_t)(ftell(file) - begin);
    if (fseek(file, begin, SEEK_SET))
      status = -1;
    else if (bytes == count * convforge_dtype_bytes(dtype))
      status = fread(tensor, 1, bytes, file) == bytes ? 0 : -1;
    else if (bytes == count * sizeof(double))
      status = read_doubles(file, dtype, tensor, count);
  }
  fclose(file);
  return status;
}
