#include "tuner/contestant.hpp"
#include "compiler/compile.hpp"

#include "artefact/artefact.hpp"
#include "convforge_tools/measure.h"
#include "verify/element.hpp"

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

AlignedBuffer copy(const std::vector<float> &values, ElementType type) {
  const std::vector<std::byte> elements = to_elements(type, values);
  AlignedBuffer buffer(elements.size());
  std::copy(elements.begin(), elements.end(), buffer.data());
  return buffer;
}

std::size_t elements(const std::vector<std::int64_t> &shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape)
    count *= static_cast<std::size_t>(extent);
  return count;
}

} // namespace

TuningTensors::TuningTensors(const Problem &problem)
    : problem_(problem), tensors_(fill(problem, Fill::real, 0)),
      input_(copy(tensors_.input, problem.types.source)),
      weights_(copy(tensors_.weights, problem.types.weights)),
      bias_(copy(tensors_.bias, problem.types.accumulator())),
      residual_(copy(tensors_.residual, problem.types.destination)),
      output_(elements(problem.output_shape()) * bytes_of(problem.types.destination)) {}

convforge_args TuningTensors::args() {
  convforge_args args{};
  args.input = input_.data(), args.bias = bias_.data(), args.residual = residual_.data(),
  args.output = output_.data();
  return args;
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
  Call call{&kernel(), tensors.args()};
  call.args.packed_weights = packed_.data(), call.args.workspace = workspace_.data();
  throw_on_error(convforge_run(call.kernel, &call.args));
  return convforge_measure(run, &call, seconds).min_seconds;
}

} // namespace convforge
