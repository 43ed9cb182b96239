#include "models/onnx/onnx_model.hpp"

#include "base/error.hpp"
#include "models/onnx/constants.hpp"
#include "models/onnx/graph_builder.hpp"

#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

/// The version of ai.onnx, which goes by the empty name, too; of a model that has none of it the newest.
std::int64_t opset_of(const ModelMessage &model) {
  std::int64_t opset = newest_opset;
  for (const OperatorSet &set : model.opset_import) {
    if (!set.domain.empty() && set.domain != "ai.onnx")
      continue;
    if (set.version < 1 || set.version > newest_opset)
      fail("opset_import", std::to_string(set.version),
           fmt::format("1 to {}: onnx.version_converter converts models to another operator set",
                       newest_opset));
    opset = set.version;
  }
  return opset;
}

} // namespace

Graph parse_onnx_model(std::span<const std::uint8_t> bytes, const std::filesystem::path &folder,
                       const InputShapes &sizes) {
  const ModelMessage model = parse_model(bytes);
  if (!model.graph || model.opset_import.empty())
    throw Error(fmt::format("no {} in it: it is no ONNX model", model.graph ? "opset_import" : "graph"));
  GraphBuilder builder(folder, bytes.size(), opset_of(model));
  builder.add_inputs(*model.graph, sizes);
  builder.add_nodes(*model.graph);
  return builder.finish(*model.graph);
}

} // namespace convforge::models::onnx
