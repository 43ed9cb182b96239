// A block's shared memory that notices races: between two barriers a word may be written by one thread, and
// then read by that thread only, or read by all. No word is read before it is written.
#pragma once

#include "ptx_program.hpp"

#include <stdexcept>
#include <vector>

namespace emulator {

class SharedMemory {
public:
  explicit SharedMemory(unsigned bytes) : bytes_(bytes), words_((bytes + 3) / 4) {}

  /// All threads are at a barrier.
  void barrier() { interval_++; }

  std::uint32_t read(std::uint64_t address, int thread) {
    Word &word = at(address);
    if (word.written == 0)
      throw std::runtime_error("reads shared memory that nothing was written to");
    if (word.written == interval_ && word.writer != thread)
      throw std::runtime_error("reads what another thread writes in the same interval between barriers");
    word.by_many = word.by_many && word.read == interval_;
    word.by_many = word.by_many || (word.read == interval_ && word.reader != thread);
    word.read = interval_, word.reader = thread;
    return word.value;
  }

  void write(std::uint64_t address, std::uint32_t value, int thread) {
    Word &word = at(address);
    const bool read_by_another = word.read == interval_ && (word.by_many || word.reader != thread);
    if (read_by_another || (word.written == interval_ && word.writer != thread))
      throw std::runtime_error("writes what another thread uses in the same interval between barriers");
    word.written = interval_, word.writer = thread, word.value = value;
  }

private:
  struct Word {
    std::uint32_t value = 0, written = 0, read = 0; ///< the intervals of the last accesses; 0: none yet
    int writer = 0, reader = 0;
    bool by_many = false; ///< read by several threads in the interval `read`
  };
  unsigned bytes_;
  std::uint32_t interval_ = 1;
  std::vector<Word> words_;

  Word &at(std::uint64_t address) {
    if (address < shared_base || address + 4 > shared_base + bytes_)
      throw std::runtime_error("accesses shared memory outside of the block's");
    return words_[(address - shared_base) / 4];
  }
};

} // namespace emulator
