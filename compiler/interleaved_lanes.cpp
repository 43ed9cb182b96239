#include "compiler/interleaved_lanes.hpp"

#include <Halide.h>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Internal::IRMutator;
using Halide::Internal::Shuffle;

constexpr int lane_bits = 32, unpacked_bits = 128;

/// Of integers that fill lanes, in registers where it takes more than one instruction.
bool joins_lanes(const Shuffle &op) {
  return op.is_interleave() && op.type.is_int_or_uint() &&
         static_cast<int>(op.vectors.size()) * op.type.bits() == lane_bits &&
         op.type.lanes() * op.type.bits() > unpacked_bits;
}

/// Does the last tap stand again where there is none, under a weight of zero? Equal constants are padding, of
/// taps that there are.
bool repeats(const Expr &element, const Expr &before) {
  return Halide::Internal::equal(element, before) && !Halide::Internal::is_const(element);
}

class InterleaveInLanes : public IRMutator {
  using IRMutator::visit;

  Expr visit(const Shuffle *op) override {
    if (!joins_lanes(*op))
      return IRMutator::visit(op);
    const int bits = op->type.bits();
    const Halide::Type lane = Halide::UInt(lane_bits, op->vectors.front().type().lanes());
    Expr lanes;
    for (std::size_t i = 0; i < op->vectors.size(); i++) {
      if (i > 0 && repeats(op->vectors[i], op->vectors[i - 1]))
        continue;
      const Expr element = Halide::reinterpret(Halide::UInt(bits, lane.lanes()), mutate(op->vectors[i]));
      const Expr wide = Halide::cast(lane, element);
      lanes = lanes.defined() ? lanes | (wide << Halide::Internal::make_const(lane, bits * i)) : wide;
    }
    return Halide::reinterpret(op->type, lanes);
  }
};

} // namespace

std::unique_ptr<IRMutator> make_interleave_in_lanes() {
  return std::make_unique<InterleaveInLanes>();
}

} // namespace convforge
