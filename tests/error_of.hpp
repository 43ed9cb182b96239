// What a call that must fail says.
#pragma once

#include "base/error.hpp"

#include <string>

namespace convforge {

/// The message of the Error that `call` throws; "no error" when it throws none.
template <typename Call>
std::string error_of(const Call &call) {
  try {
    call();
  } catch (const Error &error) {
    return error.what();
  }
  return "no error";
}

inline bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != text.npos;
}

} // namespace convforge
