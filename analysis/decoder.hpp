// Decoder: one machine instruction from bytes, by LLVM's MC library.
#pragma once

#include "analysis/disassemble.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace convforge {

class Decoder {
public:
  /// Throws Error when the installed LLVM does not know the target.
  explicit Decoder(const Target &target);
  ~Decoder();
  /// The instruction at the beginning of `bytes`, which lies at `address` of its section. The target of a
  /// direct branch or call, or the address of an operand relative to the program counter, goes to `target` as
  /// an address in that section; `symbol` stays empty. Throws Error when the bytes are no instruction.
  Instruction decode(std::span<const std::uint8_t> bytes, std::uint64_t address) const;

private:
  struct Machine;
  std::unique_ptr<const Machine> machine_;
};

} // namespace convforge
