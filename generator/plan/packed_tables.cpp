#include "plan/packed_tables.hpp"

namespace convforge {

std::vector<PackedTable> packed_tables(const Problem &problem) {
  const PackedTable sums{"sums", ElementType::s32};
  if (!problem.types.quantised())
    return {};
  if (problem.types.destination == ElementType::s32)
    return {sums};
  if (problem.quantisation.rounding == Rounding::onnx)
    return {sums, {"multipliers", ElementType::f32}};
  return {sums, {"factors", ElementType::s32}, {"shifts", ElementType::s32}};
}

} // namespace convforge
