// The C text of a network as one constant structure, for programs that do not know it.
#pragma once

#include "network/emission/emit_network.hpp"

namespace convforge::network {

/// `<network>_network()`, with what its structure points at (convforge/network.h).
std::string emit_network_description(const Network &network, const Names &names);

} // namespace convforge::network
