// A network's constants: one run of bytes, in which equal ones lie once.
#pragma once

#include "models/folding/fold.hpp"
#include "problem/operand.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace convforge::network {

class ConstantPool {
public:
  /// Where the bytes lie, a multiple of 64.
  std::size_t add(std::span<const std::byte> bytes);
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

private:
  std::vector<std::uint8_t> bytes_;
  std::unordered_map<std::string, std::size_t> places_; ///< by content
};

bool is_constant(const models::FoldedConvolution &convolution, const Operand &operand);
/// The elements of an operand that is one of the convolution's constants; else nothing.
std::vector<std::byte> constant_bytes(const models::FoldedConvolution &convolution, const Operand &operand);

} // namespace convforge::network
