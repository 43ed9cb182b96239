// What PTX's instructions without memory compute, on registers of 64 bits.
#pragma once

#include "ptx_program.hpp"

namespace emulator {

inline std::uint64_t value(const Operand &operand, const std::vector<std::uint64_t> &registers) {
  return operand.reg < 0 ? operand.value : registers[static_cast<std::size_t>(operand.reg)];
}

void compute(const Instruction &instruction, std::vector<std::uint64_t> &registers);

} // namespace emulator
