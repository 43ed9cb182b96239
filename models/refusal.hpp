// Why an operation of a model has no word in the graph: its attribute and the value.
#pragma once

#include "base/error.hpp"
#include "models/graph.hpp"

#include <span>
#include <string>
#include <string_view>

namespace convforge::models {

/// Why an operation has no word whose tensors have open sizes.
inline constexpr const char *sizes_not_known =
    "sizes are not known: --input says those of the model's inputs";

/// Throws Error: "transA=1 (expected 0)".
[[noreturn]] void refuse(std::string_view attribute, const std::string &value, std::string_view expected);
/// "2,2,1"; of a long list its beginning.
std::string text_of_numbers(std::span<const std::int64_t> numbers);

/// The operation that a function makes; where it throws Error, the reason.
template <typename Make>
Operation operation_or_refusal(const Make &make) {
  try {
    return make();
  } catch (const Error &error) {
    return OtherOperation{error.what()};
  }
}

/// Takes from a node the operation between convolutions whose tensors have sizes that are not known or
/// contradict it, or elements that are neither floating-point numbers nor of 8 bits, so that nobody has to
/// ask. It keeps the reason.
void require_sizes(const Graph &graph, Node &node);

} // namespace convforge::models
