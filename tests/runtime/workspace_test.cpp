// Scratch memory: blocks of a stack in the caller's workspace, apart for each worker.
#include "fake.hpp"

#include <gtest/gtest.h>

#include <cstring>

extern "C" { // private headers of the runtime are C
#include "context.h"
#include "poison.h"
}

namespace {

struct Scratch {
  alignas(64) char memory[1024];
  convforge_context context;
  explicit Scratch(std::size_t size = sizeof memory) : context{} {
    convforge_scratch_init(&context.scratch, memory, size);
  }
  /// What was given back is poisoned until a call ends, which these have none of: the stack is others' next.
  ~Scratch() { convforge_unpoison(memory, sizeof memory); }
  void *take(std::size_t bytes) { return convforge_workspace_take(&context, bytes); }
  void give(void *block) { convforge_workspace_give(&context, block); }
};

TEST(Workspace, BlocksAreRoundedUpTo64) {
  Scratch s;
  EXPECT_EQ(s.take(1), s.memory);
  EXPECT_EQ(s.take(64), s.memory + 64);
  EXPECT_EQ(s.take(65), s.memory + 128);
  EXPECT_EQ(s.take(1), s.memory + 256);
}

TEST(Workspace, TheLastByteCanBeTakenAndNoMore) {
  Scratch s;
  EXPECT_EQ(s.take(1025), nullptr);
  EXPECT_EQ(s.take(static_cast<std::size_t>(-1)), nullptr);
  EXPECT_EQ(s.take(0), nullptr);
  EXPECT_EQ(s.take(1024), s.memory);
  EXPECT_EQ(s.take(1), nullptr);
}

TEST(Workspace, GivingBackInReverseOrderFreesAtOnce) {
  Scratch s;
  void *a = s.take(128), *b = s.take(64);
  s.give(b);
  EXPECT_EQ(s.take(200), b);
  s.give(b);
  s.give(a);
  EXPECT_EQ(s.take(1024), s.memory);
}

TEST(Workspace, ALiveBlockIsNeverHandedOutAgain) {
  Scratch s;
  void *a = s.take(64), *b = s.take(64);
  s.give(a);
  EXPECT_EQ(s.take(64), s.memory + 128) << "b is still in use";
  s.give(s.memory + 128);
  s.give(b);
  EXPECT_EQ(s.take(1024), s.memory);
}

TEST(Workspace, StrangersAndNullAreNoBlocks) {
  Scratch s;
  s.take(64);
  s.give(nullptr);
  s.give(s.memory + 64);
  EXPECT_EQ(s.take(64), s.memory + 64);
}

TEST(Workspace, OpenBlocksAreLimited) {
  Scratch s;
  for (int i = 0; i < CONVFORGE_MAX_BLOCKS - 1; ++i)
    s.take(1);
  void *last = s.take(1);
  EXPECT_NE(last, nullptr);
  s.give(last);
  EXPECT_EQ(s.take(1), last);
  EXPECT_EQ(s.take(1), nullptr);
}

TEST(Workspace, OutsideOfLoopsKernelsGetTheSharedPart) {
  fake::Kernel kernel(fake_take_all);
  fake::Call call(kernel);
  ASSERT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  const void *blocks[3];
  std::memcpy(blocks, call.at[fake::output], sizeof blocks);
  EXPECT_EQ(blocks[0], call.workspace);
  EXPECT_EQ(blocks[1], static_cast<char *>(call.workspace) + 64);
  EXPECT_EQ(blocks[2], nullptr) << "the rest belongs to the workers";
}

TEST(Workspace, AKernelWithoutAWorkspaceGetsNothing) {
  fake::Kernel kernel(fake_take_all);
  kernel.workspace_shared_bytes = kernel.workspace_thread_bytes = 0;
  fake::Call call(kernel);
  ASSERT_EQ(convforge_run(&kernel, &call), CONVFORGE_OK);
  const void *block = &kernel;
  std::memcpy(&block, call.at[fake::output], sizeof block);
  EXPECT_EQ(block, nullptr);
}

} // namespace
