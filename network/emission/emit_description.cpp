#include "network/emission/emit_description.hpp"

#include "artefact/emit_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace convforge::network {
namespace {

constexpr std::string_view description = R"(
/* ---- The network as data ---- */

$shapes
static const convforge_network_tensor $name_tensors[] = {
$tensors};

static const convforge_network_convolution $name_layers[] = {
$convolutions};

static int $name_call(const void *const *inputs, void *const *outputs, void *arena,
    const convforge_threads *threads) {
  if (!inputs || !outputs)
    return CONVFORGE_ERROR_NULL;
  return $name_run($arguments, arena, threads);
}

static const convforge_network $name_data = {
  .abi_version = CONVFORGE_ABI_VERSION, .input_count = $input_count, .output_count = $output_count,
  .convolution_count = $convolution_count, .name = $quoted_name, .model = $quoted_model,
  .tensors = $name_tensors, .convolutions = $name_layers,
  .target = $name_target, .reason = $name_reason, .arena_size = $name_arena_size, .run = $name_call};

const convforge_network *$name_network(void) { return &$name_data; }
)";

/// Of those that tensors of networks have.
const char *c_dtype_of(ElementType type) {
  return type == ElementType::u8   ? "CONVFORGE_U8"
         : type == ElementType::s8 ? "CONVFORGE_S8"
                                   : "CONVFORGE_F32";
}

/// Texts of all tensors: their shapes, their rows, and what the call passes on.
struct TensorTexts {
  std::string shapes, rows;
  std::vector<std::string> arguments;

  void add(const Network &network, const std::vector<int> &buffers, const std::vector<std::string> &names,
           const std::string &array) {
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const Buffer &buffer = network.program.buffers[static_cast<std::size_t>(buffers[i])];
      const models::Shape &sizes = network.graph->tensor(buffer.tensor).sizes();
      const std::string shape = fmt::format("{}_network_shape_{}", network.name, arguments.size());
      if (!sizes.empty())
        shapes += fmt::format("static const int64_t {}[] = {{{}}};\n", shape, fmt::join(sizes, ", "));
      rows += fmt::format("  {{.name = {}, .shape = {}, .rank = {}, .dtype = {}}},\n", c_string(names[i]),
                          sizes.empty() ? "NULL" : shape, sizes.size(), c_dtype_of(buffer.type));
      arguments.push_back(fmt::format("{}[{}]", array, i));
    }
  }
};

std::string convolution_rows(const Network &network) {
  std::string rows;
  for (std::size_t i = 0; i < network.folded->convolutions.size(); ++i) {
    const auto node = static_cast<std::size_t>(network.folded->convolutions[i].node);
    const Problem &kernel = network.program.kernels[network.program.kernel_of[i]];
    rows += fmt::format("  {{.layer = {}, .variants = {}_{}_variants}},\n",
                        c_string(network.graph->nodes[node].name), network.name, kernel.name);
  }
  return rows;
}

} // namespace

std::string emit_network_description(const Network &network, const Names &names) {
  TensorTexts tensors;
  tensors.add(network, network.program.inputs, names.inputs, "inputs");
  tensors.add(network, network.program.outputs, names.outputs, "outputs");
  return substitute(description,
                    {{"$name", network.name},
                     {"$quoted_name", c_string(network.name)},
                     {"$quoted_model", c_string(network.model)},
                     {"$shapes", tensors.shapes},
                     {"$tensors", tensors.rows},
                     {"$convolutions", convolution_rows(network)},
                     {"$arguments", fmt::format("{}", fmt::join(tensors.arguments, ", "))},
                     {"$input_count", std::to_string(names.inputs.size())},
                     {"$output_count", std::to_string(names.outputs.size())},
                     {"$convolution_count", std::to_string(network.folded->convolutions.size())}});
}

} // namespace convforge::network
