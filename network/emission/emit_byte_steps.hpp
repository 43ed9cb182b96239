// The C text of operations on 8-bit integers: constant structures of this name, with what they point at.
#pragma once

#include "network/network_program.hpp"

#include <string>

namespace convforge::network {

std::string quantised_structure(const QuantisedCall &call, const std::string &name);
std::string byte_map_structure(const ByteMapCall &call, const std::string &name);
std::string byte_pairs_structure(const BytePairsCall &call, const std::string &name);

} // namespace convforge::network
