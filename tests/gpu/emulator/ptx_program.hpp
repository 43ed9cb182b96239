// PTX as LLVM writes it, decoded for the emulator. What is not known is refused, never guessed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace emulator {

enum class Op {
  mov,
  pack,
  unpack,
  special,
  symbol,
  load,
  store,
  load_parameter,
  add,
  sub,
  mul,
  mul_wide,
  mul_hi,
  mad,
  mad_wide,
  fma,
  div,
  rem,
  neg,
  abs,
  sqrt,
  min,
  max,
  bit_and,
  bit_or,
  bit_xor,
  bit_not,
  shl,
  shr,
  select,
  set_predicate,
  convert,
  branch,
  barrier,
  finish
};
/// How an instruction reads its operands.
enum class Type { b32, b64, s32, u32, s64, u64, f32, pred, b16, s16 };
enum class Compare { eq, ne, lt, le, gt, ge };
enum class Space { generic, global, shared };

struct Operand {
  int reg = -1; ///< -1: the value is a constant
  std::uint64_t value = 0;
};

struct Instruction {
  Op op = Op::finish;
  Type type = Type::b32, from = Type::b32; ///< `from`: of a conversion's operand
  Compare compare = Compare::eq;
  bool unordered = false; ///< a comparison of floats that NaN makes true
  bool rounds = false;    ///< a conversion to a whole number in floating point
  bool saturates = false;
  Space space = Space::generic;
  int predicate = -1;
  bool negated = false;
  std::vector<int> to;
  std::vector<Operand> of;
  std::int64_t offset = 0; ///< of an address
  int target = 0;          ///< of a branch: an index into the code; of a special register: which
  std::string text;
};

struct Entry {
  std::vector<std::string> parameters;
  std::vector<Instruction> code;
  int registers = 0;
  int local_bytes = 0;
};

/// Where the kernel's shared memory begins: not at 0, as on chips from sm_90 on.
constexpr std::uint64_t shared_base = 0x400;
/// Where a thread's stack begins, in generic addresses.
constexpr std::uint64_t local_base = 0x100000;

/// Device memory is the host's.
inline void *host_memory(std::uint64_t address) {
  return reinterpret_cast<void *>(address); // NOLINT(performance-no-int-to-ptr)
}

/// The entries of a module by name. Throws std::runtime_error for what it does not know.
std::map<std::string, Entry> parse_ptx(const std::string &text);

} // namespace emulator
