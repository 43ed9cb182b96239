/* Loading: the best variant for the device, as machine code or, where that does not fit, as PTX. */
#include "module.h"

#include "../src/arguments.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool within(int value, int least, int most) {
  return value >= least && value <= most;
}

/* Calls trust all of this. */
static bool is_sound_launch(const convforge_kernel *kernel, const convforge_cuda_launch *launch) {
  if (!within(launch->view_count, 0, CONVFORGE_MAX_VIEWS))
    return false;
  for (int i = 0; i < launch->view_count; ++i)
    if (!within(launch->views[i], 0, kernel->view_count - 1) ||
        !within(kernel->views[launch->views[i]].operand, 0, kernel->operand_count - 1))
      return false;
  return true;
}

static bool is_sound_variant(const convforge_cuda_variant *variant) {
  const convforge_kernel *kernel = variant->kernel;
  if (kernel == NULL || kernel->abi_version != CONVFORGE_ABI_VERSION || !convforge_has_operands(kernel) ||
      !within(kernel->view_count, 0, CONVFORGE_MAX_VIEWS) ||
      !within(variant->launch_count, 1, CONVFORGE_CUDA_MAX_LAUNCHES))
    return false;
  for (int i = 0; i < variant->launch_count; ++i)
    if (!is_sound_launch(kernel, &variant->launches[i]))
      return false;
  return true;
}

static int check_kernel(const convforge_cuda_kernel *kernel) {
  if (kernel == NULL)
    return CONVFORGE_ERROR_NULL;
  if (kernel->abi_version != CONVFORGE_ABI_VERSION)
    return CONVFORGE_ERROR_ABI;
  for (int i = 0; i < kernel->variant_count; ++i)
    if (!is_sound_variant(&kernel->variants[i]))
      return CONVFORGE_ERROR_ABI;
  return CONVFORGE_OK;
}

static int find_context(const convforge_cuda_driver *driver, cu_context *context) {
  *context = NULL;
  const cu_result result = driver->context_current(context);
  const int status = convforge_cuda_status(driver, "cuCtxGetCurrent", result, CONVFORGE_ERROR_CONTEXT);
  return status == CONVFORGE_OK && *context == NULL ? CONVFORGE_ERROR_CONTEXT : status;
}

/* 80 for a device of compute capability 8.0. */
static int find_capability(const convforge_cuda_driver *driver, int *capability) {
  cu_device device = 0;
  int major = 0, minor = 0;
  cu_result result = driver->context_device(&device);
  if (result == CU_OK)
    result = driver->device_attribute(&major, CU_CAPABILITY_MAJOR, device);
  if (result == CU_OK)
    result = driver->device_attribute(&minor, CU_CAPABILITY_MINOR, device);
  *capability = 10 * major + minor;
  return convforge_cuda_status(driver, "cuDeviceGetAttribute", result, CONVFORGE_ERROR_CONTEXT);
}

/* Code of an older architecture runs on newer ones of its generation as it is, on later ones from PTX. */
static const convforge_cuda_variant *choose(const convforge_cuda_kernel *kernel, int capability) {
  for (int i = 0; i < kernel->variant_count; ++i)
    if (kernel->variants[i].compute_capability <= capability)
      return &kernel->variants[i];
  return NULL;
}

static int is_bad_image(cu_result result) {
  return result == CU_INVALID_IMAGE || result == CU_NO_BINARY_FOR_GPU || result == CU_INVALID_PTX ||
         result == CU_UNSUPPORTED_PTX_VERSION;
}

static int load_code(convforge_cuda_module *module, int capability) {
  const convforge_cuda_variant *variant = module->variant;
  const convforge_cuda_driver *driver = &module->driver;
  const char *form = "cubin";
  cu_result result = CU_NO_BINARY_FOR_GPU;
  if (variant->cubin != NULL && variant->compute_capability / 10 == capability / 10)
    result = driver->module_load(&module->code, variant->cubin);
  if (is_bad_image(result) && variant->ptx != NULL) {
    form = "PTX";
    result = driver->module_load(&module->code, variant->ptx);
  }
  if (result == CU_OK && convforge_cuda_verbose())
    fprintf(stderr, "convforge: %s: %s on a device of compute capability %d.%d, as %s\n",
            variant->kernel->name, variant->kernel->target, capability / 10, capability % 10, form);
  return convforge_cuda_status(driver, "cuModuleLoadData", result, CONVFORGE_ERROR_IMAGE);
}

static int find_functions(convforge_cuda_module *module) {
  for (int i = 0; i < module->variant->launch_count; ++i) {
    const cu_result result = module->driver.module_function(&module->functions[i], module->code,
                                                            module->variant->launches[i].function);
    const int status =
        convforge_cuda_status(&module->driver, "cuModuleGetFunction", result, CONVFORGE_ERROR_IMAGE);
    if (status != CONVFORGE_OK) {
      module->driver.module_unload(module->code);
      return status;
    }
  }
  return CONVFORGE_OK;
}

static int load(const convforge_cuda_kernel *kernel, convforge_cuda_module *module) {
  int capability = 0;
  int status = find_context(&module->driver, &module->context);
  if (status == CONVFORGE_OK)
    status = find_capability(&module->driver, &capability);
  if (status != CONVFORGE_OK)
    return status;
  module->variant = choose(kernel, capability);
  if (module->variant == NULL)
    return CONVFORGE_ERROR_TARGET;
  status = load_code(module, capability);
  return status == CONVFORGE_OK ? find_functions(module) : status;
}

int convforge_cuda_load(const convforge_cuda_kernel *kernel, convforge_cuda_module **module) {
  if (module == NULL)
    return CONVFORGE_ERROR_NULL;
  *module = NULL;
  int status = check_kernel(kernel);
  if (status != CONVFORGE_OK)
    return status;
  convforge_cuda_module *loaded = calloc(1, sizeof *loaded);
  if (loaded == NULL)
    return CONVFORGE_ERROR_MEMORY;
  status = convforge_cuda_open(&loaded->driver);
  if (status == CONVFORGE_OK) {
    status = load(kernel, loaded);
    if (status != CONVFORGE_OK)
      convforge_cuda_close(&loaded->driver);
  }
  if (status == CONVFORGE_OK)
    *module = loaded;
  else
    free(loaded);
  return status;
}

void convforge_cuda_unload_code(const convforge_cuda_module *module) {
  const cu_result result = module->driver.module_unload(module->code);
  (void)convforge_cuda_status(&module->driver, "cuModuleUnload", result, CONVFORGE_ERROR_CONTEXT);
}

void convforge_cuda_unload(convforge_cuda_module *module) {
  if (module == NULL)
    return;
  convforge_cuda_unload_code(module);
  convforge_cuda_close(&module->driver);
  free(module);
}

const convforge_kernel *convforge_cuda_descriptor(const convforge_cuda_module *module) {
  return module != NULL ? module->variant->kernel : NULL;
}
