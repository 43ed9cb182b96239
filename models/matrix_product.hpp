// Products of matrices as convolutions.
#pragma once

#include "models/graph.hpp"

namespace convforge::models {

/// The product of data [.., K] and a constant matrix to [.., N]: a convolution of one tap, whose pixels are
/// the rows. Tensors are row-major, so that 1 x 1 x rows x K are the same bytes. `weights`: hwio of a matrix
/// [K, N], ohwi of its transpose. Throws Error where there is no such problem.
Convolution matrix_product(const Tensor &data, const Tensor &matrix, WeightsLayout weights, bool bias);
/// The same of integers, of which the problem then says these.
Convolution matrix_product(const Tensor &data, const Tensor &matrix, WeightsLayout weights, bool bias,
                           const ElementTypes &types, const Quantisation &quantisation);

} // namespace convforge::models
