// Numbers of tensors, nodes and buffers as places of containers.
#pragma once

#include <cstddef>

namespace convforge::network {

constexpr std::size_t at(int number) {
  return static_cast<std::size_t>(number);
}

} // namespace convforge::network
