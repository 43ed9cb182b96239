// The problem of a kernel that reads and writes a network's tensors where they lie.
#pragma once

#include "network/network_program.hpp"

namespace convforge::network {

/// The convolution in this layout, its weights as they are.
Problem in_layout(Problem problem, Layout layout);

/// Tensors of a kernel may be slices of larger ones, as docs/strides.md says. Sets the strides of one of them
/// in the problem; false, with nothing changed, where no kernel takes it as it lies. `of_model`: the layout
/// that the model has the tensor's axes in.
bool set_strides(Problem &problem, Strides TensorStrides::*tensor, const View &view, Layout of_model);

} // namespace convforge::network
