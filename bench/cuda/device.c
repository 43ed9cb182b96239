#include "device.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long pointer;

static struct {
  int (*init)(unsigned), (*name)(char *, int, int), (*retain)(void **, int), (*set_current)(void *);
  int (*allocate)(pointer *, size_t), (*release)(pointer), (*copy)(pointer, const void *, size_t);
  int (*read)(void *, pointer, size_t);
  int (*create)(void **, unsigned), (*destroy)(void *), (*record)(void *, void *), (*wait)(void *),
      (*elapsed)(float *, void *, void *);
} cuda;

static int find(void *driver, const char *name, void *function) {
  void *address = dlsym(driver, name);
  memcpy(function, (const void *)&address, sizeof address);
  return address == NULL;
}

int device_open(void) {
  const char *named = getenv("CONVFORGE_CUDA_DRIVER");
  void *driver = dlopen(named != NULL && *named != '\0' ? named : "libcuda.so.1", RTLD_NOW), *context = NULL;
  if (driver == NULL || find(driver, "cuInit", (void *)&cuda.init) ||
      find(driver, "cuDeviceGetName", (void *)&cuda.name) ||
      find(driver, "cuDevicePrimaryCtxRetain", (void *)&cuda.retain) ||
      find(driver, "cuCtxSetCurrent", (void *)&cuda.set_current) ||
      find(driver, "cuMemAlloc_v2", (void *)&cuda.allocate) ||
      find(driver, "cuMemFree_v2", (void *)&cuda.release) ||
      find(driver, "cuMemcpyHtoD_v2", (void *)&cuda.copy) ||
      find(driver, "cuMemcpyDtoH_v2", (void *)&cuda.read) ||
      find(driver, "cuEventCreate", (void *)&cuda.create) ||
      find(driver, "cuEventDestroy_v2", (void *)&cuda.destroy) ||
      find(driver, "cuEventRecord", (void *)&cuda.record) ||
      find(driver, "cuEventSynchronize", (void *)&cuda.wait) ||
      find(driver, "cuEventElapsedTime", (void *)&cuda.elapsed))
    return 1;
  return cuda.init(0) || cuda.retain(&context, 0) || cuda.set_current(context);
}

const char *device_name(void) {
  static char name[256];
  return cuda.name(name, sizeof name, 0) == 0 ? name : "unknown";
}

void *device_allocate(size_t bytes) {
  pointer memory = 0;
  /* The driver's pointers are numbers. NOLINTNEXTLINE(performance-no-int-to-ptr) */
  return cuda.allocate(&memory, bytes) == 0 ? (void *)memory : NULL;
}

void *device_copy(const void *from, size_t bytes) {
  void *memory = device_allocate(bytes);
  if (memory == NULL || cuda.copy((pointer)memory, from, bytes) != 0) {
    fprintf(stderr, "no device memory for %zu bytes\n", bytes);
    exit(1);
  }
  return memory;
}

void *device_values(size_t bytes) {
  float *values = malloc(bytes);
  unsigned state = 1;
  for (size_t i = 0; values != NULL && i < bytes / sizeof *values; ++i) {
    state = state * 1664525u + 1013904223u;
    values[i] = (float)(state >> 8) / 8388608.0f - 1;
  }
  void *memory = values != NULL ? device_copy(values, bytes) : NULL;
  free(values);
  return memory;
}

int device_read(void *to, const void *from, size_t bytes) {
  return cuda.read(to, (pointer)from, bytes);
}

void device_free(void *memory) {
  if (memory != NULL)
    (void)cuda.release((pointer)memory);
}

/* Microseconds of one of `calls` calls; negative if one fails. */
static double time_calls(int (*call)(void *), void *closure, void *begin, void *end, int calls) {
  float milliseconds = 0;
  int failed = cuda.record(begin, NULL);
  for (int i = 0; i < calls; ++i)
    failed |= call(closure);
  if (failed || cuda.record(end, NULL) || cuda.wait(end) || cuda.elapsed(&milliseconds, begin, end))
    return -1;
  return 1000.0 * (double)milliseconds / calls;
}

double device_time(int (*call)(void *), void *closure) {
  enum { runs = 10, calls = 20 };
  void *begin = NULL, *end = NULL;
  double least = -1;
  if (cuda.create(&begin, 0) || cuda.create(&end, 0))
    return -1;
  double now = time_calls(call, closure, begin, end, 1); /* to warm up */
  for (int run = 0; run < runs && now >= 0; ++run) {
    now = time_calls(call, closure, begin, end, calls);
    least = least < 0 || now < least ? now : least;
  }
  (void)cuda.destroy(begin), (void)cuda.destroy(end);
  return now < 0 ? -1 : least;
}
