#include "compiler/interleaved_bytes.hpp"

#include <Halide.h>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Internal::IRMutator;
using Halide::Internal::Shuffle;

constexpr int bytes_a_lane = 4;

class InterleaveBytesInLanes : public IRMutator {
  using IRMutator::visit;

  Expr visit(const Shuffle *op) override {
    if (!op->is_interleave() || op->vectors.size() != bytes_a_lane ||
        op->type.element_of() != Halide::UInt(8))
      return IRMutator::visit(op);
    const Halide::Type lane = Halide::UInt(32, op->vectors.front().type().lanes());
    Expr lanes;
    for (int i = 0; i < bytes_a_lane; i++) {
      if (i > 0 && Halide::Internal::equal(op->vectors[i], op->vectors[i - 1]))
        continue;
      const Expr byte = Halide::cast(lane, mutate(op->vectors[i]));
      lanes = lanes.defined() ? lanes | (byte << Halide::Internal::make_const(lane, 8 * i)) : byte;
    }
    return Halide::reinterpret(op->type, lanes);
  }
};

} // namespace

std::unique_ptr<IRMutator> make_interleave_bytes_in_lanes() {
  return std::make_unique<InterleaveBytesInLanes>();
}

} // namespace convforge
