// Whether code may be loaded at run time at all.
#pragma once

#include "base/error.hpp"

namespace convforge {

class ExecutableMemoryRefused : public Error {
public:
  using Error::Error;
};

/// Throws ExecutableMemoryRefused where the system does not let this process make memory executable that it
/// has written, as loading a kernel does. Takes some microseconds.
void require_executable_memory();

} // namespace convforge
