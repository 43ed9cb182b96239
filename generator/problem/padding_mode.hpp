// What stands around the input: PyTorch's padding_mode and its names, ONNX Pad's constant, reflect, edge and
// wrap.
#pragma once

#include <cstdint>
#include <string_view>

namespace convforge {

enum class PaddingMode {
  zeros,
  reflect,   ///< the elements inside of the edge, mirrored at the one on it: c b | a b c | b a
  replicate, ///< the one on the edge: a a | a b c | c c
  circular   ///< those of the other end: b c | a b c | a b
};

std::string_view name_of(PaddingMode mode);
PaddingMode parse_padding_mode(std::string_view text); ///< the inverse; throws Error listing the names

/// Which of an axis' `input` elements stands at position `at`, counted from the first one; -1: none, a zero.
/// Further out than check_padding_mode() lets a padding reach, where tiles of Winograd may, one at an end of
/// the axis: which one shows in how sums round.
std::int64_t element_at(PaddingMode mode, std::int64_t at, std::int64_t input);

struct Problem;
/// Throws Error unless every axis has the elements that its padding takes.
void check_padding_mode(const Problem &problem);

} // namespace convforge
