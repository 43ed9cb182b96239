#include "artefact/gpu/emit.hpp"

#include "artefact/emit_descriptor.hpp"
#include "artefact/emit_interface.hpp"
#include "artefact/emit_text.hpp"
#include "artefact/gpu/emit_templates.hpp"
#include "artefact/kernel_description.hpp"
#include "convforge/convforge.h"
#include "target/gpu_machine.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace convforge {

namespace {

/// The interface of all variants; throws unless they are one kernel.
Interface interface_of(std::span<const GpuArtefact> variants) {
  std::vector<Artefact> kernels;
  for (const GpuArtefact &variant : variants)
    kernels.push_back(variant.kernel);
  Interface interface = make_interface(kernels, {});
  std::erase_if(interface.parameters, [](const Parameter &p) { return p.name == "workspace"; });
  return interface;
}

std::string byte_array(const std::string &name, std::span<const std::uint8_t> bytes) {
  std::string text = fmt::format("static _Alignas(64) const unsigned char {}[] = {{", name);
  for (std::size_t i = 0; i < bytes.size(); i++)
    text += fmt::format("{}{},", i % 32 == 0 ? "\n  " : "", bytes[i]);
  return text + "};\n";
}

/// A C string; an array, as compilers need not take literals as long as device code.
std::string text_array(const std::string &name, const std::string &text) {
  std::string lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    lines += fmt::format("  /* {} */\n ", comment_text(text.substr(begin, end - 1 - begin)));
    for (std::size_t i = begin; i < end; i++)
      lines += fmt::format(" {},", static_cast<int>(text[i]));
    lines += '\n';
    begin = end;
  }
  return fmt::format("static const char {}[] = {{\n{}  0}};\n", name, lines);
}

std::string launches_definition(const GpuArtefact &variant) {
  const std::string &prefix = variant.kernel.symbol;
  std::string views, launches;
  for (std::size_t i = 0; i < variant.launches.size(); i++) {
    const GpuLaunch &launch = variant.launches[i];
    views += fmt::format("static const int32_t {}_launch{}_views[] = {{{}}};\n", prefix, i,
                         fmt::join(launch.views, ", "));
    launches += fmt::format(
        "  {{.function = \"{}\",\n   .grid = {{{}}},\n   .block = {{{}}},\n   .shared_bytes = {},\n"
        "   .view_count = {},\n   .views = {}_launch{}_views}},\n",
        launch.kernel, fmt::join(launch.grid, ", "), fmt::join(launch.block, ", "), launch.shared_bytes,
        launch.views.size(), prefix, i);
  }
  return fmt::format("{}static const convforge_cuda_launch {}_launches[] = {{\n{}}};\n", views, prefix,
                     launches);
}

std::string variant_definition(const GpuArtefact &variant) {
  const std::string &prefix = variant.kernel.symbol;
  const KernelDescription description(variant.kernel);
  std::string text = fmt::format("\n/* ---- {} ---- */\n\n", variant.kernel.target.name);
  if (!variant.cubin.empty())
    text += byte_array(prefix + "_cubin", variant.cubin) + '\n';
  text += text_array(prefix + "_ptx", variant.ptx) + '\n';
  text +=
      emit_descriptor(description.materialise(nullptr), {.function = "NULL", .constants = {}}, prefix) + '\n';
  return text + launches_definition(variant);
}

std::string variant_initialiser(const GpuArtefact &variant) {
  const std::string &prefix = variant.kernel.symbol;
  const std::string cubin =
      variant.cubin.empty()
          ? ".cubin = NULL, .cubin_bytes = 0"
          : fmt::format(".cubin = {}_cubin, .cubin_bytes = sizeof {}_cubin", prefix, prefix);
  return fmt::format(
      "  {{.compute_capability = {},\n   .kernel = &{}_descriptor,\n   {},\n   .ptx = {}_ptx,\n"
      "   .launch_count = {},\n   .launches = {}_launches}},\n",
      gpu_machine(variant.kernel.target).compute_capability, prefix, cubin, prefix, variant.launches.size(),
      prefix);
}

std::string tensor_lines(const Interface &interface, const Problem &problem) {
  std::string text;
  for (const Operand &operand : interface.operands) {
    std::string of(operand.by_channel() ? "" : name_of(problem.layout));
    if (operand.role == Role::weights)
      of = fmt::format("{}, on the host, packed by $name_pack()", name_of(problem.weights_layout));
    text += fmt::format(" *   {:9}{}  {}\n", operand.name, fmt::join(operand.shape, " x "), of);
  }
  return text;
}

} // namespace

std::string emit_cuda_header(std::span<const GpuArtefact> variants) {
  const Interface interface = interface_of(variants);
  const Problem &problem = variants.front().kernel.problem;
  std::string targets;
  for (const GpuArtefact &variant : variants) {
    targets += fmt::format("{}{}{}", targets.empty() ? "" : ", ", variant.kernel.target.name,
                           variant.cubin.empty() ? " (PTX)" : " (cubin and PTX)");
  }
  const std::string tensors = substitute(tensor_lines(interface, problem), {{"$name", interface.name}});
  return substitute(header_text, {{"$name", interface.name},
                                  {"$PREFIX", macro_prefix(interface.name)},
                                  {"$version", convforge_version()},
                                  {"$targets", targets},
                                  {"$problem", comment_text(problem.canonical())},
                                  {"$tensors", tensors},
                                  {"$sizes", element_constants(interface)},
                                  {"$arguments", names(interface.parameters)},
                                  {"$parameters", declarations(interface.parameters)}});
}

std::string emit_cuda_source(std::span<const GpuArtefact> variants) {
  const Interface interface = interface_of(variants);
  const std::string abi = std::to_string(CONVFORGE_ABI_VERSION);
  std::string source = substitute(
      source_opening, {{"$name", interface.name}, {"$version", convforge_version()}, {"$abi", abi}});
  std::string initialisers;
  for (const GpuArtefact &variant : variants) {
    source += variant_definition(variant);
    initialisers += variant_initialiser(variant);
  }
  return source + substitute(source_functions, {{"$name", interface.name},
                                                {"$variants", initialisers},
                                                {"$abi", abi},
                                                {"$count", std::to_string(variants.size())},
                                                {"$parameters", declarations(interface.parameters)},
                                                {"$operands", operand_pointers(interface)}});
}

} // namespace convforge
