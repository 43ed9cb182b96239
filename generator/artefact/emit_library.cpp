// Of emit.hpp: the objects beside the compiled `conv1.c`.
#include "artefact/emit.hpp"
#include "artefact/emit_interface.hpp"

#include <fmt/format.h>

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
  for (const Operand &operand : interface.operands)
    if (const auto found = constants.operands.find(operand.name); found != constants.operands.end())
      objects.emplace_back(fmt::format("{}_{}.o", interface.name, operand.name),
                           emit_constants_object(constant_symbol(interface.name, operand.name), found->second,
                                                 variants.front().target));
  return objects;
}

} // namespace convforge
