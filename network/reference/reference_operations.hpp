// Each operation of models/graph.hpp in float64, by its definition there. All throw Error for what they
// cannot compute.
#pragma once

#include "network/reference/value.hpp"

namespace convforge::network::reference {

Value compute(const models::Convolution &, const Call &call);
Value compute(const models::WindowPooling &, const Call &call);
Value compute(const models::Reduction &, const Call &call);
Value compute(const models::Softmax &, const Call &call);

Value compute(const models::Elementwise &, const Call &call);
Value compute(const models::Arithmetic &, const Call &call);
Value compute(const models::UnaryFunction &, const Call &call);
Value compute(const models::Selection &, const Call &call);
Value compute(const models::Prelu &, const Call &call);
Value compute(const models::BatchNormalization &, const Call &call);

Value compute(const models::Pad &, const Call &call);
Value compute(const models::Concatenation &, const Call &call);
Value compute(const models::Slice &, const Call &call);
Value compute(const models::Transposition &, const Call &call);
Value compute(const models::Reshape &, const Call &call);
Value compute(const models::Expansion &, const Call &call);
Value compute(const models::Resampling &, const Call &call);
Value compute(const models::DepthToSpace &, const Call &call);

/// A part for each output of the node; of one that it leaves out, nothing.
std::vector<Value> compute_parts(const models::Split &, const Call &call);

} // namespace convforge::network::reference
