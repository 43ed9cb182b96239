// The parts of TensorFlow Lite's schema that are read: the places of fields in their tables and the numbers
// of enumerators (tensorflow/compiler/mlir/lite/schema/schema.fbs, version 3).
#pragma once

#include <string_view>

namespace convforge::models::tflite {

namespace model {
inline constexpr int operator_codes = 1, subgraphs = 2, buffers = 4;
}
namespace operator_code {
inline constexpr int deprecated_builtin_code = 0, custom_code = 1, builtin_code = 3;
}
namespace subgraph {
inline constexpr int tensors = 0, inputs = 1, outputs = 2, operators = 3, name = 4;
}
namespace tensor {
inline constexpr int shape = 0, type = 1, buffer = 2, name = 3, quantization = 4, sparsity = 6;
}
namespace buffer {
inline constexpr int data = 0, offset = 1, size = 2;
}
namespace quantization {
inline constexpr int scale = 2, zero_point = 3, quantized_dimension = 6;
}
namespace sparsity {
inline constexpr int traversal_order = 0, block_map = 1, dimensions = 2;
}
namespace dimension {
inline constexpr int format = 0, dense_size = 1, segments_type = 2, segments = 3, indices_type = 4,
                     indices = 5;
inline constexpr int values = 0; ///< of segments and indices
} // namespace dimension
namespace operation {
inline constexpr int code = 0, inputs = 1, outputs = 2, options = 4;
}
/// Of a convolution's options.
struct ConvolutionFields {
  int padding, stride_w, stride_h, activation, dilation_w, dilation_h;
  int stride_d = -1, dilation_d = -1;
};
inline constexpr ConvolutionFields conv_2d{0, 1, 2, 3, 4, 5}, depthwise_conv_2d{0, 1, 2, 4, 5, 6},
    transpose_conv{0, 1, 2, 3, -1, -1}, conv_3d{0, 2, 3, 4, 6, 7, 1, 5};

/// Numbers of BuiltinOperator.
enum Builtin {
  ADD = 0,
  CONV_2D = 3,
  DEPTHWISE_CONV_2D = 4,
  DEQUANTIZE = 6,
  LOGISTIC = 14,
  MUL = 18,
  RELU = 19,
  RELU_N1_TO_1 = 20,
  RELU6 = 21,
  TANH = 28,
  CUSTOM = 32,
  PAD = 34,
  SUB = 41,
  DIV = 42,
  PRELU = 54,
  NEG = 59,
  PADV2 = 60,
  TRANSPOSE_CONV = 67,
  LEAKY_RELU = 98,
  MIRROR_PAD = 100,
  ELU = 111,
  QUANTIZE = 114,
  HARD_SWISH = 117,
  DENSIFY = 124,
  CONV_3D = 132,
  CONV_3D_TRANSPOSE = 141,
  GELU = 150,
  STABLEHLO_CONVOLUTION = 171,
};
/// "CONV_2D"; "BUILTIN" of one that is newer than this list.
std::string_view name_of_builtin(int code);

} // namespace convforge::models::tflite
