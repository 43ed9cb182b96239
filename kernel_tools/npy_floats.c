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

/* The type that the header names, `length` bytes of it; 0: none of those that operands have. */
static int32_t type_of(FILE *file, long length) {
  static const struct {
    const char *name;
    int32_t dtype;
  } types[] = {{"<f8", CONVFORGE_F64}, {"<f4", CONVFORGE_F32}, {"<f2", CONVFORGE_F16}, {"|u1", CONVFORGE_U8},
               {"|i1", CONVFORGE_S8},  {"<i2", CONVFORGE_S16}, {"<i4", CONVFORGE_S32}};
  char header[256] = {0};
  const size_t size = length < (long)sizeof header ? (size_t)length : sizeof header;
  if (fseek(file, 0, SEEK_SET) || fread(header, 1, size, file) != size)
    return 0;
  for (size_t at = 10; at + 3 <= size; at++)
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
      if (memcmp(header + at, types[i].name, 3) == 0)
        return types[i].dtype;
  return 0;
}

/* Of numbers that the generator has found to be those of the operand's type. */
static int read_as(FILE *file, int32_t from, int32_t dtype, void *tensor, size_t count) {
  double element;
  for (size_t i = 0; i < count; i++) {
    if (fread(&element, convforge_dtype_bytes(from), 1, file) != 1)
      return -1;
    convforge_store_element(dtype, tensor, i, convforge_load_element(from, &element, 0));
  }
  return 0;
}

/* One multiplier may stand for all. */
static int read_one_for_all(FILE *file, int32_t from, double *multipliers, size_t count) {
  if (read_as(file, from, CONVFORGE_F64, multipliers, 1))
    return -1;
  for (size_t i = 1; i < count; i++)
    multipliers[i] = multipliers[0];
  return 0;
}

static int read_elements(FILE *file, size_t bytes, int32_t from, int32_t dtype, void *tensor, size_t count) {
  const size_t size = convforge_dtype_bytes(from);
  if (size == 0)
    return -1;
  if (bytes == count * size && from == dtype)
    return fread(tensor, 1, bytes, file) == bytes ? 0 : -1;
  if (bytes == count * size)
    return read_as(file, from, dtype, tensor, count);
  return dtype == CONVFORGE_F64 && bytes == size ? read_one_for_all(file, from, tensor, count) : -1;
}

int npy_elements(const char *path, int32_t dtype, void *tensor, size_t count) {
  FILE *file = fopen(path, "rb");
  if (!file)
    return -1;
  const long begin = data_offset(file);
  int status = -1;
  if (begin > 0 && !fseek(file, 0, SEEK_END)) {
    const long bytes = ftell(file) - begin;
    const int32_t from = type_of(file, begin);
    if (bytes >= 0 && !fseek(file, begin, SEEK_SET))
      status = read_elements(file, (size_t)bytes, from, dtype, tensor, count);
  }
  fclose(file);
  return status;
}
