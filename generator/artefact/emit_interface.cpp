#include "artefact/emit_interface.hpp"

#include "artefact/emit_text.hpp"
#include "artefact/kernel_name.hpp"
#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace convforge {
namespace {

void check_variants(std::span<const Artefact> variants) {
  if (variants.empty())
    fail("variants", "none", "at least one compiled kernel");
  check_kernel_name(variants.front().name);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    if (variants[i].name != variants.front().name)
      fail("variant's name", variants[i].name, "'" + variants.front().name + "', as the first variant's");
    if (variants[i].problem != variants.front().problem)
      fail("variant's problem", variants[i].problem.canonical(), variants.front().problem.canonical());
    const auto same = [&](const Artefact &other) { return other.target == variants[i].target; };
    if (std::ranges::any_of(variants.first(i), same))
      fail("target", std::string(variants[i].target.name), "each target once");
  }
}

void check_packed(std::span<const Artefact> variants, const Constants &constants) {
  if (constants.packed.empty())
    return;
  if (constants.packed.size() != variants.size())
    fail("packed weights", std::to_string(constants.packed.size()),
         fmt::format("one for each of {} variants", variants.size()));
  for (std::size_t i = 0; i < variants.size(); ++i)
    if (constants.packed[i].size() != variants[i].pack.bytes)
      fail(fmt::format("packed weights for {}", variants[i].target.name),
           fmt::format("{} bytes", constants.packed[i].size()),
           fmt::format("{} bytes", variants[i].pack.bytes));
}

/// As a call, or packing, has it.
Parameter plain_parameter(const Operand &operand) {
  const char *access = operand.role == Role::output ? "" : "const ";
  return {fmt::format("{}{} *", access, c_type(operand.type)), operand.name};
}

/// The weights' place is taken by the packed ones.
Parameter parameter_of(const Operand &operand) {
  if (operand.role == Role::weights)
    return {"const void *", "packed"};
  return plain_parameter(operand);
}

bool is_packed(const Operand &operand) {
  return operand.role == Role::weights || operand.role == Role::packed;
}

} // namespace

void check_constants(const Problem &problem, const Constants &constants) {
  const std::vector<Operand> taken = epilogue_operands(problem), packed = packed_operands(problem);
  for (const auto &[name, bytes] : constants.operands) {
    const auto found = std::ranges::find(taken, name, &Operand::name);
    if (std::ranges::find(packed, name, &Operand::name) != packed.end())
      fail(name, fmt::format("{} bytes", bytes.size()), "none: it is packed with the weights");
    if (found == taken.end())
      fail(name, fmt::format("{} bytes", bytes.size()),
           fmt::format("none: the epilogue '{}' has no {}", problem.epilogue.text(), name));
    if (!found->is_dense())
      fail(name, "a constant",
           "a tensor that calls bring: constants are dense, and its strides are a slice's");
    if (bytes.size() != found->bytes())
      fail(name, fmt::format("{} bytes", bytes.size()),
           fmt::format("{}, {} of {} elements", found->bytes(), name_of(found->type), found->elements()));
  }
}

std::string declarations(std::span<const Parameter> parameters) {
  std::string list;
  std::size_t line_start = 0;
  for (const Parameter &p : parameters) {
    const bool full = list.size() - line_start + p.type.size() + p.name.size() > 96;
    if (!list.empty())
      list += full ? ",\n    " : ", ";
    if (full)
      line_start = list.size();
    list += fmt::format("{}{}", p.type, p.name);
  }
  return list;
}

std::string names(std::span<const Parameter> parameters) {
  std::string list;
  for (const Parameter &p : parameters)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", p.name);
  return list;
}

Interface make_interface(std::span<const Artefact> variants, const Constants &constants) {
  check_variants(variants);
  check_packed(variants, constants);
  const Problem &problem = variants.front().problem;
  check_constants(problem, constants);
  Interface interface;
  interface.name = variants.front().name;
  interface.operands = operands(problem);
  interface.constant_weights = !constants.packed.empty();
  for (const Operand &operand : interface.operands) {
    const bool constant =
        is_packed(operand) ? interface.constant_weights : constants.operands.contains(operand.name);
    interface.constant.push_back(constant);
    if (!constant && operand.role != Role::packed)
      interface.parameters.push_back(parameter_of(operand));
    if (!constant && is_packed(operand))
      interface.packing_parameters.push_back(plain_parameter(operand));
  }
  if (!interface.constant_weights)
    interface.packing_parameters.push_back({"void *", "packed"});
  // Always there, even where no variant needs it: the signature must not change with a target or a plan.
  interface.parameters.push_back({"void *", "workspace"});
  interface.threaded_parameters = interface.parameters;
  interface.threaded_parameters.push_back({"const convforge_threads *", "threads"});
  return interface;
}

std::string operand_pointers(const Interface &interface) {
  std::string list;
  for (std::size_t i = 0; i < interface.operands.size(); ++i) {
    const Operand &operand = interface.operands[i];
    const bool none = interface.constant[i] || operand.role == Role::packed;
    list += (list.empty() ? "" : ", ") + (none ? "NULL" : "(void *)" + parameter_of(operand).name);
  }
  return list;
}

std::string packed_pointers(const Interface &interface) {
  std::string list;
  for (const Operand &operand : interface.operands)
    list += (list.empty() ? "" : ", ") + (is_packed(operand) ? operand.name : "NULL");
  return list;
}

std::string element_constants(const Interface &interface) {
  std::string text;
  for (std::size_t i = 0; i < interface.operands.size(); ++i)
    if (!interface.constant[i])
      text += fmt::format("#define {}_{}_ELEMENTS {}\n", macro_prefix(interface.name),
                          macro_prefix(interface.operands[i].name),
                          interface.operands[i].bytes() / bytes_of(interface.operands[i].type));
  return text;
}

std::string_view c_type(ElementType type) {
  switch (type) {
  case ElementType::f32:
    return "float";
  case ElementType::f16:
    return "convforge_f16";
  case ElementType::u8:
    return "uint8_t";
  case ElementType::s8:
    return "int8_t";
  case ElementType::s16:
    return "int16_t";
  case ElementType::s32:
    return "int32_t";
  case ElementType::f64:
    return "double";
  }
  fail("element type", std::to_string(static_cast<int>(type)), "one of ElementType");
}

std::string weights_symbol(const Artefact &variant) {
  return variant.symbol + "_weights";
}
std::string constant_symbol(std::string_view name, std::string_view operand) {
  return fmt::format("{}_constant_{}", name, operand);
}

} // namespace convforge
