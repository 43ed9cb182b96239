// Why a kernel does not do the work of the nodes behind it, in words.
#pragma once

#include "models/graph.hpp"

namespace convforge::models {

/// "MaxPool 'pool'".
std::string in_words(const Node &node);
/// Of a value that several nodes read.
std::string several_readers(const Graph &graph, const std::vector<int> &readers);
/// Where nothing can be folded in, whatever it is: of an output of the model, and of what no node reads, or
/// several do. Else "".
std::string end_at(const Graph &graph, TensorId value, const std::vector<int> &readers);

} // namespace convforge::models
