// Every check of convforge_run, and that nothing is touched when one fails.
#include "fake.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace {

using Bytes = unsigned char *;

TEST(Arguments, ViewsAreTensorsPlusOffsets) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  ASSERT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  const void *seen[4];
  std::memcpy(seen, call.at[fake::output], sizeof seen);
  EXPECT_EQ(seen[0], call.at[fake::input]);
  EXPECT_EQ(seen[1], static_cast<const unsigned char *>(call.at[fake::weights]) + 64);
  EXPECT_EQ(seen[2], static_cast<const unsigned char *>(call.at[fake::bias]) + 4);
  EXPECT_EQ(seen[3], static_cast<const unsigned char *>(call.at[fake::residual]) + 8);
}

TEST(Arguments, NullKernelAndNullArguments) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  EXPECT_EQ(convforge_run(nullptr, &call), CONVFORGE_ERROR_TARGET);
  EXPECT_EQ(convforge_run(&kernel, nullptr), CONVFORGE_ERROR_NULL);
}

TEST(Arguments, EachNullPointerIsRefused) {
  fake::Kernel kernel(fake_record);
  for (int i = 0; i < fake::operand_total; ++i) {
    fake::Call call(kernel);
    call.at[i] = nullptr;
    EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_NULL) << i;
  }
  fake::Call call(kernel);
  call.workspace = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_NULL);
  fake::Call none(kernel);
  none.operands = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &none), CONVFORGE_ERROR_NULL);
}

TEST(Arguments, WhatAKernelDoesNotTakeMayBeAnything) {
  fake::Kernel kernel(fake_record);
  kernel.workspace_shared_bytes = kernel.workspace_thread_bytes = 0;
  kernel.function = [](void **) { return 0; };
  fake::Call call(kernel);
  call.workspace = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  call.workspace = static_cast<Bytes>(call.at[fake::output]) + 1;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
}

// What was packed with the weights: null, misaligned, or the output itself.
TEST(Arguments, WhatIsPackedMayBeAnything) {
  fake::Kernel kernel([](void **) { return 0; });
  kernel.list[fake::bias].role = CONVFORGE_PACKED;
  fake::Call call(kernel);
  call.at[fake::weights] = call.base;
  call.at[fake::input] = call.base + fake::Call::slot;
  kernel.list[fake::bias].role = CONVFORGE_EPILOGUE;
  std::vector<float> weights(256);
  ASSERT_EQ(convforge_pack_weights(&kernel, weights.data(), call.base), CONVFORGE_OK);
  kernel.list[fake::bias].role = CONVFORGE_PACKED;
  const Bytes output = static_cast<Bytes>(call.at[fake::output]);
  for (void *const bias : {static_cast<Bytes>(nullptr), call.base + 1, output, output + 4}) {
    call.at[fake::bias] = bias;
    EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK) << bias;
  }
  EXPECT_EQ(convforge_may_be_output(&kernel, fake::bias), 0);
}

TEST(Arguments, Misaligned) {
  fake::Kernel kernel(fake_record);
  const auto status = [&](int operand, std::size_t shift) {
    fake::Call call(kernel);
    call.at[operand] = static_cast<Bytes>(call.at[operand]) + shift;
    return convforge_run(&kernel, &call);
  };
  for (const int operand : {fake::input, fake::bias, fake::residual, fake::output}) {
    for (const std::size_t shift : {1, 2, 3})
      EXPECT_EQ(status(operand, shift), CONVFORGE_ERROR_MISALIGNED);
    EXPECT_EQ(status(operand, 4), CONVFORGE_OK);
  }
  EXPECT_EQ(status(fake::weights, 32), CONVFORGE_ERROR_MISALIGNED);
  kernel.list[fake::residual].dtype = CONVFORGE_F16;
  EXPECT_EQ(status(fake::residual, 2), CONVFORGE_OK);
  EXPECT_EQ(status(fake::residual, 1), CONVFORGE_ERROR_MISALIGNED);
  for (const std::size_t shift : {32, 64}) {
    fake::Call call(kernel);
    call.workspace = static_cast<Bytes>(call.workspace) + shift;
    EXPECT_EQ(convforge_run(&kernel, &call), shift == 64 ? CONVFORGE_OK : CONVFORGE_ERROR_MISALIGNED);
  }
}

TEST(Arguments, EveryFieldOfThePackHeaderIsChecked) {
  fake::Kernel kernel(fake_record);
  for (const std::size_t byte : {0, 5, 8, 16, 23, 24, 31}) { // magic, version, layout id, size
    fake::Call call(kernel);
    call.base[fake::Call::slot + byte] ^= 1;
    EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_PACK) << byte;
  }
  fake::Call call(kernel);
  kernel.pack.layout_id = 43;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_PACK);
}

TEST(Arguments, ThreadsNeedACallbackAndACount) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  convforge_threads threads{nullptr, nullptr, 2};
  call.threads = &threads;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_THREADS);
  threads = {[](void *, int, convforge_task, void *) {}, nullptr, 0};
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_THREADS);
  threads = convforge_pool_threads(nullptr);
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_THREADS);
}

TEST(Arguments, KernelsOfAnotherAbiOrCpuAreRefused) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  kernel.cpu_features = 1u << 20;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_TARGET);
  kernel.cpu_features = convforge_cpu_features();
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  kernel.view_count = CONVFORGE_MAX_VIEWS + 1;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
  kernel.view_count = 5;
  kernel.function = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
  kernel.function = fake_record;
  for (const int count : {2, CONVFORGE_MAX_OPERANDS + 1}) {
    kernel.operand_count = count;
    EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
  }
  kernel.operand_count = fake::operand_total;
  kernel.operands = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
  kernel.operands = kernel.list;
  kernel.abi_version = CONVFORGE_ABI_VERSION + 1;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(convforge_pack_weights(&kernel, call.at[fake::input], call.workspace), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(convforge_workspace_size(&kernel, 1), 0u);
}

// An object of ABI 1 is a constant somewhere in an application: what lies behind its version is not a
// structure of this one, and nothing else of it may be read. Here it lies at the end of a page that ends the
// memory.
TEST(Arguments, OfAnotherVersionOnlyTheVersionIsRead) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void *memory = mmap(nullptr, 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(mprotect(memory, page, PROT_READ | PROT_WRITE), 0);
  auto *version = reinterpret_cast<std::uint32_t *>(static_cast<Bytes>(memory) + page) - 2;
  *version = 1;
  const auto *old = reinterpret_cast<const convforge_kernel *>(version);
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  EXPECT_EQ(convforge_run(old, &call), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(convforge_pack_weights(old, call.at[fake::input], call.workspace), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(convforge_workspace_size(old, 1), 0u);
  EXPECT_EQ(convforge_find_operand(old, "bias"), -1);
  convforge_choice choice;
  convforge_choose(&old, 1, &choice);
  EXPECT_EQ(choice.kernel, old);
  EXPECT_NE(std::string(choice.reason).find("made for version 1"), std::string::npos);
  munmap(memory, 2 * page);
}

TEST(Arguments, OperandsAreFoundByName) {
  fake::Kernel kernel(fake_record);
  EXPECT_EQ(convforge_find_operand(&kernel, "input"), fake::input);
  EXPECT_EQ(convforge_find_operand(&kernel, "output"), fake::output);
  EXPECT_EQ(convforge_find_operand(&kernel, "bias2"), -1);
  EXPECT_EQ(convforge_find_operand(&kernel, nullptr), -1);
  EXPECT_EQ(convforge_find_operand(nullptr, "bias"), -1);
  EXPECT_EQ(convforge_output(&kernel), &kernel.list[fake::output]);
}

TEST(Arguments, ConstantsReplaceArguments) {
  fake::Kernel kernel(fake_multiply_add);
  kernel.view_list[3].offset = 0;
  fake::Call call(kernel);
  const float input = 5, bias[16] = {7};
  std::memcpy(call.base, &input, sizeof input);
  kernel.list[fake::weights].constant = call.at[fake::weights];
  kernel.list[fake::bias].constant = bias;
  call.at[fake::weights] = call.at[fake::bias] = static_cast<Bytes>(call.at[fake::output]) + 1; // ignored
  ASSERT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  EXPECT_EQ(*static_cast<float *>(call.at[fake::output]), 5 * 3 + 7);
  call.at[fake::output] =
      call.base + fake::Call::slot; // the constants are tensors of the call like any other
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
}

TEST(Arguments, AFailingKernelIsReported) {
  fake::Kernel kernel(fake_fail);
  fake::Call call(kernel);
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_MEMORY);
}

TEST(Arguments, NothingIsWrittenWhenOneIsWrong) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  const std::vector<unsigned char> before = call.storage;
  call.at[fake::bias] = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(call.storage, before);
}

TEST(Status, EachHasItsOwnSentence) {
  std::vector<std::string> sentences;
  for (int status = CONVFORGE_ERROR_SUMS; status <= CONVFORGE_OK; ++status)
    sentences.emplace_back(convforge_status_text(status));
  std::sort(sentences.begin(), sentences.end());
  EXPECT_EQ(std::unique(sentences.begin(), sentences.end()), sentences.end());
  EXPECT_EQ(std::count(sentences.begin(), sentences.end(), "unknown status"), 0);
  EXPECT_STREQ(convforge_status_text(1), "unknown status");
  EXPECT_STREQ(convforge_status_text(CONVFORGE_ERROR_SUMS - 1), "unknown status");
  EXPECT_STREQ(convforge_version(), CONVFORGE_EXPECTED_VERSION);
}

} // namespace
