// Tensors that are needed at the same time lie apart, and others share memory.
#include "network/lowering/arena.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

using namespace convforge::network;

namespace {

/// A program whose step i writes buffer i and reads those given.
Program chain(const std::vector<std::int64_t> &elements, const std::vector<std::vector<int>> &reads) {
  Program program;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    program.buffers.push_back({.elements = elements[i]});
    std::vector<Place> places;
    for (const int buffer : reads[i])
      places.push_back({buffer, 0});
    program.steps.push_back({"", KernelCall{}, places, {static_cast<int>(i), 0}});
  }
  return program;
}

/// First and last step of each buffer, found anew.
std::pair<int, int> life(const Program &program, int buffer) {
  int first = -1, last = -1;
  for (int i = 0; i < static_cast<int>(program.steps.size()); ++i) {
    const Step &step = program.steps[static_cast<std::size_t>(i)];
    const bool used =
        step.writes.buffer == buffer ||
        std::ranges::any_of(step.reads, [&](const Place &place) { return place.buffer == buffer; });
    if (used)
      first = first < 0 ? i : first, last = i;
  }
  return {first, last};
}

void expect_apart(const Program &program) {
  for (std::size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer &a = program.buffers[i];
    EXPECT_EQ(a.place % 64, 0) << i;
    EXPECT_LE(a.place + a.bytes(), program.arena_bytes) << i;
    for (std::size_t j = 0; j < i; ++j) {
      const Buffer &b = program.buffers[j];
      const auto [first, last] = life(program, static_cast<int>(i));
      const auto [other_first, other_last] = life(program, static_cast<int>(j));
      if (first <= other_last && other_first <= last)
        EXPECT_TRUE(a.place + a.bytes() <= b.place || b.place + b.bytes() <= a.place) << i << " and " << j;
    }
  }
}

} // namespace

TEST(Arena, AChainTakesTheLargestPair) {
  Program program = chain({160, 320, 480, 64}, {{}, {0}, {1}, {2}});
  place_in_arena(program);
  expect_apart(program);
  EXPECT_EQ(program.arena_bytes, 4 * (320 + 480));
}

TEST(Arena, WhatIsReadLaterIsKept) {
  Program program = chain({100, 100, 100, 100}, {{}, {0}, {1}, {2, 0}});
  place_in_arena(program);
  expect_apart(program);
  EXPECT_EQ(program.arena_bytes, 3 * 4 * 112); // the first one to the end, and two of the others
}

TEST(Arena, BytesTakeBytes) {
  Program program = chain({100, 100}, {{}, {0}});
  for (Buffer &buffer : program.buffers)
    buffer.type = convforge::ElementType::s8;
  place_in_arena(program);
  expect_apart(program);
  EXPECT_EQ(program.arena_bytes, 2 * 128);
}

TEST(Arena, WhatTheCallerHasTakesNone) {
  Program program = chain({100, 100}, {{}, {0}});
  program.buffers[0].kind = Buffer::Kind::input;
  program.buffers[1].kind = Buffer::Kind::output;
  place_in_arena(program);
  EXPECT_EQ(program.arena_bytes, 0);
}

TEST(Arena, RandomGraphs) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    const int steps = 2 + static_cast<int>(random() % 30);
    std::vector<std::int64_t> elements;
    std::vector<std::vector<int>> reads;
    std::int64_t sum = 0;
    for (int i = 0; i < steps; ++i) {
      elements.push_back(1 + static_cast<std::int64_t>(random() % 1000));
      sum += (elements.back() + 15) / 16 * 16;
      reads.emplace_back();
      for (int r = 0; i > 0 && r < static_cast<int>(random() % 3); ++r)
        reads.back().push_back(static_cast<int>(random() % static_cast<unsigned>(i)));
    }
    Program program = chain(elements, reads);
    place_in_arena(program);
    expect_apart(program);
    EXPECT_LE(program.arena_bytes, 4 * sum);
  }
}
