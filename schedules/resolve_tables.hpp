// Loads through tables of channels (algorithms/channel_table.hpp): of vectors that LLVM would load element by
// element, loads of whole vectors and a shuffle.
#pragma once

#include "algorithms/channel_table.hpp"

#include <memory>
#include <vector>

namespace convforge {

/// A lowering pass that leaves no entry of these tables. Every loop over what an entry is asked for must be
/// written out; Error where one is not.
std::unique_ptr<Halide::Internal::IRMutator> resolve_tables(std::vector<ChannelTable> tables);

} // namespace convforge
