// Checks the kernels that are linked to it on the first GPU, through the launcher, against the float64
// oracle: whole numbers exactly, real numbers within the bound, NaN and infinities where they belong; twice
// each, once with tensors at the end of their allocations and once with a margin, whose bytes must stay.
// Needs the driver and no other library. 77: no CUDA device.
#include "cases.h"

#include "cuda/device.h"

#include "base/error.hpp"
#include "verify/compare.hpp"
#include "verify/problem_list.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <vector>

namespace {

using namespace convforge;

/// A tensor on the device, between two margins of bytes that nothing may write and that are NaN as floats.
class DeviceTensor {
public:
  DeviceTensor(const void *host, std::size_t bytes, std::size_t margin) : bytes_(bytes), margin_(margin) {
    std::vector<unsigned char> image(bytes + 2 * margin, poison);
    if (host != nullptr)
      std::memcpy(image.data() + margin, host, bytes);
    memory_ = device_copy(image.data(), image.size());
  }
  ~DeviceTensor() { device_free(memory_); }
  DeviceTensor(const DeviceTensor &) = delete;
  DeviceTensor &operator=(const DeviceTensor &) = delete;

  void *address() const { return static_cast<char *>(memory_) + margin_; }

  std::vector<float> floats() const {
    std::vector<unsigned char> image(bytes_ + 2 * margin_);
    if (device_read(image.data(), memory_, image.size()) != 0)
      throw Error("the device reports an error once the kernel has run (CONVFORGE_VERBOSE=1 says more)");
    const auto kept = [](unsigned char byte) { return byte == poison; };
    const auto begin = image.begin(), end = image.end(),
               margin = begin + static_cast<std::ptrdiff_t>(margin_);
    if (!std::all_of(begin, margin, kept) || !std::all_of(end - (margin - begin), end, kept))
      throw Error("wrote outside of the output");
    std::vector<float> values(bytes_ / sizeof(float));
    std::memcpy(values.data(), image.data() + margin_, bytes_);
    return values;
  }

private:
  static constexpr unsigned char poison = 0xff;
  std::size_t bytes_, margin_;
  void *memory_;
};

void require(int status) {
  if (status != CONVFORGE_OK)
    throw Error(convforge_status_text(status));
}

std::vector<float> run(const convforge_cuda_module *module, const Tensors &tensors, std::size_t margin) {
  const convforge_kernel &kernel = *convforge_cuda_descriptor(module);
  const std::unique_ptr<void, void (*)(void *)> packed(
      std::aligned_alloc(CONVFORGE_ALIGNMENT, kernel.packed_bytes), std::free);
  require(convforge_pack_weights(&kernel, tensors.weights.data(), packed.get()));
  const std::vector<std::vector<float>> values = tensors.all();
  std::vector<std::unique_ptr<DeviceTensor>> device;
  std::vector<void *> pointers;
  for (int i = 0; i < kernel.operand_count; i++) {
    const convforge_operand &operand = kernel.operands[i];
    const bool weights = operand.role == CONVFORGE_WEIGHTS, output = operand.role == CONVFORGE_OUTPUT;
    const void *from = weights ? packed.get() : output ? nullptr : values[static_cast<std::size_t>(i)].data();
    device.push_back(
        std::make_unique<DeviceTensor>(from, weights ? kernel.packed_bytes : operand.bytes, margin));
    pointers.push_back(device.back()->address());
  }
  const convforge_args args = {pointers.data(), nullptr, nullptr};
  require(convforge_cuda_run(module, &args, nullptr));
  return device.back()->floats();
}

void check(const Problem &problem, const convforge_cuda_module *module) {
  for (const Fill kind : {Fill::integer, Fill::real, Fill::special}) {
    const Tensors tensors = fill(problem, kind, 1);
    const std::vector<float> output = run(module, tensors, 0), again = run(module, tensors, 256);
    const Worst worst = Reference(problem, tensors, kind).compare(output);
    if (!worst.passed) {
      throw Error(fmt::format("{} is {:.9g}, expected {:.9g} within {:.3g}", position(problem, worst.index),
                              worst.actual, worst.expected, worst.tolerance));
    }
    if (std::memcmp(output.data(), again.data(), output.size() * sizeof(float)) != 0)
      throw Error("two runs differ: does it read outside of its tensors, or do threads race?");
  }
}

/// Empty, or what is wrong.
std::string fault(const gpu_case &one) {
  convforge_cuda_module *module = nullptr;
  try {
    require(convforge_cuda_load(one.kernel, &module));
    check(parse_problem_line(one.problem), module);
    convforge_cuda_unload(module);
    return "";
  } catch (const std::exception &error) {
    convforge_cuda_unload(module);
    return error.what();
  }
}

} // namespace

int main() {
  if (device_open() != 0) {
    fmt::print("skipped: no CUDA device\n");
    return 77;
  }
  int failed = 0;
  for (int i = 0; i < gpu_case_count; i++) {
    const std::string wrong = fault(gpu_cases[i]);
    failed += wrong.empty() ? 0 : 1;
    if (!wrong.empty())
      fmt::print("FAILED {}\n  {}\n", gpu_cases[i].problem, wrong);
    std::fflush(stdout);
  }
  fmt::print("{}: {} checked, {} failed\n", device_name(), gpu_case_count, failed);
  return failed == 0 && gpu_case_count > 0 ? 0 : 1;
}
