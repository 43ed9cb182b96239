// Disassembly: the functions of a relocatable ELF object as lists of instructions. The only place that knows
// LLVM's MC library; everything after it reads text and registers.
#pragma once

#include "target/target.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace convforge {

/// Where control goes after an instruction.
enum class Flow {
  next,
  branch,
  jump,
  call,
  stop
}; // branch: conditional; stop: return, trap or an indirect jump

struct Instruction {
  std::uint64_t address = 0; ///< in bytes from the beginning of its section
  std::size_t size = 0;      ///< in bytes
  std::string mnemonic;      ///< "vfmadd231ps"
  std::vector<std::string>
      operands; ///< Intel order and syntax: the destination first, "dword ptr [rax + 4]{1to16}"
  std::vector<std::string>
      writes; ///< registers it writes, implicit ones too, by their widest name: "RAX", "ZMM3", "EFLAGS"
  Flow flow = Flow::next;
  std::optional<std::uint64_t> target; ///< of a branch or jump inside the function
  std::string symbol; ///< the callee, or the function or object whose address it takes; else empty

  /// As an assembler reads it in Intel syntax.
  std::string text() const;
};

struct Function {
  std::string name;
  std::vector<Instruction> instructions; ///< by address
};

/// Every function of `object` (a relocatable ELF file for target's triple), by section and address.
/// Thread-safe. Throws Error when the bytes are no such object or hold bytes that are no instruction.
std::vector<Function> disassemble(std::span<const std::uint8_t> object, const Target &target);

} // namespace convforge
