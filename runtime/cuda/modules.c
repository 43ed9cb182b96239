/* One module a context. Readers take no lock: modules are published whole, by one atomic store of their
 * context or in front of the list, and what was once in the list stays there: unloading takes the context
 * from a module, and the next load fills it again. So a call never meets freed memory, and a list is as long
 * as the most contexts that the kernel was loaded into at once. Whoever loads or unloads holds a flag, so
 * that a context's module is loaded once; others wait for as long as a load takes. */
#include "module.h"

#include <sched.h>
#include <stdlib.h>

static convforge_cuda_module *find(convforge_cuda_modules *modules, cu_context context) {
  convforge_cuda_module *module = __atomic_load_n(&modules->first, __ATOMIC_ACQUIRE);
  while (module != NULL && __atomic_load_n(&module->context, __ATOMIC_ACQUIRE) != context)
    module = module->next;
  return module;
}

/* The context that is current on this thread: asked through any module's driver once there is one. */
static int context_here(convforge_cuda_modules *modules, cu_context *context) {
  const convforge_cuda_module *any = __atomic_load_n(&modules->first, __ATOMIC_ACQUIRE);
  *context = NULL;
  if (any == NULL)
    return CONVFORGE_OK; /* nothing is loaded yet: convforge_cuda_load() looks */
  const int status = convforge_cuda_status(&any->driver, "cuCtxGetCurrent",
                                           any->driver.context_current(context), CONVFORGE_ERROR_CONTEXT);
  return status == CONVFORGE_OK && *context == NULL ? CONVFORGE_ERROR_CONTEXT : status;
}

static void lock(convforge_cuda_modules *modules) {
  while (__atomic_exchange_n(&modules->loading, 1, __ATOMIC_ACQUIRE) != 0)
    sched_yield();
}

static void unlock(convforge_cuda_modules *modules) {
  __atomic_store_n(&modules->loading, 0, __ATOMIC_RELEASE);
}

/* Puts what was just loaded into an unloaded module of the list, or in front of it. With the flag held. */
static convforge_cuda_module *publish(convforge_cuda_modules *modules, convforge_cuda_module *loaded) {
  convforge_cuda_module *unloaded = find(modules, NULL);
  if (unloaded == NULL) {
    loaded->next = modules->first;
    __atomic_store_n(&modules->first, loaded, __ATOMIC_RELEASE);
    return loaded;
  }
  unloaded->variant = loaded->variant;
  unloaded->code = loaded->code;
  for (int i = 0; i < CONVFORGE_CUDA_MAX_LAUNCHES; ++i)
    unloaded->functions[i] = loaded->functions[i];
  __atomic_store_n(&unloaded->context, loaded->context, __ATOMIC_RELEASE);
  convforge_cuda_close(&loaded->driver); /* the other has its own */
  free(loaded);
  return unloaded;
}

/* With the flag held. */
static int find_or_load(const convforge_cuda_kernel *kernel, convforge_cuda_modules *modules,
                        const convforge_cuda_module **module) {
  cu_context context = NULL;
  int status = context_here(modules, &context);
  if (status != CONVFORGE_OK)
    return status;
  convforge_cuda_module *found = context != NULL ? find(modules, context) : NULL;
  if (found == NULL) {
    status = convforge_cuda_load(kernel, &found);
    if (status != CONVFORGE_OK)
      return status;
    found = publish(modules, found);
  }
  *module = found;
  return CONVFORGE_OK;
}

int convforge_cuda_module_here(const convforge_cuda_kernel *kernel, convforge_cuda_modules *modules,
                               const convforge_cuda_module **module) {
  cu_context context = NULL;
  int status = context_here(modules, &context);
  *module = NULL;
  if (status != CONVFORGE_OK)
    return status;
  *module = context != NULL ? find(modules, context) : NULL;
  if (*module != NULL)
    return CONVFORGE_OK;
  lock(modules);
  status = find_or_load(kernel, modules, module);
  unlock(modules);
  return status;
}

void convforge_cuda_unload_here(convforge_cuda_modules *modules) {
  cu_context context = NULL;
  lock(modules);
  if (context_here(modules, &context) == CONVFORGE_OK && context != NULL) {
    convforge_cuda_module *module = find(modules, context);
    if (module != NULL) {
      __atomic_store_n(&module->context, NULL, __ATOMIC_RELEASE);
      convforge_cuda_unload_code(module);
    }
  }
  unlock(modules);
}
