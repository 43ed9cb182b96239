// How every command prints JSON.
#pragma once

#include <cstdio>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace convforge::cli {

/// Indented, and valid whatever a problem's name holds: bytes that are no UTF-8 become U+FFFD.
inline void print_json(const nlohmann::ordered_json &value) {
  fmt::print("{}\n", value.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

} // namespace convforge::cli
