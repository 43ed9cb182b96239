#include "fake_cuda.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
  pthread_mutex_t mutex;
  char log[1 << 16];
  size_t used;
  int capability, arguments;
  void *context;
  char failing[64], refused[8];
  int code;
} fake = {.mutex = PTHREAD_MUTEX_INITIALIZER, .capability = 80, .context = &fake};

static _Thread_local void *thread_context;

static void note(const char *format, ...) {
  va_list values;
  va_start(values, format);
  pthread_mutex_lock(&fake.mutex);
  const size_t before = fake.used, room = sizeof fake.log - fake.used;
  const size_t length = (size_t)vsnprintf(fake.log + fake.used, room, format, values);
  fake.used += length < room ? length : room - 1; /* a full log is cut off */
  if (getenv("FAKE_CUDA_PRINT") != NULL)
    fprintf(stderr, "%s", fake.log + before);
  pthread_mutex_unlock(&fake.mutex);
  va_end(values);
}

static int failure(const char *function) {
  return strcmp(fake.failing, function) == 0 ? fake.code : 0;
}

void fake_cuda_reset(int capability) {
  fake.used = 0;
  fake.log[0] = fake.failing[0] = fake.refused[0] = '\0';
  fake.capability = capability;
  fake.context = &fake;
}
const char *fake_cuda_log(void) {
  return fake.log;
}
void fake_cuda_fail(const char *function, int code) {
  snprintf(fake.failing, sizeof fake.failing, "%s", code ? function : "");
  fake.code = code;
}
void fake_cuda_arguments(int count) {
  fake.arguments = count;
}
void fake_cuda_context(void *context) {
  fake.context = context;
}
void fake_cuda_thread_context(void *context) {
  thread_context = context;
}
void fake_cuda_refuse_image(const char *prefix) {
  snprintf(fake.refused, sizeof fake.refused, "%s", prefix);
}

int cuInit(unsigned flags) {
  return flags == 0 ? failure("cuInit") : 1;
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = &fake;
  return device == 0 ? 0 : 1;
}
int cuCtxSetCurrent(void *context) {
  fake.context = context;
  return 0;
}
int cuCtxGetCurrent(void **context) {
  *context = thread_context != NULL ? thread_context : fake.context;
  return failure("cuCtxGetCurrent");
}
int cuCtxGetDevice(int *device) {
  *device = 3;
  return failure("cuCtxGetDevice");
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  if (device != 3 || (attribute != 75 && attribute != 76))
    return 1;
  *value = attribute == 75 ? fake.capability / 10 : fake.capability % 10;
  return failure("cuDeviceGetAttribute");
}
/* The driver's pointers are numbers. */
static void *to_pointer(unsigned long long at) {
  return (void *)(uintptr_t)at; /* NOLINT(performance-no-int-to-ptr) */
}
int cuModuleLoadData(void **module, const void *image) {
  const int refused = fake.refused[0] && memcmp(image, fake.refused, strlen(fake.refused)) == 0;
  const int result = refused ? 209 : failure("cuModuleLoadData");
  note("load %.4s%s\n", memcmp(image, "\177ELF", 4) == 0 ? "ELF" : (const char *)image,
       result ? " refused" : "");
  *module = to_pointer(0x111);
  return result;
}
int cuModuleUnload(void *module) {
  note("unload %p\n", module);
  return failure("cuModuleUnload");
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
  note("function %s of %p\n", name, module);
  *function = (void *)name;
  return failure("cuModuleGetFunction");
}
int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared, void *stream, void **parameters, void **extra) {
  const int result = failure("cuLaunchKernel");
  char line[512];
  int used =
      snprintf(line, sizeof line, "launch %s grid %u %u %u block %u %u %u shared %u stream %p arguments",
               (const char *)function, gx, gy, gz, bx, by, bz, shared, stream);
  for (int i = 0; i < fake.arguments; ++i)
    used +=
        snprintf(line + used, sizeof line - (size_t)used, " 0x%llx", *(unsigned long long *)parameters[i]);
  note("%s%s%s\n", line, extra ? " extra" : "", result ? " refused" : "");
  return result;
}
int cuMemAlloc_v2(unsigned long long *pointer, size_t bytes) {
  const int result = failure("cuMemAlloc_v2");
  *pointer = result ? 0 : (uintptr_t)aligned_alloc(256, (bytes + 255) / 256 * 256);
  note("allocate %zu%s\n", bytes, result ? " refused" : "");
  return result;
}
int cuMemFree_v2(unsigned long long pointer) {
  free(to_pointer(pointer));
  note("free\n");
  return failure("cuMemFree_v2");
}
int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, void *stream) {
  const int result = failure("cuMemcpyHtoDAsync_v2");
  if (!result)
    memcpy(to_pointer(to), from, bytes);
  note("to device %zu on %p\n", bytes, stream);
  return result;
}
int cuMemcpyDtoH_v2(void *to, unsigned long long from, size_t bytes) {
  const int result = failure("cuMemcpyDtoH_v2");
  if (!result)
    memcpy(to, to_pointer(from), bytes);
  note("to host %zu\n", bytes);
  return result;
}
int cuStreamSynchronize(void *stream) {
  note("wait for %p\n", stream);
  return failure("cuStreamSynchronize");
}
int cuGetErrorName(int error, const char **name) {
  *name = error == 719 ? "CUDA_ERROR_LAUNCH_FAILED" : NULL;
  return *name ? 0 : 1;
}
