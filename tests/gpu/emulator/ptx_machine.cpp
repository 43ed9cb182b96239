#include "ptx_machine.hpp"

#include "arithmetic.hpp"
#include "shared_memory.hpp"

#include <cstring>
#include <stdexcept>

namespace emulator {

namespace {

unsigned product(const std::array<unsigned, 3> &extents) {
  return extents[0] * extents[1] * extents[2];
}

/// One block of threads.
class Block {
public:
  Block(const Entry &entry, const Launch &launch, const Allocations &allocations,
        std::array<unsigned, 3> index)
      : entry_(entry), launch_(launch), allocations_(allocations), index_(index),
        shared_(launch.shared_bytes), threads_(product(launch.block)) {}

  void run() {
    for (Thread &thread : threads_) {
      thread.registers.assign(static_cast<std::size_t>(entry_.registers), 0);
      thread.stack.resize(static_cast<std::size_t>(entry_.local_bytes));
    }
    for (bool running = true; running;) {
      for (int t = 0; t < static_cast<int>(threads_.size()); t++)
        run_to_barrier(t);
      const int at = threads_[0].at;
      for (const Thread &thread : threads_)
        if (thread.at != at)
          throw std::runtime_error("threads of a block stand at different barriers, or some have ended");
      running = at >= 0;
      shared_.barrier();
    }
  }

private:
  struct Thread {
    std::vector<std::uint64_t> registers;
    std::vector<unsigned char> stack;
    int at = 0; ///< the next instruction; -1: has ended
  };
  const Entry &entry_;
  const Launch &launch_;
  const Allocations &allocations_;
  std::array<unsigned, 3> index_;
  SharedMemory shared_;
  std::vector<Thread> threads_;
  std::pair<std::uint64_t, std::uint64_t> last_{0, 0}; ///< the allocation accessed last

  std::uint64_t special(int which, int thread) const {
    const auto t = static_cast<unsigned>(thread);
    const std::array<unsigned, 3> &b = launch_.block;
    const std::array<unsigned, 3> own = {t % b[0], t / b[0] % b[1], t / b[0] / b[1]};
    const auto axis = static_cast<std::size_t>(which % 3);
    return which < 3 ? own[axis] : which < 6 ? index_[axis] : which < 9 ? b[axis] : launch_.grid[axis];
  }

  /// A thread's stack, in generic addresses.
  unsigned char *stack(std::uint64_t address, Thread &thread) const {
    const auto bytes = static_cast<std::uint64_t>(entry_.local_bytes);
    return address >= local_base && address + 4 <= local_base + bytes
               ? thread.stack.data() + (address - local_base)
               : nullptr;
  }

  void check_global(std::uint64_t address, std::size_t bytes) {
    if (address < last_.first || address + bytes > last_.second) {
      auto after = allocations_.upper_bound(address);
      if (after == allocations_.begin() ||
          address + bytes > std::prev(after)->first + std::prev(after)->second) {
        throw std::runtime_error("accesses device memory outside of any allocation");
      }
      --after;
      last_ = {after->first, after->first + after->second};
    }
  }

  /// A word of 32 bits of any space.
  std::uint32_t read_word(Space space, std::uint64_t address, int number) {
    if (space == Space::shared)
      return shared_.read(address, number);
    const unsigned char *local = stack(address, threads_[static_cast<std::size_t>(number)]);
    std::uint32_t word = 0;
    std::memcpy(&word, local != nullptr ? local : host_memory(address), sizeof word);
    return word;
  }
  void write_word(Space space, std::uint64_t address, std::uint32_t word, int number) {
    if (space == Space::shared) {
      shared_.write(address, word, number);
      return;
    }
    unsigned char *local = stack(address, threads_[static_cast<std::size_t>(number)]);
    std::memcpy(local != nullptr ? local : host_memory(address), &word, sizeof word);
  }

  void access(const Instruction &i, Thread &thread, int number) {
    const std::size_t first = i.op == Op::store ? 1 : 0,
                      count = i.op == Op::store ? i.of.size() - 1 : i.to.size();
    const bool two = i.type == Type::b64 || i.type == Type::u64 || i.type == Type::s64;
    const std::uint64_t size = two ? 8 : 4;
    std::uint64_t address = value(i.of[0], thread.registers) + static_cast<std::uint64_t>(i.offset);
    if (address % (size * count) != 0)
      throw std::runtime_error("accesses memory that is not aligned to the size of the access");
    if (i.space != Space::shared && stack(address, thread) == nullptr)
      check_global(address, size * count);
    for (std::size_t e = 0; e < count; e++, address += size) {
      if (i.op == Op::load) {
        std::uint64_t loaded = read_word(i.space, address, number);
        loaded |= two ? std::uint64_t(read_word(i.space, address + 4, number)) << 32 : 0;
        thread.registers[static_cast<std::size_t>(i.to[e])] = loaded;
      } else {
        const std::uint64_t stored = value(i.of[first + e], thread.registers);
        write_word(i.space, address, static_cast<std::uint32_t>(stored), number);
        if (two)
          write_word(i.space, address + 4, static_cast<std::uint32_t>(stored >> 32), number);
      }
    }
  }

  void step(const Instruction &i, Thread &thread, int number) {
    switch (i.op) {
    case Op::load:
    case Op::store:
      access(i, thread, number);
      break;
    case Op::load_parameter:
      thread.registers[static_cast<std::size_t>(i.to[0])] =
          launch_.parameters.at(static_cast<std::size_t>(i.target));
      break;
    case Op::special:
      thread.registers[static_cast<std::size_t>(i.to[0])] = special(i.target, number);
      break;
    default:
      compute(i, thread.registers);
    }
  }

  void run_to_barrier(int number) {
    Thread &thread = threads_[static_cast<std::size_t>(number)];
    while (true) {
      const Instruction &i = entry_.code[static_cast<std::size_t>(thread.at)];
      thread.at++;
      if (i.predicate >= 0 && (thread.registers[static_cast<std::size_t>(i.predicate)] != 0) == i.negated)
        continue;
      if (i.op == Op::branch) {
        thread.at = i.target;
      } else if (i.op == Op::barrier) {
        return;
      } else if (i.op == Op::finish) {
        thread.at = -1;
        return;
      } else {
        try {
          step(i, thread, number);
        } catch (const std::exception &error) {
          throw std::runtime_error("thread " + std::to_string(number) + " " + error.what() + ": " + i.text);
        }
      }
    }
  }
};

void check_limits(const Launch &launch) {
  const auto &[gx, gy, gz] = launch.grid;
  const auto &[bx, by, bz] = launch.block;
  if (gx < 1 || gx > 0x7fffffff || gy < 1 || gy > 65535 || gz < 1 || gz > 65535)
    throw std::runtime_error("the grid is beyond the limits of CUDA");
  if (bx < 1 || bx > 1024 || by < 1 || by > 1024 || bz < 1 || bz > 64 || product(launch.block) > 1024)
    throw std::runtime_error("a block has no thread, or more than CUDA allows");
  if (launch.shared_bytes > 48 * 1024)
    throw std::runtime_error("more than 48 KB of shared memory, which the function was not told of");
}

} // namespace

void run(const Entry &entry, const Launch &launch, const Allocations &allocations) {
  check_limits(launch);
  for (unsigned z = 0; z < launch.grid[2]; z++) {
    for (unsigned y = 0; y < launch.grid[1]; y++) {
      for (unsigned x = 0; x < launch.grid[0]; x++) {
        try {
          Block(entry, launch, allocations, {x, y, z}).run();
        } catch (const std::exception &error) {
          throw std::runtime_error("block " + std::to_string(x) + ", " + std::to_string(y) + ", " +
                                   std::to_string(z) + ": " + error.what());
        }
      }
    }
  }
}

} // namespace emulator
