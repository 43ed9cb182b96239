// What a fuzz target of this folder is: a reader of text or files that anyone may have written, and what must
// hold of every input. libFuzzer calls it with what it makes up (fuzzer.cpp), the tests with the seeds
// (run_seeds.cpp).
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace convforge::fuzz {

using Input = std::span<const std::uint8_t>;

/// Defined by the target: reads an input and requires what must hold of what was read. Throws Error for an
/// input that is refused, which is the one exception that a reader may throw.
void check(Input input);

/// Ends the process, so that the input is kept, unless `holds`.
void require(bool holds, const char *what);

/// The message of the Error that a call throws, which says something; empty if it throws none.
template <typename Call>
std::string refusal(const Call &call) {
  try {
    call();
    return "";
  } catch (const Error &error) {
    require(*error.what() != '\0', "an Error has a message");
    return error.what();
  }
}
template <typename Call>
bool succeeds(const Call &call) {
  return refusal(call).empty();
}

inline std::string_view text_of(Input input) {
  return {reinterpret_cast<const char *>(input.data()), input.size()};
}

} // namespace convforge::fuzz
