// Interface: what the generated header, source and objects of one kernel agree on.
#pragma once

#include "artefact/emit.hpp"
#include "problem/operand.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace convforge {

/// An argument of the typed call.
struct Parameter {
  std::string type, name;
};

struct Interface {
  std::string name;
  std::vector<Operand> operands; ///< of the problem
  std::vector<bool> constant;    ///< which of them
  bool constant_weights = false;
  std::vector<Parameter>
      parameters; ///< of the typed call, in order: an operand each but the constants, workspace
  std::vector<Parameter> threaded_parameters; ///< the same and the threads
  /// Of the typed packing: the weights, what is packed with them, where to. Empty: the weights are constants.
  std::vector<Parameter> packing_parameters;
  /// Is anything packed with the weights (Role::packed)?
  bool packs_more() const { return packing_parameters.size() > 2; }
};

/// "const float *input, const void *packed, ...", in lines of less than a hundred characters.
std::string declarations(std::span<const Parameter> parameters);
/// "input, packed, ..."
std::string names(std::span<const Parameter> parameters);

/// Throws Error unless the epilogue's tensors in `constants` are the problem's, dense and of their size.
void check_constants(const Problem &problem, const Constants &constants);

/// Throws Error unless `variants` are one kernel for different targets and `constants` fit them.
Interface make_interface(std::span<const Artefact> variants, const Constants &constants);
/// What fills convforge_args.operands: the parameters by name, NULL for constants and what is packed.
std::string operand_pointers(const Interface &interface);
/// What fills the operands of convforge_pack_operands(): NULL for what is not packed.
std::string packed_pointers(const Interface &interface);
/// "#define CONV1_INPUT_ELEMENTS 12345", a line for each operand that is no constant.
std::string element_constants(const Interface &interface);
/// How C spells elements: "float", "convforge_f16".
std::string_view c_type(ElementType type);
/// Symbols of constants: a variant's packed weights, and what all variants of a kernel share.
std::string weights_symbol(const Artefact &variant);
std::string constant_symbol(std::string_view name, std::string_view operand);

} // namespace convforge
