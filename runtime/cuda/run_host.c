/* The convenience call: everything that convforge_cuda_run() does not do. */
#include "module.h"

#include "../src/arguments.h"
#include "../src/pack.h"

/* As the kernel's operands. */
typedef struct device_operands {
  cu_pointer at[CONVFORGE_MAX_OPERANDS];
} device_operands;

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
                   convforge_cuda_stream stream, device_operands *device) {
  const convforge_kernel *kernel = module->variant->kernel;
  int status = CONVFORGE_OK;
  for (int i = 0; status == CONVFORGE_OK && i < kernel->operand_count; ++i) {
    if (kernel->operands[i].role == CONVFORGE_PACKED)
      continue;
    const void *from = kernel->operands[i].role == CONVFORGE_OUTPUT ? NULL : args->operands[i];
    status = to_device(&module->driver, from, convforge_operand_bytes(kernel, i), stream, &device->at[i]);
  }
  return status;
}

/* The driver's pointers are numbers. */
static void *to_pointer(cu_pointer at) {
  return (void *)(uintptr_t)at; /* NOLINT(performance-no-int-to-ptr) */
}

static int run_on_device(const convforge_cuda_module *module, const device_operands *device, void *output,
                         convforge_cuda_stream stream) {
  const convforge_cuda_driver *driver = &module->driver;
  const convforge_kernel *kernel = module->variant->kernel;
  void *operands[CONVFORGE_MAX_OPERANDS];
  for (int i = 0; i < kernel->operand_count; ++i)
    operands[i] = to_pointer(device->at[i]);
  const convforge_args args = {.operands = operands};
  int status = convforge_cuda_run(module, &args, stream);
  if (status == CONVFORGE_OK)
    status = convforge_cuda_status(driver, "cuStreamSynchronize", driver->stream_wait(stream),
                                   CONVFORGE_ERROR_LAUNCH);
  if (status == CONVFORGE_OK)
    status = convforge_cuda_status(
        driver, "cuMemcpyDtoH",
        driver->copy_to_host(output, device->at[kernel->operand_count - 1], convforge_output(kernel)->bytes),
        CONVFORGE_ERROR_LAUNCH);
  return status;
}

/* Null pointers, then what the weights were packed for. */
static int check_host(const convforge_kernel *kernel, const convforge_args *args) {
  for (int i = 0; i < kernel->operand_count; ++i)
    if (args->operands[i] == NULL && kernel->operands[i].role != CONVFORGE_PACKED)
      return CONVFORGE_ERROR_NULL;
  for (int i = 0; i < kernel->operand_count; ++i)
    if (kernel->operands[i].role == CONVFORGE_WEIGHTS && !convforge_packed_for(kernel, args->operands[i]))
      return CONVFORGE_ERROR_PACK;
  return CONVFORGE_OK;
}

int convforge_cuda_run_host(const convforge_cuda_module *module, const convforge_args *args,
                            convforge_cuda_stream stream) {
  if (module == NULL || args == NULL || args->operands == NULL)
    return CONVFORGE_ERROR_NULL;
  const convforge_kernel *kernel = module->variant->kernel;
  int status = check_host(kernel, args);
  if (status != CONVFORGE_OK)
    return status;
  device_operands device = {{0}};
  status = copy_in(module, args, stream, &device);
  if (status == CONVFORGE_OK)
    status = run_on_device(module, &device, args->operands[kernel->operand_count - 1], stream);
  if (status != CONVFORGE_OK) /* copies may be under way, from memory that the caller owns */
    (void)module->driver.stream_wait(stream);
  for (int i = 0; i < kernel->operand_count; ++i)
    if (device.at[i] != 0)
      (void)module->driver.memory_free(device.at[i]);
  return status;
}
