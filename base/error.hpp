// The one exception of the host tools: a request that cannot be met, said so that its author can mend it.
#pragma once

#include <stdexcept>
#include <string>

namespace convforge {

class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// An Error that names the field, the value it has and what was expected: "oh: 70 (expected 1 to 58: ...)".
[[noreturn]] inline void fail(const std::string &field, const std::string &value,
                              const std::string &expected) {
  throw Error(field + ": " + value + " (expected " + expected + ")");
}

} // namespace convforge
