// PTX text: what Halide writes, made into what ConvForge promises.
#pragma once

#include "artefact/gpu/artefact.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// Names the entry of each launch `symbol` (`symbol`_1, ... after the first), in the text and in `launches`:
/// nothing depends on what the process compiled before. Drops comments and the flushing of subnormal numbers,
/// which numerics.md's bounds do not allow for. Sums and products say that they round: ptxas may join them to
/// multiply-adds otherwise. It does not say how many threads a block has: ptxas 13 keeps
/// registers for more blocks then, and spills in some layers (sm_90). Throws Error if an entry is missing.
std::string canonical_ptx(std::string ptx, const std::string &symbol, std::vector<GpuLaunch> &launches);

/// Makes shared memory begin at `array`, declared here, instead of at address 0.
std::string with_shared_base(const std::string &ptx, const std::string &array);

} // namespace convforge
