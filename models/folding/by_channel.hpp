// Constants that stand beside a convolution's output.
#pragma once

#include "models/folding/steps.hpp"

#include <optional>
#include <vector>

namespace convforge::models {

/// Which axis of the problem's tensors, which have `rank` axes, the channels are.
std::size_t channel_axis(const Problem &problem, std::size_t rank);

/// A constant that is broadcast to the value's shape, as one number or one an output channel. None: it is no
/// constant, or differs along another axis, or makes the value larger.
std::optional<std::vector<double>> by_channel(const Graph &graph, TensorId constant, TensorId value,
                                              const Problem &problem);

/// What a node does to a value, if it does the same to each element and with numbers only. False: it does
/// not.
bool append_scalar(const Graph &graph, const Node &node, TensorId value, Steps &steps);

} // namespace convforge::models
