/* The CUDA driver's functions that ConvForge calls, by dlopen. Declared here: nothing of CUDA is needed to
 * build. */
#ifndef CONVFORGE_CUDA_DRIVER_H
#define CONVFORGE_CUDA_DRIVER_H

#include "convforge/cuda.h"

/* Of cuda.h, which promises them to stay. */
typedef int cu_result;
typedef int cu_device;
typedef unsigned long long cu_pointer;
typedef struct CUctx_st *cu_context;
typedef struct CUmod_st *cu_module;
typedef struct CUfunc_st *cu_function;
enum {
  CU_OK = 0,
  CU_OUT_OF_MEMORY = 2,
  CU_INVALID_IMAGE = 200,
  CU_INVALID_CONTEXT = 201,
  CU_NO_BINARY_FOR_GPU = 209,
  CU_INVALID_PTX = 218,
  CU_UNSUPPORTED_PTX_VERSION = 222,
  CU_CONTEXT_IS_DESTROYED = 709,
  CU_CAPABILITY_MAJOR = 75, /* device attributes */
  CU_CAPABILITY_MINOR = 76
};

typedef struct convforge_cuda_driver {
  void *library;
  cu_result (*init)(unsigned flags);
  cu_result (*context_current)(cu_context *context);
  cu_result (*context_device)(cu_device *device);
  cu_result (*device_attribute)(int *value, int attribute, cu_device device);
  cu_result (*module_load)(cu_module *module, const void *image);
  cu_result (*module_unload)(cu_module module);
  cu_result (*module_function)(cu_function *function, cu_module module, const char *name);
  cu_result (*launch)(cu_function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                      unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                      convforge_cuda_stream stream, void **parameters, void **extra);
  cu_result (*memory_allocate)(cu_pointer *pointer, size_t bytes);
  cu_result (*memory_free)(cu_pointer pointer);
  cu_result (*copy_to_device)(cu_pointer to, const void *from, size_t bytes, convforge_cuda_stream stream);
  cu_result (*copy_to_host)(void *to, cu_pointer from, size_t bytes);
  cu_result (*stream_wait)(convforge_cuda_stream stream);
  cu_result (*error_name)(cu_result error, const char **name);
} convforge_cuda_driver;

/* Opens the driver and starts it. CONVFORGE_OK or CONVFORGE_ERROR_NO_CUDA. Opening it again costs a look-up.
 */
int convforge_cuda_open(convforge_cuda_driver *driver);
void convforge_cuda_close(convforge_cuda_driver *driver);

/* The status for a driver's answer, printed when CONVFORGE_VERBOSE asks for it; `otherwise` for answers that
 * have no status of their own. */
int convforge_cuda_status(const convforge_cuda_driver *driver, const char *call, cu_result result,
                          int otherwise);
/* CONVFORGE_VERBOSE */
int convforge_cuda_verbose(void);

#endif
