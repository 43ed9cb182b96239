// The C text of a program's operations: their constant structures, and the calls.
#pragma once

#include "network/emission/emit_network.hpp"

namespace convforge::network {

/// The structures and tables of the steps that are no kernels, by the names `<network>_step_<i>`.
std::string emit_step_structures(const Network &network);
/// The calls, a line or two each: the body of `<network>_run()`.
std::string emit_step_calls(const Network &network, const Names &names);

} // namespace convforge::network
