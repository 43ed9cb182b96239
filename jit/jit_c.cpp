// The C interface over Jit. No exception leaves it.
#include "convforge/jit.h"
#include "convforge/jit.hpp"
#include "parsed_problems.hpp"
#include "per_process.hpp"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include <unistd.h>

struct convforge_jit {
  convforge::Jit jit;
  convforge::PerProcess<convforge::ParsedProblems> problems{std::in_place, 4096u};
};
struct convforge_jit_kernel {
  convforge::JitKernel kernel;
};
struct convforge_jit_future {
  std::shared_future<convforge::Result<convforge::JitKernel>> future;
  const pid_t maker = getpid();
};

namespace {

using convforge::JitError;
using convforge::Problem;

std::string_view text_or(const char *text, std::string_view otherwise) {
  return text != nullptr ? std::string_view(text) : otherwise;
}

convforge::JitOptions to_options(const convforge_jit_options &c) {
  convforge::JitOptions options;
  options.cache_dir = text_or(c.cache_dir, "");
  options.disk_cache = c.no_disk_cache == 0;
  options.target = text_or(c.target, options.target);
  options.algorithm = text_or(c.algorithm, options.algorithm);
  options.machine = text_or(c.machine, "");
  options.plans = text_or(c.plans, "");
  options.program = text_or(c.program, "");
  if (c.program_timeout_ms > 0)
    options.program_timeout = std::chrono::milliseconds(c.program_timeout_ms);
  options.generic_fallback = c.generic_fallback != 0;
  options.perf_map = c.perf_map != 0;
  options.tuning_budget = std::chrono::milliseconds(c.tuning_budget_ms);
  if (c.disk_bytes > 0)
    options.disk_bytes = c.disk_bytes;
  if (c.memory_entries > 0)
    options.memory_entries = c.memory_entries;
  return options;
}

int status_of(JitError::Code code) {
  switch (code) {
  case JitError::Code::problem:
    return CONVFORGE_JIT_ERROR_PROBLEM;
  case JitError::Code::compile:
    return CONVFORGE_JIT_ERROR_COMPILE;
  case JitError::Code::load:
    break;
  }
  return CONVFORGE_JIT_ERROR_LOAD;
}

/// Answers `status`, having told the caller why.
int refuse(int status, std::string_view why, char *message, size_t message_size) {
  if (message != nullptr && message_size > 0) {
    const size_t length = std::min(why.size(), message_size - 1);
    std::memcpy(message, why.data(), length);
    message[length] = 0;
  }
  return status;
}

/// Says what the exception that is being handled is: `otherwise`, or that there is no memory.
int refuse_exception(int otherwise, char *message, size_t message_size) {
  try {
    throw;
  } catch (const std::bad_alloc &) {
    return refuse(CONVFORGE_JIT_ERROR_COMPILE, "out of memory", message, message_size);
  } catch (const std::exception &error) {
    return refuse(otherwise, error.what(), message, message_size);
  }
}

/// A share in the kernel, or its error.
int share(const convforge::Result<convforge::JitKernel> &result, convforge_jit_kernel **kernel, char *message,
          size_t message_size) {
  if (!result)
    return refuse(status_of(result.error().code), result.error().message, message, message_size);
  *kernel = new convforge_jit_kernel{*result};
  return CONVFORGE_JIT_OK;
}

/// What `action` answers for the problem that the text says, or what is wrong with the text.
template <typename Action>
int for_problem(convforge_jit *jit, const convforge_jit_problem *problem, char *message, size_t message_size,
                Action action) {
  if (jit == nullptr || problem == nullptr)
    return refuse(CONVFORGE_JIT_ERROR_OPTIONS, "jit and problem: null (expected both)", message,
                  message_size);
  try {
    return action(*jit->problems.get().parse(*problem));
  } catch (const std::exception &) {
    return refuse_exception(CONVFORGE_JIT_ERROR_PROBLEM, message, message_size);
  }
}

} // namespace

int convforge_jit_create(const convforge_jit_options *options, convforge_jit **jit, char *message,
                         size_t message_size) {
  *jit = nullptr;
  try {
    *jit = new convforge_jit{convforge::Jit(to_options(options ? *options : convforge_jit_options{}))};
    return CONVFORGE_JIT_OK;
  } catch (const std::exception &) {
    return refuse_exception(CONVFORGE_JIT_ERROR_OPTIONS, message, message_size);
  }
}

int convforge_jit_compile(convforge_jit *jit, const convforge_jit_problem *problem,
                          convforge_jit_kernel **kernel, char *message, size_t message_size) {
  *kernel = nullptr;
  return for_problem(jit, problem, message, message_size, [&](const Problem &parsed) {
    return share(jit->jit.compile(parsed), kernel, message, message_size);
  });
}

int convforge_jit_compile_async(convforge_jit *jit, const convforge_jit_problem *problem,
                                convforge_jit_future **future, char *message, size_t message_size) {
  *future = nullptr;
  return for_problem(jit, problem, message, message_size, [&](const Problem &parsed) {
    *future = new convforge_jit_future{jit->jit.compile_async(parsed)};
    return CONVFORGE_JIT_OK;
  });
}

int convforge_jit_ready(const convforge_jit_future *future) {
  return future->future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

int convforge_jit_get(const convforge_jit_future *future, convforge_jit_kernel **kernel, char *message,
                      size_t message_size) {
  *kernel = nullptr;
  if (convforge_jit_ready(future) == 0 && future->maker != getpid())
    return refuse(
        CONVFORGE_JIT_ERROR_COMPILE,
        "future: another process makes its kernel (expected one of this process: ask the jit again)", message,
        message_size);
  try {
    return share(future->future.get(), kernel, message, message_size);
  } catch (const std::exception &) {
    return refuse_exception(CONVFORGE_JIT_ERROR_COMPILE, message, message_size);
  }
}

void convforge_jit_release_future(convforge_jit_future *future) {
  delete future;
}

convforge_jit_origin convforge_jit_origin_of(const convforge_jit_kernel *kernel) {
  switch (kernel->kernel.origin()) {
  case convforge::JitKernel::Origin::compiled:
    return CONVFORGE_JIT_COMPILED;
  case convforge::JitKernel::Origin::disk:
    return CONVFORGE_JIT_FROM_DISK;
  case convforge::JitKernel::Origin::generic:
    break;
  }
  return CONVFORGE_JIT_GENERIC;
}

const convforge_kernel *convforge_jit_descriptor(const convforge_jit_kernel *kernel) {
  return &kernel->kernel.descriptor();
}

void convforge_jit_release(convforge_jit_kernel *kernel) {
  delete kernel;
}

void convforge_jit_destroy(convforge_jit *jit) {
  delete jit;
}
