// What a step that is no kernel does, in words.
#pragma once

#include "network/network_program.hpp"

#include <string>

namespace convforge::network {

struct OperationText {
  std::string kind; ///< "elementwise", "copy", "pooling", "reduction", "softmax", "resampling",
                    ///< "quantisation", "dequantisation"; "kernel"
  std::string what; ///< "multiply 1x240x240x16"
};
OperationText text_of(const Operation &operation);

} // namespace convforge::network
