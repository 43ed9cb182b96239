// Prints a convforge_kernel field by field, in the order of convforge.h. A run-time loader uses the same
// struct as it is (KernelDescription::materialise), so the two cannot differ.
#include "artefact/emit_descriptor.hpp"

#include "artefact/emit_text.hpp"
#include "convforge/quantise.h"
#include "problem/dtype.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <string_view>

namespace convforge {
namespace {

/// A name of convforge.h for each value.
std::string_view role_constant(std::int32_t role) {
  constexpr std::string_view names[CONVFORGE_ROLE_COUNT] = {
      "CONVFORGE_INPUT", "CONVFORGE_WEIGHTS", "CONVFORGE_EPILOGUE", "CONVFORGE_OUTPUT", "CONVFORGE_PACKED"};
  return names[role];
}
std::string_view dtype_constant(std::int32_t dtype) {
  switch (element_type_of(dtype)) {
  case ElementType::f32:
    return "CONVFORGE_F32";
  case ElementType::f16:
    return "CONVFORGE_F16";
  case ElementType::u8:
    return "CONVFORGE_U8";
  case ElementType::s8:
    return "CONVFORGE_S8";
  case ElementType::s16:
    return "CONVFORGE_S16";
  case ElementType::s32:
    return "CONVFORGE_S32";
  case ElementType::f64:
    return "CONVFORGE_F64";
  }
  return "";
}

std::string operands_definition(const convforge_kernel &kernel, const std::vector<std::string> &constants,
                                const std::string &name) {
  std::string text = fmt::format("static const convforge_operand {}[] = {{\n", name);
  for (std::size_t i = 0; i < static_cast<std::size_t>(kernel.operand_count); ++i) {
    const convforge_operand &o = kernel.operands[i];
    text += fmt::format("  {{.name = {}, .role = {}, .dtype = {}, .rank = {},\n   .shape = {{{}}}, .strides "
                        "= {{{}}}, .bytes = "
                        "{},\n   .constant = {}}},\n",
                        c_string(o.name), role_constant(o.role), dtype_constant(o.dtype), o.rank,
                        fmt::join(o.shape, o.shape + o.rank, ", "),
                        fmt::join(o.strides, o.strides + o.rank, ", "), o.bytes,
                        constants.empty() ? "NULL" : constants.at(i));
  }
  return text + "};\n";
}

/// Nothing where the output channels are the caller's.
std::string phases_initialiser(const convforge_weights_source &source) {
  if (source.phase_channels == 0)
    return {};
  return fmt::format(",\n      .phase = {{{}}}, .phase_columns = {}, .phase_channels = {}",
                     fmt::join(source.phase, ", "), source.phase_columns, source.phase_channels);
}

/// `next`: what the next piece's is called, if there is one.
std::string pack_initialiser(const convforge_pack &pack, const std::string &regions,
                             const std::string &next) {
  const std::string_view kind = pack.kind == CONVFORGE_PACK_WINOGRAD ? "CONVFORGE_PACK_WINOGRAD"
                                : pack.kind == CONVFORGE_PACK_DOT    ? "CONVFORGE_PACK_DOT"
                                                                     : "CONVFORGE_PACK_BLOCKED";
  const convforge_dot &dot = pack.dot;
  return fmt::format(
      R"({{
    .layout_id = UINT64_C({:#018x}),
    .layout = {},
    .kind = {},
    .weights_dtype = {}, .packed_dtype = {},
    .groups = {}, .group_in = {}, .group_out = {},{}
    .kernel = {{{}}}, .outputs = {{{}}}, .stride = {{{}}},
    .dot = {{.dot = {}, .run_columns = {}, .source_zero_point = {}, .offset = {}, .multipliers = {}}},
    .source = {{.first = {}, .tap = {{{}}}, .c = {}, .k = {}, .group = {}{}}},
    .region_count = {}, .regions = {}{}}})",
      pack.layout_id, c_string(pack.layout, 8), kind, dtype_constant(pack.weights_dtype),
      dtype_constant(pack.packed_dtype), pack.groups, pack.group_in, pack.group_out,
      pack.plane_channels > 0 ? fmt::format(" .plane_channels = {},", pack.plane_channels) : "",
      fmt::join(pack.kernel, ", "), fmt::join(pack.outputs, ", "), fmt::join(pack.stride, ", "), dot.dot,
      dot.run_columns, dot.source_zero_point, dot.offset, dot.multipliers, pack.source.first,
      fmt::join(pack.source.tap, ", "), pack.source.c, pack.source.k, pack.source.group,
      phases_initialiser(pack.source), pack.region_count, regions,
      pack.next ? fmt::format(", .next = &{}", next) : "");
}

std::string regions_definition(const convforge_pack &pack, const std::string &name) {
  std::string text = fmt::format("static const convforge_pack_region {}[] = {{\n", name);
  for (const convforge_pack_region &r : std::span(pack.regions, static_cast<std::size_t>(pack.region_count)))
    text +=
        fmt::format("  {{.offset = {}, .first_channel = {}, .channels = {}, .lanes = {}, .tables = {}}},\n",
                    r.offset, r.first_channel, r.channels, r.lanes, r.tables);
  return text + "};\n";
}

/// Of piece number i of a kernel that is computed in pieces.
std::string pack_name(const std::string &prefix, int i) {
  return fmt::format("{}_pack{}", prefix, i);
}

/// Of all pieces but the first, the last one first: each points at the next.
std::string later_packs(const convforge_kernel &kernel, const std::string &prefix) {
  std::string text;
  int i = 1;
  for (const convforge_pack *pack = kernel.pack.next; pack != nullptr; pack = pack->next, i++) {
    const std::string name = pack_name(prefix, i), regions = name + "_regions";
    text = regions_definition(*pack, regions) +
           fmt::format("static const convforge_pack {} = {};\n\n", name,
                       pack_initialiser(*pack, regions, pack_name(prefix, i + 1))) +
           text;
  }
  return text;
}

std::string views_definition(const convforge_kernel &kernel, const std::string &name) {
  std::string text = fmt::format("static const convforge_view {}[] = {{\n", name);
  for (const convforge_view &v : std::span(kernel.views, static_cast<std::size_t>(kernel.view_count)))
    text += fmt::format("  {{.operand = {}, .offset = {}}},\n", v.operand, v.offset);
  return text + "};\n";
}

std::string_view rounding_constant(std::int32_t rounding) {
  constexpr std::string_view names[] = {"CONVFORGE_ROUND_ONNX", "CONVFORGE_ROUND_TFLITE",
                                        "CONVFORGE_ROUND_TFLITE_SINGLE"};
  return names[rounding];
}

/// Nothing of a kernel whose results are no 8-bit integers. The factor is written to the bit.
std::string requantisation_definition(const convforge_requantisation *how, const std::string &name) {
  if (how == nullptr)
    return "";
  return fmt::format(R"(static const convforge_requantisation {} = {{
  .rounding = {},
  .zero_point = {}, .low = {}, .high = {},
  .residual_factor = {:a}f, .residual_zero_point = {}}};

)",
                     name, rounding_constant(how->rounding), how->zero_point, how->low, how->high,
                     how->residual_factor, how->residual_zero_point);
}

std::string kernel_definition(const convforge_kernel &kernel, const Symbols &symbols,
                              const std::string &prefix) {
  return fmt::format(
      R"(static const convforge_kernel {}_descriptor = {{
  .abi_version = {}u,
  .cpu_features = {:#x}u,
  .name = {},
  .problem = {},
  .epilogue = {},
  .layout = {},
  .weights_layout = {},
  .target = {},
  .algorithm = {},
  .why = {},
  .operand_count = {},
  .view_count = {},
  .operands = {}_operands,
  .views = {}_views,
  .function = {},
  .pack = {},
  .packed_bytes = {},
  .workspace_shared_bytes = {},
  .workspace_thread_bytes = {},
  .code_bytes = {},
  .multiply_adds = UINT64_C({}){}{}{}}};
)",
      prefix, kernel.abi_version, kernel.cpu_features, c_string(kernel.name), c_string(kernel.problem),
      c_string(kernel.epilogue), c_string(kernel.layout), c_string(kernel.weights_layout),
      c_string(kernel.target), c_string(kernel.algorithm), c_string(kernel.why, 6), kernel.operand_count,
      kernel.view_count, prefix, prefix, symbols.function,
      pack_initialiser(kernel.pack, prefix + "_regions", pack_name(prefix, 1)), kernel.packed_bytes,
      kernel.workspace_shared_bytes, kernel.workspace_thread_bytes, kernel.code_bytes, kernel.multiply_adds,
      kernel.requantisation ? fmt::format(",\n  .requantisation = &{}_requantisation", prefix) : "",
      kernel.padding_mode ? fmt::format(",\n  .padding_mode = {}", c_string(kernel.padding_mode)) : "",
      kernel.pooling ? fmt::format(",\n  .pooling = {},\n  .pooled_rows = {}, .pooled_columns = {}",
                                   c_string(kernel.pooling), kernel.pooled_rows, kernel.pooled_columns)
                     : "");
}

} // namespace

std::string emit_descriptor(const convforge_kernel &kernel, const Symbols &symbols,
                            const std::string &prefix) {
  return regions_definition(kernel.pack, prefix + "_regions") + '\n' + later_packs(kernel, prefix) +
         operands_definition(kernel, symbols.constants, prefix + "_operands") + '\n' +
         views_definition(kernel, prefix + "_views") + '\n' +
         requantisation_definition(kernel.requantisation, prefix + "_requantisation") +
         kernel_definition(kernel, symbols, prefix);
}

} // namespace convforge
