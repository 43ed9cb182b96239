// Vectors along a row of the image of which some lanes may lie beside it.
//
// Halide has loads of part of a vector, but algebra has no word for them: select() reads all lanes and then
// drops some, and what lies beside the first or the last row of a tensor is nobody's to read. So the algebra
// marks such an element, and once tiles are written out, a pass over the lowered code makes loads of the
// marked elements that leave out the lanes that the select() around them drops. Elements a stride apart
// become vectors of neighbours, of which every second lane is taken, since a load of part of a vector is of
// neighbours.
#pragma once

#include <Halide.h>

#include <memory>

namespace convforge {

/// `element` at a column of a row of so many: to stand within select(where it is in the row, ..., 0).
Halide::Expr masked_lanes(const Halide::Expr &element, const Halide::Expr &column, int columns);

/// The pass. Selects whose condition is no constant stay as they are: a defect of the planner.
/// `stores_in_pieces`: of parts of vectors, which AVX2 stores in some 40 micro-operations on AMD's cores (384
/// channels at 14x14 31 us by masks, Zen 4).
std::unique_ptr<Halide::Internal::IRMutator> mask_lanes(bool stores_in_pieces);

} // namespace convforge
