// What a call writes may touch its other memory, and not share a byte with it.
#include "fake.hpp"

#include <gtest/gtest.h>

namespace {

using Bytes = unsigned char *;

/// What a call writes: its output or its workspace.
void *&written(fake::Call &call, bool workspace) {
  return workspace ? call.workspace : call.at[fake::output];
}

// Moves the operand so that it ends `shared` bytes inside the beginning of what is written, then so that it
// begins `shared` bytes before its end.
void expect_boundaries(const fake::Kernel &kernel, int operand, bool workspace, std::size_t written_bytes) {
  for (const std::size_t shared : {std::size_t{0}, std::size_t{4}}) {
    const int expected = shared == 0 ? CONVFORGE_OK : CONVFORGE_ERROR_OVERLAP;
    fake::Call call(kernel);
    const Bytes begin = static_cast<Bytes>(written(call, workspace));
    call.at[operand] = begin + shared - kernel.list[operand].bytes;
    EXPECT_EQ(convforge_run(&kernel, &call), expected) << "before, " << shared;
    call.at[operand] = begin + written_bytes - shared;
    EXPECT_EQ(convforge_run(&kernel, &call), expected) << "after, " << shared;
  }
  fake::Call call(kernel);
  call.at[operand] = written(call, workspace);
  const bool in_place = !workspace && operand == fake::residual;
  EXPECT_EQ(convforge_run(&kernel, &call), in_place ? CONVFORGE_OK : CONVFORGE_ERROR_OVERLAP) << "same place";
}

TEST(ArgumentBoundaries, AdjacentIsFineAndOneElementOverlapIsNot) {
  fake::Kernel kernel(fake_record);
  const std::size_t workspace_bytes = convforge_workspace_size(&kernel, 1);
  ASSERT_EQ(workspace_bytes, 128u + 192u);
  for (const int operand : {fake::input, fake::bias, fake::residual}) {
    expect_boundaries(kernel, operand, false, kernel.list[fake::output].bytes);
    expect_boundaries(kernel, operand, true, workspace_bytes);
  }
}

TEST(ArgumentBoundaries, OneByteOfOverlapIsSeen) {
  fake::Kernel kernel(fake_record);
  kernel.list[fake::input].bytes = 61; // as a type of one byte would have it: the last byte decides
  fake::Call call(kernel);
  call.at[fake::output] = static_cast<Bytes>(call.base) + 60;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  kernel.list[fake::input].bytes = 60;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);

  fake::Call other(kernel);
  kernel.list[fake::output].bytes = 253;
  other.at[fake::input] = static_cast<Bytes>(other.at[fake::output]) + 252;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_ERROR_OVERLAP);
  kernel.list[fake::output].bytes = 252;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_OK);
}

TEST(ArgumentBoundaries, PackedWeightsAndWorkspaceBoundaries) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  const Bytes packed = call.base + fake::Call::slot, end = packed + kernel.packed_bytes;
  call.at[fake::output] = end;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  call.at[fake::output] = end - 4;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  call.at[fake::output] = packed - kernel.list[fake::output].bytes + 4;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  call.at[fake::output] = packed - kernel.list[fake::output].bytes;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);

  fake::Call other(kernel);
  other.workspace = other.base + fake::Call::slot + kernel.packed_bytes;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_OK);
  other.workspace = other.base + fake::Call::slot + kernel.packed_bytes - 64;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_ERROR_OVERLAP);
  other.workspace = static_cast<Bytes>(other.at[fake::output]) + kernel.list[fake::output].bytes;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_OK);
  other.workspace = static_cast<Bytes>(other.at[fake::output]) + kernel.list[fake::output].bytes - 64;
  EXPECT_EQ(convforge_run(&kernel, &other), CONVFORGE_ERROR_OVERLAP);
}

TEST(ArgumentBoundaries, TheWorkspaceOfManyThreadsIsLonger) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  convforge_threads threads{[](void *, int, convforge_task, void *) {}, nullptr, 4};
  call.threads = &threads;
  call.at[fake::output] = static_cast<Bytes>(call.workspace) + convforge_workspace_size(&kernel, 4) - 4;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_ERROR_OVERLAP);
  threads.count = 3;
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  EXPECT_EQ(convforge_workspace_size(&kernel, 4), 128u + 4 * 192u);
  EXPECT_EQ(convforge_workspace_size(&kernel, 0), convforge_workspace_size(&kernel, 1));
  EXPECT_EQ(convforge_workspace_size(&kernel, -5), convforge_workspace_size(&kernel, 1));
  EXPECT_EQ(convforge_workspace_size(nullptr, 1), 0u);
}

TEST(ArgumentBoundaries, ReadOnlyTensorsMayOverlapEachOther) {
  fake::Kernel kernel(fake_record);
  fake::Call call(kernel);
  call.at[fake::bias] = call.at[fake::residual] = call.at[fake::input] = call.at[fake::weights];
  EXPECT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
}

} // namespace
