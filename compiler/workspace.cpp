#include "compiler/workspace.hpp"
#include "base/integer.hpp"

#include "base/error.hpp"
#include "convforge/convforge.h"

#include <algorithm>

namespace convforge {

namespace {

using namespace Halide::Internal;

/// The peak of nested allocations. Only memory of type Heap reaches the runtime (schedules ask for Stack or
/// Heap by name).
class PeakAllocation : public IRVisitor {
public:
  std::size_t peak = 0;

private:
  using IRVisitor::visit;
  std::size_t live_ = 0;

  void visit(const Allocate *op) override {
    if (op->memory_type != Halide::MemoryType::Heap) {
      IRVisitor::visit(op);
      return;
    }
    const std::size_t elements = op->constant_allocation_size();
    if (elements == 0)
      throw Error("workspace: the size of " + op->name + " is not a constant");
    // Halide allots a few elements more where strided loads read whole vectors.
    const std::size_t bytes = round_up((elements + op->padding) * op->type.bytes(), CONVFORGE_ALIGNMENT);
    live_ += bytes;
    peak = std::max(peak, live_);
    IRVisitor::visit(op);
    live_ -= bytes;
  }
};

} // namespace

WorkspaceSize workspace_size(const Halide::Module &module) {
  WorkspaceSize size;
  for (const LoweredFunc &function : module.functions()) {
    PeakAllocation allocation;
    function.body.accept(&allocation);
    const bool is_task = function.linkage == Halide::LinkageType::Internal;
    std::size_t &most = is_task ? size.per_thread : size.shared;
    most = std::max(most, allocation.peak);
  }
  return size;
}

} // namespace convforge
