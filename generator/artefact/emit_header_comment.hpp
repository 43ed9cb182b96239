// The comment that opens a generated header: problem, tensors, variants, errors and use of one kernel, for
// its reader.
#pragma once

#include "artefact/emit_interface.hpp"

#include <span>
#include <string>

namespace convforge {

std::string header_comment(const Interface &interface, std::span<const Artefact> variants);

} // namespace convforge
