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
inline constexpr int code = 0, inputs = 1, outputs = 2, options = 4, custom_options = 5;
}
/// Of a convolution's options.
struct ConvolutionFields {
  int padding, stride_w, stride_h, activation, dilation_w, dilation_h;
  int stride_d = -1, dilation_d = -1;
};
inline constexpr ConvolutionFields conv_2d{0, 1, 2, 3, 4, 5}, depthwise_conv_2d{0, 1, 2, 4, 5, 6},
    transpose_conv{0, 1, 2, 3, -1, -1}, conv_3d{0, 2, 3, 4, 6, 7, 1, 5};

/// Of other options.
namespace pool_2d {
inline constexpr int padding = 0, stride_w = 1, stride_h = 2, filter_w = 3, filter_h = 4, activation = 5;
}
namespace concatenation {
inline constexpr int axis = 0, activation = 1;
}
namespace pack {
inline constexpr int axis = 1;
}
namespace fully_connected {
inline constexpr int activation = 0, weights_format = 1;
}
namespace softmax {
inline constexpr int beta = 0;
}
/// Of RESIZE_BILINEAR; those of the other one come two places earlier.
namespace resize_bilinear {
inline constexpr int align_corners = 2, half_pixel_centers = 3;
}
/// Of DEPTH_TO_SPACE and SPACE_TO_DEPTH: the block's side.
inline constexpr int block_of_pixels = 0;
namespace strided_slice {
inline constexpr int begin_mask = 0, end_mask = 1, ellipsis_mask = 2, new_axis_mask = 3, shrink_axis_mask = 4,
                     offset = 5;
}

/// Numbers of BuiltinOperator.
enum Builtin {
  ADD = 0,
  AVERAGE_POOL_2D = 1,
  CONCATENATION = 2,
  CONV_2D = 3,
  DEPTHWISE_CONV_2D = 4,
  DEPTH_TO_SPACE = 5,
  DEQUANTIZE = 6,
  FULLY_CONNECTED = 9,
  LOGISTIC = 14,
  MAX_POOL_2D = 17,
  MUL = 18,
  RELU = 19,
  RELU_N1_TO_1 = 20,
  RELU6 = 21,
  RESHAPE = 22,
  RESIZE_BILINEAR = 23,
  SOFTMAX = 25,
  SPACE_TO_DEPTH = 26,
  TANH = 28,
  CUSTOM = 32,
  PAD = 34,
  TRANSPOSE = 39,
  MEAN = 40,
  SUB = 41,
  DIV = 42,
  SQUEEZE = 43,
  STRIDED_SLICE = 45,
  EXP = 47,
  SPLIT = 49,
  PRELU = 54,
  MAXIMUM = 55,
  MINIMUM = 57,
  LESS = 58,
  NEG = 59,
  PADV2 = 60,
  GREATER = 61,
  GREATER_EQUAL = 62,
  LESS_EQUAL = 63,
  SELECT = 64,
  SLICE = 65,
  TRANSPOSE_CONV = 67,
  EXPAND_DIMS = 70,
  EQUAL = 71,
  NOT_EQUAL = 72,
  LOG = 73,
  SUM = 74,
  SQRT = 75,
  RSQRT = 76,
  POW = 78,
  REDUCE_MAX = 82,
  PACK = 83,
  LOGICAL_OR = 84,
  LOGICAL_AND = 86,
  LOGICAL_NOT = 87,
  REDUCE_MIN = 89,
  SQUARE = 92,
  RESIZE_NEAREST_NEIGHBOR = 97,
  LEAKY_RELU = 98,
  MIRROR_PAD = 100,
  ABS = 101,
  SPLIT_V = 102,
  ELU = 111,
  QUANTIZE = 114,
  HARD_SWISH = 117,
  SELECT_V2 = 123,
  DENSIFY = 124,
  CONV_3D = 132,
  CONV_3D_TRANSPOSE = 141,
  GELU = 150,
  STABLEHLO_CONVOLUTION = 171,
};
/// "CONV_2D"; "BUILTIN" of one that is newer than this list.
std::string_view name_of_builtin(int code);

} // namespace convforge::models::tflite
