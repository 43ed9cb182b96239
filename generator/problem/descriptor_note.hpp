// What people may have meant otherwise in a descriptor.
#pragma once

#include <string>
#include <string_view>

namespace convforge {

/// Of a descriptor that Problem::parse() takes: what is left out of one axis and given of another, and so is
/// not the same on both, as sw and pw in ic3ih224iw224oc64kh3kw3sh2ph1. "" where there is nothing to be said.
/// Throws Error for what is no descriptor.
std::string descriptor_note(std::string_view descriptor);

} // namespace convforge
