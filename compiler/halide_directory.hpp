// Where Halide keeps files of its own.
#pragma once

#include "base/error.hpp"

#include <cerrno>
#include <system_error>
#include <unistd.h>

namespace convforge {

/// Halide's Module::compile() makes a directory in /tmp, whatever TMPDIR says. Throws Error where it could
/// not.
inline void require_halide_directory() {
  if (access("/tmp", W_OK | X_OK) != 0)
    fail("/tmp", std::generic_category().message(errno),
         "a directory that may be written to: Halide needs one there, whatever TMPDIR says, for all but "
         "objects "
         "of CPU targets");
}

} // namespace convforge
