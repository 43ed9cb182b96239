/* The convenience call: everything that convforge_cuda_run() does not do. */
#include "module.h"

#include "../src/pack.h"

typedef struct device_tensors {
  cu_pointer input, packed, bias, residual, output;
} device_tensors;

/* Allocates `bytes` and fills them from `from`, if there is something to copy. On the launch's stream: one
 * made with CU_STREAM_NON_BLOCKING does not wait for the default stream, on which a plain copy would go. */
static int to_device(const convforge_cuda_driver *driver, const void *from, size_t bytes,
                     convforge_cuda_stream stream, cu_pointer *to) {
  cu_result result = driver->memory_allocate(to, bytes);
  if (result != CU_OK)
    return convforge_cuda_status(driver, "cuMemAlloc", result, CONVFORGE_ERROR_MEMORY);
  if (from != NULL)
    result = driver->copy_to_device(*to, from, bytes, stream);
  return convforge_cuda_status(driver, "cuMemcpyHtoDAsync", result, CONVFORGE_ERROR_LAUNCH);
}

static int copy_in(const convforge_cuda_module *module, const convforge_args *args,
                   convforge_cuda_stream stream, device_tensors *device) {
  const convforge_kernel *kernel = module->variant->kernel;
  const convforge_cuda_driver *driver = &module->driver;
  int status = to_device(driver, args->input, kernel->input.bytes, stream, &device->input);
  if (status == CONVFORGE_OK)
    status = to_device(driver, args->packed_weights, kernel->packed_bytes, stream, &device->packed);
  if (status == CONVFORGE_OK && kernel->bias.rank)
    status = to_device(driver, args->bias, kernel->bias.bytes, stream, &device->bias);
  if (status == CONVFORGE_OK && kernel->residual.rank)
    status = to_device(driver, args->residual, kernel->residual.bytes, stream, &device->residual);
  return status == CONVFORGE_OK ? to_device(driver, NULL, kernel->output.bytes, stream, &device->output)
                                : status;
}

/* The driver's pointers are numbers. */
static void *to_pointer(cu_pointer at) {
  return (void *)(uintptr_t)at; /* NOLINT(performance-no-int-to-ptr) */
}

static int run_on_device(const convforge_cuda_module *module, const device_tensors *device, void *output,
                         convforge_cuda_stream stream) {
  const convforge_cuda_driver *driver = &module->driver;
  const convforge_args args = {.input = to_pointer(device->input),
                               .packed_weights = to_pointer(device->packed),
                               .bias = to_pointer(device->bias),
                               .residual = to_pointer(device->residual),
                               .output = to_pointer(device->output)};
  int status = convforge_cuda_run(module, &args, stream);
  if (status == CONVFORGE_OK)
    status = convforge_cuda_status(driver, "cuStreamSynchronize", driver->stream_wait(stream),
                                   CONVFORGE_ERROR_LAUNCH);
  if (status == CONVFORGE_OK)
    status = convforge_cuda_status(
        driver, "cuMemcpyDtoH",
        driver->copy_to_host(output, device->output, module->variant->kernel->output.bytes),
        CONVFORGE_ERROR_LAUNCH);
  return status;
}

int convforge_cuda_run_host(const convforge_cuda_module *module, const convforge_args *args,
                            convforge_cuda_stream stream) {
  if (module == NULL || args == NULL)
    return CONVFORGE_ERROR_NULL;
  const convforge_kernel *kernel = module->variant->kernel;
  if (args->input == NULL || args->packed_weights == NULL || args->output == NULL ||
      (kernel->bias.rank && args->bias == NULL) || (kernel->residual.rank && args->residual == NULL))
    return CONVFORGE_ERROR_NULL;
  if (!convforge_packed_for(kernel, args->packed_weights))
    return CONVFORGE_ERROR_PACK;
  device_tensors device = {0, 0, 0, 0, 0};
  int status = copy_in(module, args, stream, &device);
  if (status == CONVFORGE_OK)
    status = run_on_device(module, &device, args->output, stream);
  if (status != CONVFORGE_OK) /* copies may be under way, from memory that the caller owns */
    (void)module->driver.stream_wait(stream);
  const cu_pointer all[] = {device.input, device.packed, device.bias, device.residual, device.output};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; ++i)
    if (all[i] != 0)
      (void)module->driver.memory_free(all[i]);
  return status;
}
