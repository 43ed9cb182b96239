#include "artefact/kernel_name.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

TEST(KernelName, AcceptsIdentifiers) {
  for (const char *name : {"conv1", "c", "Conv_1", "conv_1_", "integer", "a0", "convforged", "printf2",
                           "my_printf", "Main", "conv_t1", "t"})
    EXPECT_NO_THROW(check_kernel_name(name)) << name;
}

TEST(KernelName, RefusesWhatCOrTheRuntimeOwns) {
  for (const char *name :
       {"",        "1conv", "conv-1",    "conv 1",      "conv\n",    "caf\xc3\xa9",   "_conv",
        "conv__1", "int",   "class",     "and",         "constexpr", "co_await",      "main",
        "NULL",    "errno", "int32_t",   "conv_t",      "printf",    "memcpy",        "sqrtf",
        "y0",      "read",  "pthread_x", "halide_conv", "convforge", "convforge_run", "convforge_x"})
    EXPECT_THROW(check_kernel_name(name), Error) << name;
}

// `NAME.h` comes before the system's for all files that see the generated one.
TEST(KernelName, RefusesTheNamesOfHeaders) {
  for (const char *name : {"stdint", "stddef", "stdatomic", "stdlib", "string", "math", "threads", "unistd",
                           "strings", "features", "immintrin", "avx2intrin", "arm_neon", "omp", "vector"})
    EXPECT_THROW(check_kernel_name(name), Error) << name;
}

TEST(KernelName, ErrorNamesFieldValueAndExpectation) {
  try {
    check_kernel_name("conv-1");
    FAIL() << "accepted";
  } catch (const Error &e) {
    EXPECT_STREQ(e.what(),
                 "name: 'conv-1' (expected a C identifier: letters, digits and underscores, such as conv1)");
  }
}

} // namespace
} // namespace convforge
