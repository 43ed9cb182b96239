/* One module a context. Readers take no lock: modules are published whole, by one atomic store, in front of
 * the list. Whoever loads holds a flag, so that a context's module is loaded once; others wait for as long as
 * a load takes. */
#include "module.h"

#include <sched.h>

static convforge_cuda_module *find(convforge_cuda_modules *modules, cu_context context) {
  convforge_cuda_module *module = __atomic_load_n(&modules->first, __ATOMIC_ACQUIRE);
  while (module != NULL && module->context != context)
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
    found->next = modules->first;
    __atomic_store_n(&modules->first, found, __ATOMIC_RELEASE);
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
    convforge_cuda_module **link = &modules->first;
    while (*link != NULL && (*link)->context != context)
      link = &(*link)->next;
    convforge_cuda_module *module = *link;
    if (module != NULL) {
      __atomic_store_n(link, module->next, __ATOMIC_RELEASE);
      convforge_cuda_unload(module);
    }
  }
  unlock(modules);
}
