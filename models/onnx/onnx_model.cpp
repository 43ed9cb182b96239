#include "models/onnx/onnx_model.hpp"

#include "base/error.hpp"
#include "models/onnx/constants.hpp"
#include "models/onnx/graph_builder.hpp"

#include <fmt/format.h>

namespace convforge::models::onnx {
namespace {

/// ai.onnx goes by the empty name, too.
void check_opsets(const ModelMessage &model) {
  for (const OperatorSet &set : model.opset_import)
    if ((set.domain.empty() || set.domain == "ai.onnx") && (set.version < 1 || set.version > newest_opset))
      fail("opset_import", std::to_string(set.version),
           fmt::format("1 to {}: onnx.version_converter converts models to another operator set",
                       newest_opset));
}

} // namespace

Graph parse_onnx_model(std::span<const std::uint8_t> bytes, const std::filesystem::path &folder,
                       const InputShapes &sizes) {
  const ModelMessage model = parse_model(bytes);
  if (!model.graph || model.opset_import.empty())
    throw Error(fmt::format("no {} in it: it is no ONNX model", model.graph ? "opset_import" : "graph"));
  check_opsets(model);
  GraphBuilder builder(folder, bytes.size());
  builder.add_inputs(*model.graph, sizes);
  builder.add_nodes(*model.graph);
  return builder.finish(*model.graph);
}

} // namespace convforge::models::onnx
