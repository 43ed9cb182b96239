// Calls of the runtime's operations (convforge/operations.h) on views. Each throws Error where the structure
// has no room for it.
#pragma once

#include "network/network_program.hpp"

#include <span>

namespace convforge::network {

/// output = steps(a of arithmetic b). `b`: null for copies. Inputs are broadcast to the output's sizes; axes
/// that are one run of memory in all of them are one.
ElementwiseCall elementwise(convforge_arithmetic arithmetic, const View &output, const View &a,
                            const View *b = nullptr, const Epilogue &steps = {});
/// Of floats or of bytes.
Operation copy(ElementType type, const View &output, const View &input);
/// Pixels of blocks in channels, or back: a copy.
Operation depth_to_space(ElementType type, const models::DepthToSpace &operation, const View &output,
                         const View &input);
/// Appends what is done behind it.
void append_steps(ElementwiseCall &call, const Epilogue &steps);

convforge_window_pooling pooling(const models::WindowPooling &pooling, const View &output, const View &input);
/// The output lacks the reduced axes, or has one element along them.
convforge_reduction reduction(const models::Reduction &reduction, const View &output, const View &input);
convforge_softmax softmax(const models::Softmax &softmax, const View &output, const View &input);
ResamplingCall resampling(const models::Resampling &resampling, const View &output, const View &input);
/// Elements of the padding are one of the input's, or its value.
ResamplingCall padding(const models::Pad &pad, const View &output, const View &input);

// ---- Of 8-bit integers ----

/// Between real numbers and integers of this type. The scale's axis is one of the output's.
QuantisedCall quantised(bool to_integers, ElementType type, const models::Scale &scale,
                        models::Quantize::Ties ties, const View &output, const View &input);
/// By the byte, the byte that it becomes.
using ByteTable = std::vector<std::uint8_t>;
ByteTable requantised(const models::Requantize &operation, ElementType from, ElementType to);
/// Activations that are limits in real numbers, of integers of this scale.
ByteTable limited(const Epilogue &activations, ElementType type, const models::Scale &scale);
/// In float32: what activations make of the real numbers, in the nearest steps, ties to even.
ByteTable through_floats(const Epilogue &activations, const models::Scale &from, const models::Scale &to,
                         ElementType type);
/// Each byte by a table; none: a copy.
ByteMapCall byte_map(const View &output, const View &input, ByteTable table = {});
/// The results for all pairs of numbers, by a, then by b: from -128 to 127, of bytes without a sign 128 less.
std::vector<std::int8_t> pair_results(const models::QuantisedArithmetic &arithmetic, ElementType type);
BytePairsCall byte_pairs(const models::QuantisedArithmetic &arithmetic, ElementType type, const View &output,
                         const View &a, const View &b);
/// Does to its results what a table does that is about a line of this slope. False, with nothing changed:
/// that takes a call of its own.
bool append_table(BytePairsCall &call, const ByteTable &table, double slope);

} // namespace convforge::network
