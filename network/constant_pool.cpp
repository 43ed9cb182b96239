#include "network/constant_pool.hpp"

#include "base/integer.hpp"
#include "convforge/convforge.h"
#include "verify/element.hpp"

#include <algorithm>

namespace convforge::network {

std::size_t ConstantPool::add(std::span<const std::byte> bytes) {
  const auto *first = reinterpret_cast<const char *>(bytes.data());
  const auto [found, is_new] = places_.emplace(std::string(first, bytes.size()), bytes_.size());
  if (is_new) {
    bytes_.insert(bytes_.end(), first, first + bytes.size());
    bytes_.resize(round_up(bytes_.size(), std::size_t{CONVFORGE_ALIGNMENT}));
  }
  return found->second;
}

bool is_constant(const models::FoldedConvolution &convolution, const Operand &operand) {
  if (convolution.eight_bits && (operand.role == Role::weights || operand.role == Role::packed))
    return true;
  return std::ranges::find(convolution.constants, operand.name, [](const auto &constant) {
           return constant.first;
         }) != convolution.constants.end();
}

std::vector<std::byte> constant_bytes(const models::FoldedConvolution &convolution, const Operand &operand) {
  if (const auto &bytes = convolution.eight_bits; bytes && operand.role == Role::weights)
    return to_elements(operand.type, bytes->weights);
  else if (bytes && operand.role == Role::packed)
    return operand.name == "multipliers" ? to_elements(operand.type, bytes->multipliers)
                                         : to_elements(operand.type, bytes->bias);
  for (const auto &[name, values] : convolution.constants)
    if (name == operand.name)
      return to_elements(operand.type, values);
  return {};
}

} // namespace convforge::network
