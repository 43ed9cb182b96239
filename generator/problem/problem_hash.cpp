// The hash of a problem, of what equality compares.
#include "problem/problem.hpp"

#include <functional>

namespace convforge {
namespace {

/// FNV-1a over whole fields. Floats go in by value, so that equal ones (0 and -0) hash equally.
struct Mixer {
  std::size_t hash = 0xcbf29ce484222325u;
  void add(std::size_t field) { hash = (hash ^ field) * 0x100000001b3u; }
  void add(int field) { add(static_cast<std::size_t>(field)); }
  void add(const Axis &axis) {
    for (const int field :
         {axis.input, axis.output, axis.kernel, axis.stride, axis.dilation, axis.pad_begin, axis.pad_end})
      add(field);
  }
  void add(const TensorStrides &strides) {
    for (const Strides &s : {strides.input, strides.residual, strides.output})
      for (const std::int64_t stride : {s.n, s.c, s.d, s.h, s.w})
        add(static_cast<std::size_t>(stride));
  }
  void add(const EpilogueOp &op) {
    add(static_cast<int>(op.kind));
    add(static_cast<int>(op.activation.kind));
    add(std::hash<float>{}(op.activation.a));
    add(std::hash<float>{}(op.activation.b));
    add(std::hash<float>{}(op.factor));
    add(std::hash<float>{}(op.summand));
  }
  void add(const std::vector<int> &numbers) {
    add(numbers.size());
    for (const int number : numbers)
      add(number);
  }
  void add(const Quantisation &quantisation) {
    add(quantisation.source_zero_point);
    add(quantisation.destination_zero_point);
    add(static_cast<int>(quantisation.rounding));
    add(std::hash<float>{}(quantisation.output_scale));
  }
};

} // namespace

std::size_t hash_value(const Problem &problem) {
  // From the fields themselves: caches hash on every call, and text would cost a microsecond.
  Mixer mixer;
  for (const int field : {static_cast<int>(problem.transposed), problem.batch, problem.groups,
                          problem.in_channels, problem.out_channels})
    mixer.add(field);
  for (const Axis &axis : problem.axes)
    mixer.add(axis);
  for (const int field : {static_cast<int>(problem.layout), static_cast<int>(problem.weights_layout),
                          static_cast<int>(problem.types.source), static_cast<int>(problem.types.weights),
                          static_cast<int>(problem.types.destination), static_cast<int>(problem.math),
                          static_cast<int>(problem.pads_with()), static_cast<int>(problem.pooling.kind)})
    mixer.add(field);
  if (problem.pools())
    for (const Axis &axis : problem.pooling.axes)
      mixer.add(axis);
  mixer.add(problem.quantisation);
  for (const EpilogueOp &op : problem.epilogue.ops())
    mixer.add(op);
  if (problem.strided())
    mixer.add(TensorStrides{problem.input_strides(), problem.residual_strides(), problem.output_strides()});
  if (!problem.zeros.none())
    for (const std::vector<int> *zeros :
         {&problem.zeros.taps, &problem.zeros.in_channels, &problem.zeros.out_channels})
      mixer.add(*zeros);
  return mixer.hash;
}

} // namespace convforge
