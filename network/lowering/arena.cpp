#include "network/lowering/arena.hpp"

#include "base/integer.hpp"

#include <algorithm>

namespace convforge::network {
namespace {

/// First and last step that a buffer is needed in.
struct Lifetime {
  int first = -1, last = -1;
  bool used() const { return first >= 0; }
  bool meets(const Lifetime &other) const { return first <= other.last && other.first <= last; }
  void extend(int step) {
    first = used() ? first : step;
    last = step;
  }
};

std::vector<Lifetime> lifetimes(const Program &program) {
  std::vector<Lifetime> lives(program.buffers.size());
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step &step = program.steps[i];
    for (const Place &place : step.reads)
      lives[static_cast<std::size_t>(place.buffer)].extend(static_cast<int>(i));
    lives[static_cast<std::size_t>(step.writes.buffer)].extend(static_cast<int>(i));
  }
  return lives;
}

/// A line of a processor's cache: what tensors begin at.
constexpr std::int64_t line = 64;

} // namespace

void place_in_arena(Program &program) {
  const std::vector<Lifetime> lives = lifetimes(program);
  std::vector<std::size_t> open, placed;
  for (std::size_t i = 0; i < program.buffers.size(); ++i)
    if (program.buffers[i].kind == Buffer::Kind::arena && lives[i].used())
      open.push_back(i);
  std::ranges::stable_sort(open, std::greater<>(), [&](std::size_t i) { return program.buffers[i].bytes(); });
  for (const std::size_t i : open) {
    Buffer &buffer = program.buffers[i];
    buffer.place = 0;
    // Those placed are in the order of their places: the first gap that is long enough.
    for (const std::size_t other : placed) {
      const Buffer &there = program.buffers[other];
      if (lives[i].meets(lives[other]) && there.place < buffer.place + buffer.bytes())
        buffer.place = std::max(buffer.place, round_up(there.place + there.bytes(), line));
    }
    placed.insert(std::ranges::upper_bound(placed, buffer.place, {},
                                           [&](std::size_t j) { return program.buffers[j].place; }),
                  i);
    program.arena_bytes = std::max(program.arena_bytes, round_up(buffer.place + buffer.bytes(), line));
  }
}

} // namespace convforge::network
