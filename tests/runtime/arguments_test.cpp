// Every check of convforge_run, and that nothing is touched when one fails.
#include "fake.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace {

using Bytes = unsigned char *;

TEST(Arguments, ViewsAreTensorsPlusOffsets) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  ASSERT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  const void *seen[4];
  std::memcpy(seen, call.output, sizeof seen);
  EXPECT_EQ(seen[0], call.input);
  EXPECT_EQ(seen[1], static_cast<const unsigned char *>(call.packed_weights) + 64);
  EXPECT_EQ(seen[2], static_cast<const unsigned char *>(call.bias) + 4);
  EXPECT_EQ(seen[3], static_cast<const unsigned char *>(call.residual) + 8);
}

TEST(Arguments, NullKernelAndNullArguments) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  EXPECT_EQ(convforge_run(nullptr, &call), CONVFORGE_ERROR_TARGET);
  EXPECT_EQ(convforge_run(&kernel, nullptr), CONVFORGE_ERROR_NULL);
}

TEST(Arguments, EachNullPointerIsRefused) {
  fake::Kernel kernel(fake_record);
  const auto refused = [&](auto member) {
    fake::Call call(kernel);
    call.*member = nullptr;
    return convforge_run(&kernel, &call) == CONVFORGE_ERROR_NULL;
  };
  EXPECT_TRUE(refused(&convforge_args::input));
  EXPECT_TRUE(refused(&convforge_args::packed_weights));
  EXPECT_TRUE(refused(&convforge_args::bias));
  EXPECT_TRUE(refused(&convforge_args::residual));
  EXPECT_TRUE(refused(&convforge_args::output));
  EXPECT_TRUE(refused(&convforge_args::workspace));
}

TEST(Arguments, WhatAKernelDoesNotTakeMayBeAnything) {
  fake::Kernel kernel(fake_record);
  kernel.bias = kernel.residual = convforge_tensor_info{};
  kernel.view_count = 3;
  kernel.workspace_shared_bytes = kernel.workspace_thread_bytes = 0;
  kernel.function = [](void **) { return 0; };
  fake::Call call(kernel);
  call.bias = call.residual = call.workspace = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  call.bias = call.residual = call.workspace = static_cast<Bytes>(call.output) + 1;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
}

TEST(Arguments, Misaligned) {
  fake::Kernel kernel(fake_record);
  const auto status = [&](auto member, std::size_t shift) {
    fake::Call call(kernel);
    call.*member = (Bytes)(call.*member) + shift;
    return convforge_run(&kernel, &call);
  };
  for (auto member : {&convforge_args::input, &convforge_args::bias, &convforge_args::residual}) {
    for (const std::size_t shift : {1, 2, 3})
      EXPECT_EQ(status(member, shift), CONVFORGE_ERROR_MISALIGNED);
    EXPECT_EQ(status(member, 4), CONVFORGE_OK);
  }
  EXPECT_EQ(status(&convforge_args::output, 2), CONVFORGE_ERROR_MISALIGNED);
  EXPECT_EQ(status(&convforge_args::output, 4), CONVFORGE_OK);
  EXPECT_EQ(status(&convforge_args::packed_weights, 32), CONVFORGE_ERROR_MISALIGNED);
  EXPECT_EQ(status(&convforge_args::workspace, 32), CONVFORGE_ERROR_MISALIGNED);
  EXPECT_EQ(status(&convforge_args::workspace, 64), CONVFORGE_OK);
}

// Moves `member` so that it ends `shared` bytes inside the beginning of `written`, then so that it begins
// `shared` bytes before its end.
void expect_boundaries(const convforge_kernel &kernel, const void *convforge_args::*member,
                       std::size_t member_bytes, void *convforge_args::*written, std::size_t written_bytes,
                       std::size_t step) {
  for (const std::size_t shared : {std::size_t{0}, step}) {
    const int expected = shared == 0 ? CONVFORGE_OK : CONVFORGE_ERROR_OVERLAP;
    fake::Call call(kernel);
    const Bytes begin = static_cast<Bytes>(call.*written);
    call.*member = begin + shared - member_bytes;
    EXPECT_EQ(convforge_run(&kernel, &call), expected) << "before, " << shared;
    call.*member = begin + written_bytes - shared;
    EXPECT_EQ(convforge_run(&kernel, &call), expected) << "after, " << shared;
  }
  fake::Call call(kernel);
  call.*member = call.*written;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP) << "same place";
}

TEST(Arguments, AdjacentIsFineAndOneElementOverlapIsNot) {
  fake::Kernel kernel(fake_record);
  const std::size_t workspace_bytes = convforge_workspace_size(&kernel, 1);
  ASSERT_EQ(workspace_bytes, 128u + 192u);
  const struct {
    const void *convforge_args::*member;
    std::size_t bytes;
  } inputs[] = {{&convforge_args::input, kernel.input.bytes},
                {&convforge_args::bias, kernel.bias.bytes},
                {&convforge_args::residual, kernel.residual.bytes}};
  for (const auto &input : inputs) {
    expect_boundaries(kernel, input.member, input.bytes, &convforge_args::output, kernel.output.bytes, 4);
    expect_boundaries(kernel, input.member, input.bytes, &convforge_args::workspace, workspace_bytes, 4);
  }
}

TEST(Arguments, OneByteOfOverlapIsSeen) {
  fake::Kernel kernel(fake_record);
  kernel.input.bytes = 61; // as a type of one byte would have it: the last byte decides
  fake::Call call(kernel);
  call.output = static_cast<Bytes>(call.base) + 60;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  kernel.input.bytes = 60;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);

  fake::Call other(kernel);
  kernel.output.bytes = 253;
  other.input = static_cast<Bytes>(other.output) + 252;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_ERROR_OVERLAP);
  kernel.output.bytes = 252;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_OK);
}

TEST(Arguments, PackedWeightsAndWorkspaceBoundaries) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  const Bytes packed = call.base + fake::Call::slot, end = packed + kernel.packed_bytes;
  call.output = end;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  call.output = end - 4;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  call.output = packed - kernel.output.bytes + 4;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  call.output = packed - kernel.output.bytes;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);

  fake::Call other(kernel);
  other.workspace = other.base + fake::Call::slot + kernel.packed_bytes;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_OK);
  other.workspace = other.base + fake::Call::slot + kernel.packed_bytes - 64;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_ERROR_OVERLAP);
  other.workspace = static_cast<Bytes>(other.output) + kernel.output.bytes;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_OK);
  other.workspace = static_cast<Bytes>(other.output) + kernel.output.bytes - 64;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_ERROR_OVERLAP);
}

TEST(Arguments, TheWorkspaceOfManyThreadsIsLonger) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  convforge_threads threads{[](void *, int, convforge_task, void *) {}, nullptr, 4};
  call.threads = &threads;
  call.output = static_cast<Bytes>(call.workspace) + convforge_workspace_size(&kernel, 4) - 4;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  threads.count = 3;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  EXPECT_EQ(convforge_workspace_size(&kernel, 4), 128u + 4 * 192u);
  EXPECT_EQ(convforge_workspace_size(&kernel, 0), convforge_workspace_size(&kernel, 1));
  EXPECT_EQ(convforge_workspace_size(&kernel, -5), convforge_workspace_size(&kernel, 1));
  EXPECT_EQ(convforge_workspace_size(nullptr, 1), 0u);
}

TEST(Arguments, ReadOnlyTensorsMayOverlapEachOther) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  call.bias = call.residual = call.input = call.packed_weights;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
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
  kernel.abi_version = CONVFORGE_ABI_VERSION + 1;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(convforge_pack_weights(&kernel, call.input, call.workspace), CONVFORGE_ERROR_ABI);
  EXPECT_EQ(convforge_workspace_size(&kernel, 1), 0u);
}

TEST(Arguments, ConstantsReplaceArguments) {
  fake::Kernel kernel(fake_multiply_add);
  kernel.view_list[3].offset = 0;
  fake::Call call(kernel);
  const float input = 5, bias[16] = {7};
  std::memcpy(call.base, &input, sizeof input);
  kernel.constant_weights = call.packed_weights;
  kernel.constant_bias = bias;
  call.packed_weights = call.bias = static_cast<Bytes>(call.output) + 1; // ignored
  ASSERT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  EXPECT_EQ(*static_cast<float *>(call.output), 5 * 3 + 7);
  call.output = call.base + fake::Call::slot; // the constants are tensors of the call like any other
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
  call.bias = nullptr;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(call.storage, before);
}

TEST(Status, EachHasItsOwnSentence) {
  std::vector<std::string> sentences;
  for (int status = CONVFORGE_ERROR_LAUNCH; status <= CONVFORGE_OK; ++status)
    sentences.emplace_back(convforge_status_text(status));
  std::sort(sentences.begin(), sentences.end());
  EXPECT_EQ(std::unique(sentences.begin(), sentences.end()), sentences.end());
  EXPECT_EQ(std::count(sentences.begin(), sentences.end(), "unknown status"), 0);
  EXPECT_STREQ(convforge_status_text(1), "unknown status");
  EXPECT_STREQ(convforge_status_text(CONVFORGE_ERROR_LAUNCH - 1), "unknown status");
  EXPECT_STREQ(convforge_version(), CONVFORGE_EXPECTED_VERSION);
}

} // namespace
