// A model's graph in float64, node by node, as the model says it: no folding, no layouts, no memory that is
// shared. What whole networks are compared with.
#pragma once

#include "base/file.hpp"
#include "network/reference/value.hpp"

#include <string>
#include <vector>

namespace convforge::network::reference {

/// The graph's outputs for inputs in the graph's order. Throws Error, naming the node, for what cannot be
/// computed.
std::vector<Value> evaluate(const models::Graph &graph, const std::vector<Value> &inputs);

/// Reproducible numbers in [-1, 1), or of a type of 8 bits, for each input, those of another one for each.
/// Throws Error where a size is not known.
std::vector<Value> random_inputs(const models::Graph &graph);

/// NAME_input0.npy, ... and NAME_output0.npy, ...: random inputs, and the outputs for them as floats.
std::vector<Member> reference_files(const models::Graph &graph, const std::string &name);

} // namespace convforge::network::reference
