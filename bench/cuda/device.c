#include "device.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long long pointer;

static struct {
  int (*init)(unsigned), (*name)(char *, int, int), (*retain)(void **, int), (*set_current)(void *);
  int (*allocate)(pointer *, size_t), (*release)(pointer), (*copy)(pointer, const void *, size_t);
  int (*fill)(pointer, unsigned char, size_t);
  int (*create)(void **, unsigned), (*record)(void *, void *), (*wait)(void *),
      (*elapsed)(float *, void *, void *);
} cuda;

static int find(void *driver, const char *name, void *function) {
  void *address = dlsym(driver, name);
  memcpy(function, &address, sizeof address);
  return address == NULL;
}

int device_open(void) {
  void *driver = dlopen("libcuda.so.1", RTLD_NOW), *context = NULL;
  if (driver == NULL || find(driver, "cuInit", &cuda.init) || find(driver, "cuDeviceGetName", &cuda.name) ||
      find(driver, "cuDevicePrimaryCtxRetain", &cuda.retain) ||
      find(driver, "cuCtxSetCurrent", &cuda.set_current) || find(driver, "cuMemAlloc_v2", &cuda.allocate) ||
      find(driver, "cuMemFree_v2", &cuda.release) || find(driver, "cuMemcpyHtoD_v2", &cuda.copy) ||
      find(driver, "cuMemsetD8_v2", &cuda.fill) || find(driver, "cuEventCreate", &cuda.create) ||
      find(driver, "cuEventRecord", &cuda.record) || find(driver, "cuEventSynchronize", &cuda.wait) ||
      find(driver, "cuEventElapsedTime", &cuda.elapsed))
    return 1;
  return cuda.init(0) || cuda.retain(&context, 0) || cuda.set_current(context);
}

const char *device_name(void) {
  static char name[256];
  return cuda.name(name, sizeof name, 0) == 0 ? name : "unknown";
}

void *device_copy(const void *from, size_t bytes) {
  pointer memory = 0;
  if (cuda.allocate(&memory, bytes) ||
      (from ? cuda.copy(memory, from, bytes) : cuda.fill(memory, 0, bytes))) {
    fprintf(stderr, "cuda_layers: no device memory for %zu bytes\n", bytes);
    exit(1);
  }
  return (void *)memory;
}

void device_free(void *memory) {
  (void)cuda.release((pointer)memory);
}

double device_time(int (*call)(void *), void *closure) {
  enum { runs = 10, calls = 20 };
  void *begin = NULL, *end = NULL;
  double least = -1;
  if (call(closure) != 0 || cuda.create(&begin, 0) || cuda.create(&end, 0))
    return -1;
  for (int run = 0; run < runs; ++run) {
    float milliseconds = 0;
    int failed = cuda.record(begin, NULL);
    for (int i = 0; i < calls; ++i)
      failed |= call(closure);
    if (failed || cuda.record(end, NULL) || cuda.wait(end) || cuda.elapsed(&milliseconds, begin, end))
      return -1;
    const double one = 1000.0 * milliseconds / calls;
    least = least < 0 || one < least ? one : least;
  }
  return least;
}
