// Trip counts: how often a loop runs, where the machine code says so. Kernels have constant extents, so most
// loops count a register from one constant to another:  xor ecx, ecx / loop: ... inc rcx / cmp rcx, 3 / jne
// loop.
#pragma once

#include "analysis/control_flow.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace convforge {

/// The constant that `reg` (its 64-bit name, "RAX") surely holds before instruction `at` of the block.
std::optional<std::int64_t> constant_before(const Function &function, const ControlFlow &flow,
                                            std::size_t block, std::size_t at, const std::string &reg);

/// Iterations of the loop each time it is entered, if its one latch compares a register that steps by a
/// constant from a constant to a constant; nothing where that cannot be shown (the counter lives in memory,
/// say).
std::optional<std::int64_t> trip_count(const Function &function, const ControlFlow &flow, const Loop &loop);

} // namespace convforge
