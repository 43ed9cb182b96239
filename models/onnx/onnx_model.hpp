// ONNX models as graphs.
#pragma once

#include "models/graph.hpp"
#include "models/input_shapes.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace convforge::models::onnx {

/// The newest operator set whose operators are known to be read rightly (onnx 1.19, 2025).
inline constexpr std::int64_t newest_opset = 24;

/// `folder`: where the model lies, and files of external data with it. Throws Error naming the node,
/// attribute or tensor.
Graph parse_onnx_model(std::span<const std::uint8_t> bytes, const std::filesystem::path &folder,
                       const InputShapes &sizes = {});

} // namespace convforge::models::onnx
