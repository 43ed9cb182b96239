// The elements of tensors in ONNX files: in the file, or in files beside it.
#pragma once

#include "models/onnx/messages.hpp"

#include <filesystem>

namespace convforge::models::onnx {

/// onnx.proto's numbers of types. What is not listed is `other`.
DataType data_type_of(std::int64_t number);

/// The tensor with its elements, of other types than ConvForge's without them. External data are read from
/// files in `folder`, the model's; a path that leads out of it, by name or by a link, is refused. Throws
/// Error naming the tensor.
Tensor read_tensor(const TensorMessage &message, const std::filesystem::path &folder);

} // namespace convforge::models::onnx
