/* One call: check, lay out the kernel's arguments on the stack, jump. */
#include "arguments.h"
#include "context.h"
#include "poison.h"
#include "subnormals.h"

static void init_context(convforge_context *context, const convforge_kernel *kernel,
                         const convforge_args *args, char *workspace) {
  const size_t shared = kernel->workspace_shared_bytes;
  convforge_scratch_init(&context->scratch, workspace, shared);
  context->kernel = kernel;
  context->flush_subnormals = (args->flags & CONVFORGE_FLUSH_SUBNORMALS) != 0;
  context->inside_loop = false;
  context->threads = args->threads;
  context->worker_scratch = workspace ? workspace + shared : NULL;
  context->worker_bytes = kernel->workspace_thread_bytes;
}

int convforge_run(const convforge_kernel *kernel, const convforge_args *args) {
  convforge_call call;
  const int status = convforge_check_arguments(kernel, args, &call);
  if (status != CONVFORGE_OK)
    return status;

  const size_t poisoned = convforge_poison_workspace(kernel, args, call.workspace);
  convforge_context context;
  init_context(&context, kernel, args, call.workspace);
  void *context_pointer = &context;
  void *arguments[1 + CONVFORGE_MAX_VIEWS];
  arguments[0] = (void *)&context_pointer;
  for (int i = 0; i < kernel->view_count; ++i) {
    const convforge_view *view = &kernel->views[i];
    arguments[1 + i] = (char *)call.operands[view->operand] + view->offset;
  }
  /* A kernel fails only when scratch runs out, which its descriptor rules out. */
  const convforge_fp_control found = convforge_enter(context.flush_subnormals);
  const int failure = kernel->function(arguments);
  convforge_leave(context.flush_subnormals, found);
  convforge_unpoison(call.workspace, poisoned);
  return failure == 0 ? CONVFORGE_OK : CONVFORGE_ERROR_MEMORY;
}
