// What is inside of nodes: the graphs of branches and loops.
#pragma once

#include "models/onnx/messages.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace convforge::models::onnx {

struct Inside {
  std::vector<std::string> convolutions; ///< "Conv 'x' in then_branch"
  std::set<std::string_view> reads;      ///< names of tensors, of the graph around it, too
};

/// Of the graphs that a node has as attributes. Throws Error, also beyond a depth.
Inside inside_of(const NodeMessage &node, int most_depth);

} // namespace convforge::models::onnx
