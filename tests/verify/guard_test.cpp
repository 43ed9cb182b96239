#include "verify/guard.hpp"

#include <csignal>
#include <cstdint>
#include <gtest/gtest.h>

using namespace convforge;
using Side = GuardedBuffer::Side;

namespace {

volatile unsigned char *bytes(const GuardedBuffer &buffer) {
  return static_cast<unsigned char *>(buffer.data());
}

// A fault ends the process by SIGSEGV, or under the address sanitizer by its report.
#define EXPECT_FAULT(statement) EXPECT_DEATH(statement, "")

TEST(Guard, EveryByteInsideIsUsable) {
  for (const std::size_t size : {4u, 64u, 4096u, 4100u, 10000u})
    for (const Side side : {Side::begin, Side::end}) {
      const GuardedBuffer buffer(size, 4, side);
      for (std::size_t i = 0; i < size; ++i)
        bytes(buffer)[i] = static_cast<unsigned char>(i);
      EXPECT_EQ(bytes(buffer)[size - 1], static_cast<unsigned char>(size - 1));
      EXPECT_TRUE(buffer.intact());
    }
}

TEST(Guard, TheByteOutsideFaults) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const GuardedBuffer end(100, 4, Side::end), begin(100, 4, Side::begin);
  EXPECT_FAULT((void)bytes(end)[100]);
  EXPECT_FAULT(bytes(end)[100] = 1);
  EXPECT_FAULT((void)*(bytes(begin) - 1));
}

TEST(Guard, SlackHoldsACanary) {
  const GuardedBuffer end(100, 4, Side::end), begin(100, 4, Side::begin);
  *(bytes(end) - 1) = 1;
  EXPECT_FALSE(end.intact());
  bytes(begin)[100] = 1;
  EXPECT_FALSE(begin.intact());
}

TEST(Guard, KeepsAlignment) {
  for (const Side side : {Side::begin, Side::end}) {
    const GuardedBuffer buffer(100, 64, side);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 64, 0u);
  }
}

TEST(Guard, SealedTensorsAreForReading) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  GuardedBuffer buffer(8, 4, Side::end);
  const std::byte numbers[8] = {std::byte{1}, std::byte{2}};
  buffer.copy(numbers);
  buffer.seal();
  EXPECT_EQ(bytes(buffer)[1], 2);
  EXPECT_FAULT(bytes(buffer)[0] = 1);
}

TEST(Guard, NothingIsInsideAnEmptyTensor) {
  const GuardedBuffer buffer(0, 64, Side::end);
  EXPECT_NE(buffer.data(), nullptr);
  EXPECT_TRUE(buffer.intact());
}

} // namespace
