#include "tuner/contestant.hpp"
#include "compiler/compile.hpp"

#include "artefact/artefact.hpp"
#include "convforge_tools/measure.h"
#include "verify/element.hpp"
#include "verify/fill.hpp"

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

/// Values as elements of the operand's type. Those of a slice lie side by side from its beginning, zeros
/// behind them: the time of a call does not depend on which are where.
AlignedBuffer memory_of(const Operand &operand, const std::vector<float> &values) {
  const std::vector<std::byte> elements = to_elements(operand.type, values);
  AlignedBuffer buffer(operand.bytes());
  std::fill_n(std::ranges::copy(elements, buffer.data()).out, buffer.size() - elements.size(), std::byte{});
  return buffer;
}

} // namespace

TuningTensors::TuningTensors(const Problem &problem) : problem_(problem) {
  const std::vector<std::vector<float>> values = fill(problem, Fill::real, 0).all();
  const std::vector<Operand> list = operands(problem);
  for (std::size_t i = 0; i < list.size(); ++i)
    operands_.push_back(memory_of(list[i], i < values.size() ? values[i] : std::vector<float>()));
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
  packed_ = AlignedBuffer(kernel().packed_bytes);
  throw_on_error(convforge_pack_weights(&kernel(), tensors.weights(), packed_.data()));
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
