#include "schedules/side_by_side.hpp"

#include "plan/dot_runs.hpp"

namespace convforge {

namespace {

using Halide::Func;
using Halide::MemoryType;
using Halide::Var;

/// Of a tile, each when it is wanted: values that never reach memory. Neighbouring rows of outputs share
/// those of the rows between them.
void keep_in_registers(Func &func, const Problem &problem, const Region &region) {
  const std::vector<Var> dims = func.args(); // i, channel, x, dot, y, z, n
  const Axis &h = problem.height(), &d = problem.depth();
  func.store_in(MemoryType::Stack);
  func.bound_extent(dims[2], region.tile_w).bound_extent(dims[4], h.window(region.tile_h));
  func.bound_extent(dims[5], d.extent()).bound_extent(dims[6], 1);
  for (std::size_t i = 2; i < dims.size() - 1; i++)
    func.unroll(dims[i]);
}

/// Of a task's rows and one block of channels: a kernel of many rows takes each of them many times.
void keep_in_workspace(Func &func, const Problem &problem, const Plan &plan, const TaskRows &rows) {
  const std::vector<Var> dims = func.args(); // i, channel, x, y, z, n
  func.store_in(MemoryType::Heap);
  func.bound_extent(dims[2], columns_side_by_side(problem, plan)).bound_extent(dims[3], rows.rows);
  func.bound_extent(dims[4], rows.planes).bound_extent(dims[5], 1);
}

} // namespace

void schedule_side_by_side(Convolution &conv, const Problem &problem, const Plan &plan, const Region &region,
                           const TaskRows &rows) {
  Func &func = conv.side_by_side;
  const std::vector<Var> dims = func.args();
  func.compute_at(conv.output, conv.v.b);
  func.bound_extent(dims[1], region.block);
  func.reorder(dims[0], dims[1]).unroll(dims[0]).vectorize(dims[1], region.lanes);
  if (taps_in_registers(plan))
    keep_in_registers(func, problem, region);
  else
    keep_in_workspace(func, problem, plan, rows);
}

} // namespace convforge
