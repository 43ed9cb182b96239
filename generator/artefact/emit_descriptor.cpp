// Prints a convforge_kernel field by field, in the order of convforge.h. A run-time loader uses the same
// struct as it is (KernelDescription::materialise), so the two cannot differ.
#include "artefact/emit_descriptor.hpp"

#include "artefact/emit_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <string_view>

namespace convforge {
namespace {

std::string_view dtype_constant(std::int32_t dtype) {
  return dtype == CONVFORGE_F16 ? "CONVFORGE_F16" : "CONVFORGE_F32";
}

std::string tensor_initialiser(const convforge_tensor_info &info) {
  if (info.rank == 0)
    return "{.rank = 0}";
  const auto numbers = [&](const std::int64_t *first) { return fmt::join(first, first + info.rank, ", "); };
  return fmt::format("{{.dtype = {}, .rank = {}, .shape = {{{}}}, .strides = {{{}}}, .bytes = {}}}",
                     dtype_constant(info.dtype), info.rank, numbers(info.shape), numbers(info.strides),
                     info.bytes);
}

std::string pack_initialiser(const convforge_pack &pack, const std::string &regions) {
  const std::string_view kind =
      pack.kind == CONVFORGE_PACK_WINOGRAD ? "CONVFORGE_PACK_WINOGRAD" : "CONVFORGE_PACK_BLOCKED";
  return fmt::format(R"({{
    .layout_id = UINT64_C({:#018x}),
    .layout = {},
    .kind = {},
    .weights_oihw = {},
    .groups = {}, .kernel_h = {}, .kernel_w = {}, .group_in = {}, .group_out = {},
    .region_count = {}, .regions = {},
    .outputs_h = {}, .outputs_w = {}, .stride_h = {}, .stride_w = {},
    .weights_dtype = {}, .packed_dtype = {}}})",
                     pack.layout_id, c_string(pack.layout, 8), kind, pack.weights_oihw, pack.groups,
                     pack.kernel_h, pack.kernel_w, pack.group_in, pack.group_out, pack.region_count, regions,
                     pack.outputs_h, pack.outputs_w, pack.stride_h, pack.stride_w,
                     dtype_constant(pack.weights_dtype), dtype_constant(pack.packed_dtype));
}

std::string regions_definition(const convforge_pack &pack, const std::string &name) {
  std::string text = fmt::format("static const convforge_pack_region {}[] = {{\n", name);
  for (const convforge_pack_region &r : std::span(pack.regions, static_cast<std::size_t>(pack.region_count)))
    text += fmt::format("  {{.offset = {}, .first_channel = {}, .channels = {}, .lanes = {}}},\n", r.offset,
                        r.first_channel, r.channels, r.lanes);
  return text + "};\n";
}

std::string_view tensor_constant(std::int32_t tensor) {
  constexpr std::string_view names[CONVFORGE_TENSOR_COUNT] = {"CONVFORGE_INPUT", "CONVFORGE_PACKED_WEIGHTS",
                                                              "CONVFORGE_BIAS", "CONVFORGE_RESIDUAL",
                                                              "CONVFORGE_OUTPUT"};
  return names[tensor];
}

std::string views_definition(const convforge_kernel &kernel, const std::string &name) {
  std::string text = fmt::format("static const convforge_view {}[] = {{\n", name);
  for (const convforge_view &v : std::span(kernel.views, static_cast<std::size_t>(kernel.view_count)))
    text += fmt::format("  {{.tensor = {}, .offset = {}}},\n", tensor_constant(v.tensor), v.offset);
  return text + "};\n";
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
  .target = {},
  .algorithm = {},
  .why = {},
  .input = {},
  .weights = {},
  .bias = {},
  .residual = {},
  .output = {},
  .pack = {},
  .packed_bytes = {},
  .workspace_shared_bytes = {},
  .workspace_thread_bytes = {},
  .code_bytes = {},
  .multiply_adds = UINT64_C({}),
  .view_count = {},
  .views = {}_views,
  .function = {},
  .constant_weights = {},
  .constant_bias = {}}};
)",
      prefix, kernel.abi_version, kernel.cpu_features, c_string(kernel.name), c_string(kernel.problem),
      c_string(kernel.epilogue), c_string(kernel.layout), c_string(kernel.target), c_string(kernel.algorithm),
      c_string(kernel.why, 6), tensor_initialiser(kernel.input), tensor_initialiser(kernel.weights),
      tensor_initialiser(kernel.bias), tensor_initialiser(kernel.residual), tensor_initialiser(kernel.output),
      pack_initialiser(kernel.pack, prefix + "_regions"), kernel.packed_bytes, kernel.workspace_shared_bytes,
      kernel.workspace_thread_bytes, kernel.code_bytes, kernel.multiply_adds, kernel.view_count, prefix,
      symbols.function, symbols.constant_weights, symbols.constant_bias);
}

} // namespace

std::string emit_descriptor(const convforge_kernel &kernel, const Symbols &symbols,
                            const std::string &prefix) {
  return regions_definition(kernel.pack, prefix + "_regions") + '\n' +
         views_definition(kernel, prefix + "_views") + '\n' + kernel_definition(kernel, symbols, prefix);
}

} // namespace convforge
