// Kernels of 8-bit integers: their constants, and convolutions of dequantised tensors that are such kernels.
#pragma once

#include "models/folding/fold.hpp"

#include <optional>
#include <span>

namespace convforge::models {

/// Of a convolution whose problem is of 8-bit integers. Throws Error naming what cannot be packed.
EightBitConstants eight_bit_constants(const Graph &graph, const Node &node);

/// A convolution in floats, all of whose tensors are dequantised, as one of the integers.
struct DequantisedConvolution {
  Problem problem; ///< with f32 results until requantise()
  EightBitConstants constants;
  float source_scale = 1;
  std::vector<float> weights_scales; ///< one, or one an output channel
};
/// `floats`: the convolution's problem; `source`: the integers that its input was, of a scale. Throws Error
/// naming what is not of integers, or not of fitting scales.
DequantisedConvolution dequantised_convolution(const Graph &graph, const Node &node, const Problem &floats,
                                               const Tensor &source, const Scale &scale);
/// Gives it results of an 8-bit type and scale. Throws Error, with nothing changed, where no kernel has them.
void requantise(DequantisedConvolution &convolution, DataType destination, const Scale &scale);

/// What 8-bit results are kept within, in their steps.
struct Limits {
  int low, high;
};
/// Those of the destination's type.
Limits limits_of_type(ElementType type);
/// Brings them nearer by activations, which are limits in real numbers themselves: relu, relu6 and clip.
/// False, with nothing changed: others are among them.
bool narrow(Limits &limits, const Epilogue &activations, const Scale &scale, Quantize::Ties ties);
/// The same as an operation of epilogues; "" where the type has no others.
std::string text_of(const Limits &limits, const Problem &problem);

} // namespace convforge::models
