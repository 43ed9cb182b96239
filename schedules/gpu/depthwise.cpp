// Depthwise: nothing is shared between channels, so inputs go straight from global memory to registers, a row
// of a thread's window at a time; neighbouring threads read neighbouring addresses.
#include "schedules/gpu/schedule.hpp"

namespace convforge {

void schedule_gpu_depthwise(GpuConvolution &conv, const Problem &shape, const GpuPlan &plan) {
  using namespace Halide;
  const bool nhwc = shape.layout == Layout::nhwc;
  Var k_block("k_block"), k_thread("k_thread"), k_element("k_element");
  Var p_block("p_block"), p_thread("p_thread"), p_element("p_element"), rest("rest");
  Func &out = conv.output;
  out.bound(conv.k, 0, shape.out_channels).bound(conv.p, 0, shape.width().output);
  out.split(conv.k, conv.k, k_element, plan.thread_channels, TailStrategy::GuardWithIf);
  out.split(conv.k, k_block, k_thread, plan.threads_over_channels(), TailStrategy::GuardWithIf);
  // The last thread of a row moves back to end with it: some pixels are computed twice, none is guarded.
  out.split(conv.p, conv.p, p_element, plan.thread_pixels, TailStrategy::ShiftInwards);
  out.split(conv.p, p_block, p_thread, plan.threads_over_pixels(), TailStrategy::GuardWithIf);
  const auto [fast, slow] = nhwc ? std::pair(k_thread, p_thread) : std::pair(p_thread, k_thread);
  out.reorder({k_element, p_element, fast, slow, p_block, k_block, conv.y, conv.n});
  out.fuse(conv.y, conv.n, rest).gpu_blocks(p_block, k_block, rest).gpu_threads(fast, slow);
  out.unroll(p_element);

  conv.sum.compute_at(out, fast).store_in(MemoryType::Register);
  conv.sum.unroll(conv.p);
  Stage(conv.sum.update()).reorder({conv.k, conv.p, conv.taps.x, conv.taps.y, conv.taps.z}).unroll(conv.p);
  // A row of the window stays in registers where its columns are written out: elsewhere its index is no
  // constant, and the row would lie in local memory.
  const bool row_in_registers = shape.width().kernel <= 9;
  const std::vector<Var> at = conv.image.args();
  if (row_in_registers) {
    conv.sum.update().unroll(conv.taps.y);
    conv.image.compute_at(conv.sum, conv.taps.z).store_in(MemoryType::Register).unroll(at[1]);
  }
  if (plan.thread_channels > 1) {
    out.vectorize(k_element);
    conv.sum.vectorize(conv.k);
    conv.sum.update().vectorize(conv.k);
    if (row_in_registers)
      conv.image.vectorize(at[0]);
  }
}

} // namespace convforge
