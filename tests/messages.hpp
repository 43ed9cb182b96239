// What a call that must fail says.
#pragma once

#include "base/error.hpp"
#include "problem/epilogue.hpp"
#include "problem/problem.hpp"

#include <string>
#include <string_view>

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

/// What reading a descriptor, or an epilogue, says.
inline std::string problem_error(std::string_view text) {
  return error_of([&] { Problem::parse(text); });
}
inline std::string epilogue_error(std::string_view text) {
  return error_of([&] { Epilogue::parse(text); });
}

inline bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != text.npos;
}

} // namespace convforge
