// A fuzz target as libFuzzer calls it: https://llvm.org/docs/LibFuzzer.html.
#include "fuzz/fuzz_target.hpp"

#include <cstddef>

using namespace convforge::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  refusal([&] { check({data, size}); });
  return 0;
}
