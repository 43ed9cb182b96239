// What the generator was built from. Without it, a cache would outlive a change of the generator's code.
#pragma once

namespace convforge {

/// SHA-256 over the sources of the rooms generator (but for its command line) and schedules, and the
/// runtime's headers; made by Fingerprint.cmake.
extern const char *const generator_fingerprint;

} // namespace convforge
