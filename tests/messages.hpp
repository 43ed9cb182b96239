// What reading a problem says of one that is none.
#pragma once

#include "error_of.hpp"
#include "problem/epilogue.hpp"
#include "problem/problem.hpp"

#include <string>
#include <string_view>

namespace convforge {

/// What reading a descriptor, or an epilogue, says.
inline std::string problem_error(std::string_view text) {
  return error_of([&] { Problem::parse(text); });
}
inline std::string epilogue_error(std::string_view text) {
  return error_of([&] { Epilogue::parse(text); });
}

} // namespace convforge
