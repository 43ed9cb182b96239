#include "tuner/contestant.hpp"
#include "compiler/compile.hpp"

#include "artefact/artefact.hpp"
#include "convforge_tools/measure.h"
#include "problem/operand.hpp"

#include <algorithm>

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

AlignedBuffer copy(const std::vector<float> &values) {
  AlignedBuffer buffer(values.size() * sizeof(float));
  std::copy(values.begin(), values.end(), reinterpret_cast<float *>(buffer.data()));
  return buffer;
}

} // namespace

TuningTensors::TuningTensors(const Problem &problem)
    : problem_(problem), tensors_(fill(problem, Fill::real, 0)) {
  operands_.push_back(copy(tensors_.input));
  operands_.emplace_back();
  for (const std::vector<float> &values : tensors_.epilogue)
    operands_.push_back(copy(values));
  operands_.emplace_back(operands(problem).back().bytes());
}

std::vector<void *> TuningTensors::pointers() const {
  std::vector<void *> list;
  for (const AlignedBuffer &operand : operands_)
    list.push_back(const_cast<std::byte *>(operand.data()));
  return list;
}

Contestant::Contestant(const Problem &problem, const Plan &plan, const Target &target)
    : plan_(plan), loaded_(LoadedKernel::load(compile(problem, plan, target, "conv"))) {}

void Contestant::warm_up(TuningTensors &tensors) {
  const Kernel wrapped(&kernel());
  packed_ = wrapped.pack(tensors.weights());
  workspace_ = wrapped.make_workspace();
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
