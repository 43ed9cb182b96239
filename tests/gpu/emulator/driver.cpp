// A CUDA driver without a GPU: libcuda's functions, as far as ConvForge calls them, over the PTX machine.
// "Device memory" is the host's; a launch has ended when the call returns. Machine code is refused, so that
// the PTX is loaded. EMULATED_CUDA_CAPABILITY (80): what the device says it is.
#include "ptx_machine.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>

namespace {

using emulator::Entry;

enum Result {
  ok = 0,
  invalid_value = 1,
  out_of_memory = 2,
  no_binary = 209,
  invalid_ptx = 218,
  not_found = 500,
  illegal_address = 700
};

struct Function {
  std::string name;
  Entry entry;
};
struct Module {
  std::map<std::string, Function> functions;
};
using Clock = std::chrono::steady_clock;

struct Device {
  std::mutex mutex;
  emulator::Allocations allocations;
};
Device &device() {
  static Device one;
  return one;
}
thread_local void *current_context = nullptr;

bool is_allocated(std::uint64_t address, std::size_t bytes) {
  const std::lock_guard lock(device().mutex);
  auto after = device().allocations.upper_bound(address);
  if (after == device().allocations.begin())
    return false;
  --after;
  return address + bytes <= after->first + after->second;
}

Result refuse(const char *what, const std::exception &error, Result result) {
  std::fprintf(stderr, "emulated CUDA: %s: %s\n", what, error.what());
  return result;
}

} // namespace

extern "C" {

int cuInit(unsigned) {
  return ok;
}
int cuGetErrorName(int error, const char **name) {
  *name = error == illegal_address ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "an error of the emulator";
  return ok;
}
int cuDeviceGetName(char *name, int bytes, int) {
  std::snprintf(name, static_cast<std::size_t>(bytes), "emulated GPU");
  return ok;
}
int cuDeviceGetAttribute(int *value, int attribute, int) {
  const char *named = std::getenv("EMULATED_CUDA_CAPABILITY");
  const int capability = named != nullptr ? std::atoi(named) : 80;
  *value = attribute == 75 ? capability / 10 : capability % 10;
  return attribute == 75 || attribute == 76 ? ok : invalid_value;
}
int cuDevicePrimaryCtxRetain(void **context, int) {
  *context = &device();
  return ok;
}
int cuCtxSetCurrent(void *context) {
  current_context = context;
  return ok;
}
int cuCtxGetCurrent(void **context) {
  *context = current_context;
  return ok;
}
int cuCtxGetDevice(int *number) {
  *number = 0;
  return ok;
}

int cuModuleLoadData(void **module, const void *image) {
  if (std::memcmp(image, "\177ELF", 4) == 0)
    return no_binary;
  try {
    auto loaded = std::make_unique<Module>();
    for (const auto &[name, entry] : emulator::parse_ptx(static_cast<const char *>(image)))
      loaded->functions[name] = {name, entry};
    *module = loaded.release();
    return ok;
  } catch (const std::exception &error) {
    return refuse("PTX", error, invalid_ptx);
  }
}
int cuModuleUnload(void *module) {
  delete static_cast<Module *>(module);
  return ok;
}
int cuModuleGetFunction(void **function, void *module, const char *name) {
  auto &functions = static_cast<Module *>(module)->functions;
  const auto found = functions.find(name);
  *function = found != functions.end() ? &found->second : nullptr;
  return *function != nullptr ? ok : not_found;
}
int cuLaunchKernel(void *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                   unsigned bz, unsigned shared_bytes, void *, void **parameters, void **) {
  const auto *called = static_cast<const Function *>(function);
  emulator::Launch launch{
      .grid = {gx, gy, gz}, .block = {bx, by, bz}, .shared_bytes = shared_bytes, .parameters = {}};
  for (std::size_t i = 0; i < called->entry.parameters.size(); i++)
    launch.parameters.push_back(*static_cast<const std::uint64_t *>(parameters[i]));
  try {
    const std::lock_guard lock(device().mutex);
    emulator::run(called->entry, launch, device().allocations);
    return ok;
  } catch (const std::exception &error) {
    return refuse(called->name.c_str(), error, illegal_address);
  }
}

int cuMemAlloc_v2(unsigned long long *pointer, std::size_t bytes) {
  void *memory = std::aligned_alloc(256, (bytes + 255) / 256 * 256);
  if (memory == nullptr)
    return out_of_memory;
  *pointer = reinterpret_cast<std::uintptr_t>(memory);
  const std::lock_guard lock(device().mutex);
  device().allocations[*pointer] = bytes;
  return ok;
}
int cuMemFree_v2(unsigned long long pointer) {
  {
    const std::lock_guard lock(device().mutex);
    if (device().allocations.erase(pointer) == 0)
      return invalid_value;
  }
  std::free(emulator::host_memory(pointer));
  return ok;
}
int cuMemcpyHtoD_v2(unsigned long long to, const void *from, std::size_t bytes) {
  if (!is_allocated(to, bytes))
    return invalid_value;
  std::memcpy(emulator::host_memory(to), from, bytes);
  return ok;
}
int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, std::size_t bytes, void *) {
  return cuMemcpyHtoD_v2(to, from, bytes);
}
int cuMemcpyDtoH_v2(void *to, unsigned long long from, std::size_t bytes) {
  if (!is_allocated(from, bytes))
    return invalid_value;
  std::memcpy(to, emulator::host_memory(from), bytes);
  return ok;
}
int cuMemsetD8_v2(unsigned long long to, unsigned char value, std::size_t bytes) {
  if (!is_allocated(to, bytes))
    return invalid_value;
  std::memset(emulator::host_memory(to), value, bytes);
  return ok;
}
int cuStreamSynchronize(void *) {
  return ok;
}

int cuEventCreate(void **event, unsigned) {
  *event = new Clock::time_point;
  return ok;
}
int cuEventDestroy_v2(void *event) {
  delete static_cast<Clock::time_point *>(event);
  return ok;
}
int cuEventRecord(void *event, void *) {
  *static_cast<Clock::time_point *>(event) = Clock::now();
  return ok;
}
int cuEventSynchronize(void *) {
  return ok;
}
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  const auto span = *static_cast<Clock::time_point *>(end) - *static_cast<Clock::time_point *>(begin);
  *milliseconds = std::chrono::duration<float, std::milli>(span).count();
  return ok;
}

} // extern "C"
