#include "race/contestant.hpp"

#include "convforge_tools/measure.h"

namespace convforge {
namespace {

struct Call {
  const convforge_kernel *kernel;
  convforge_args args;
};

void run(void *closure) {
  const auto *call = static_cast<const Call *>(closure);
  convforge_run(call->kernel, &call->args);
}

} // namespace

std::size_t Contestant::bytes() const {
  return kernel().packed_bytes + convforge_workspace_size(&kernel(), 1);
}

void Contestant::warm_up(TuningTensors &tensors) {
  packed_ = AlignedBuffer(kernel().packed_bytes);
  const std::vector<void *> pointers = tensors.pointers();
  throw_on_error(convforge_pack_operands(&kernel(), pointers.data(), packed_.data()));
  workspace_ = Kernel(&kernel()).make_workspace();
  time(tensors, 0);
}

double Contestant::time(TuningTensors &tensors, double seconds) {
  std::vector<void *> pointers = tensors.pointers();
  pointers[weights_operand] = packed_.data();
  Call call{&kernel(), {pointers.data(), workspace_.data(), nullptr}};
  throw_on_error(convforge_run(call.kernel, &call.args));
  return convforge_measure(run, &call, seconds).min_seconds;
}

} // namespace convforge
