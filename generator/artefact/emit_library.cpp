#include "artefact/emit.hpp"
#include "artefact/emit_interface.hpp"

#include <cstring>

namespace convforge {

std::vector<Member> emit_objects(std::span<const Artefact> variants, const Constants &constants) {
  const Interface interface = make_interface(variants, constants);
  std::vector<Member> objects;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const Artefact &variant = variants[i];
    const std::string stem = interface.name + '_' + std::string(variant.target.name);
    objects.emplace_back(stem + ".o", variant.object);
    if (interface.constant_weights)
      objects.emplace_back(stem + "_weights.o", emit_constants_object(weights_symbol(variant),
                                                                      constants.packed[i], variant.target));
  }
  if (interface.constant_bias) {
    std::vector<std::uint8_t> bytes(std::span(constants.bias).size_bytes());
    std::memcpy(bytes.data(), constants.bias.data(), bytes.size());
    objects.emplace_back(interface.name + "_bias.o",
                         emit_constants_object(bias_symbol(interface.name), bytes, variants.front().target));
  }
  return objects;
}

} // namespace convforge
