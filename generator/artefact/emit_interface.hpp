// Interface: what the generated header, source and objects of one kernel agree on.
#pragma once

#include "artefact/emit.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// An argument of the typed call and the field of convforge_args that it fills.
struct Parameter {
  std::string type;
  std::string_view name, field;
};

/// How C spells elements: "float", "convforge_f16".
std::string_view c_type(ElementType type);

struct Interface {
  std::string name;
  bool constant_weights = false, constant_bias = false;
  std::string weights_type;          ///< of an element, before packing
  std::vector<Parameter> parameters; ///< of the typed call, in order; those the kernel lacks are left out
  std::vector<Parameter> threaded_parameters; ///< the same and the threads
};

/// "const float *input, const void *packed, ...", in lines of less than a hundred characters.
std::string declarations(std::span<const Parameter> parameters);
/// "input, packed, ..."
std::string names(std::span<const Parameter> parameters);

/// Throws Error unless `variants` are one kernel for different targets and `constants` fit them.
Interface make_interface(std::span<const Artefact> variants, const Constants &constants);
/// Symbols and file names of constants.
std::string weights_symbol(const Artefact &variant);
std::string bias_symbol(std::string_view name);

} // namespace convforge
