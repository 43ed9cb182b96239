#include "driver.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int convforge_cuda_verbose(void) {
  const char *asked = getenv("CONVFORGE_VERBOSE");
  return asked != NULL && *asked != '\0' && strcmp(asked, "0") != 0;
}

/* Reads the address of a function into a function pointer, the way POSIX allows. */
static int find(void *library, const char *name, void *function) {
  void *address = dlsym(library, name);
  memcpy(function, (const void *)&address, sizeof address);
  if (address == NULL && convforge_cuda_verbose())
    fprintf(stderr, "convforge: the CUDA driver has no %s\n", name);
  return address != NULL;
}

static int find_all(convforge_cuda_driver *driver) {
  void *const library = driver->library;
  return find(library, "cuInit", (void *)&driver->init) &&
         find(library, "cuCtxGetCurrent", (void *)&driver->context_current) &&
         find(library, "cuCtxGetDevice", (void *)&driver->context_device) &&
         find(library, "cuDeviceGetAttribute", (void *)&driver->device_attribute) &&
         find(library, "cuModuleLoadData", (void *)&driver->module_load) &&
         find(library, "cuModuleUnload", (void *)&driver->module_unload) &&
         find(library, "cuModuleGetFunction", (void *)&driver->module_function) &&
         find(library, "cuLaunchKernel", (void *)&driver->launch) &&
         find(library, "cuMemAlloc_v2", (void *)&driver->memory_allocate) &&
         find(library, "cuMemFree_v2", (void *)&driver->memory_free) &&
         find(library, "cuMemcpyHtoDAsync_v2", (void *)&driver->copy_to_device) &&
         find(library, "cuMemcpyDtoH_v2", (void *)&driver->copy_to_host) &&
         find(library, "cuStreamSynchronize", (void *)&driver->stream_wait) &&
         find(library, "cuGetErrorName", (void *)&driver->error_name);
}

int convforge_cuda_open(convforge_cuda_driver *driver) {
  const char *named = getenv("CONVFORGE_CUDA_DRIVER");
  const char *path = named != NULL && *named != '\0' ? named : "libcuda.so.1";
  driver->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (driver->library == NULL) {
    if (convforge_cuda_verbose())
      fprintf(stderr, "convforge: no CUDA driver: %s\n", dlerror());
    return CONVFORGE_ERROR_NO_CUDA;
  }
  if (!find_all(driver)) {
    convforge_cuda_close(driver);
    return CONVFORGE_ERROR_NO_CUDA;
  }
  const int status = convforge_cuda_status(driver, "cuInit", driver->init(0), CONVFORGE_ERROR_NO_CUDA);
  if (status != CONVFORGE_OK)
    convforge_cuda_close(driver);
  return status;
}

void convforge_cuda_close(convforge_cuda_driver *driver) {
  if (driver->library != NULL)
    dlclose(driver->library);
  driver->library = NULL;
}

int convforge_cuda_status(const convforge_cuda_driver *driver, const char *call, cu_result result,
                          int otherwise) {
  if (result == CU_OK)
    return CONVFORGE_OK;
  if (convforge_cuda_verbose()) {
    const char *name = NULL;
    if (driver->error_name(result, &name) != CU_OK || name == NULL)
      name = "an unknown error";
    fprintf(stderr, "convforge: %s answered %d: %s\n", call, result, name);
  }
  if (result == CU_OUT_OF_MEMORY)
    return CONVFORGE_ERROR_MEMORY;
  return result == CU_INVALID_CONTEXT || result == CU_CONTEXT_IS_DESTROYED ? CONVFORGE_ERROR_CONTEXT
                                                                           : otherwise;
}
