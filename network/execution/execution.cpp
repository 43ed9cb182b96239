#include "network/execution/execution.hpp"

#include "network/execution/operation_call.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace convforge::network {
namespace {

/// Zeros, so that no number which nobody has written is a subnormal one.
AlignedBuffer zeros(std::size_t bytes) {
  AlignedBuffer buffer(bytes);
  std::fill_n(buffer.data(), buffer.size(), std::byte{});
  return buffer;
}

void fill_randomly(std::span<float> elements) {
  std::minstd_rand random;
  std::uniform_real_distribution<float> distribution(-1, 1);
  std::ranges::generate(elements, [&] { return distribution(random); });
}

void fill_randomly(std::span<std::uint8_t> bytes) {
  std::minstd_rand random;
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random() >> 8); });
}

AlignedBuffer workspace_for(std::span<const convforge_kernel *const> kernels, int threads) {
  std::size_t most = 0;
  for (const convforge_kernel *kernel : kernels)
    most = std::max(most, convforge_workspace_size(kernel, threads));
  return AlignedBuffer(most);
}

} // namespace

std::vector<std::unique_ptr<LoadedKernel>> load_kernels(const Compiled &compiled) {
  std::vector<std::unique_ptr<LoadedKernel>> loaded;
  loaded.reserve(compiled.kernels.size());
  for (const std::vector<Artefact> &variants : compiled.kernels)
    loaded.push_back(LoadedKernel::load(variants.front()));
  return loaded;
}

Execution::Execution(const Program &program, const Compiled &compiled,
                     std::span<const std::unique_ptr<LoadedKernel>> kernels, int threads)
    : program_(program), compiled_(compiled), constants_(compiled.constants.size()),
      arena_(zeros(static_cast<std::size_t>(program.arena_bytes))) {
  if (threads > 1)
    pool_.emplace(threads);
  for (const auto &kernel : kernels)
    kernels_.push_back(kernel->kernel());
  workspace_ = workspace_for(kernels_, threads);
  std::memcpy(constants_.data(), compiled.constants.data(), compiled.constants.size());
  for (const Buffer &buffer : program.buffers) {
    const bool is_end = buffer.kind == Buffer::Kind::input || buffer.kind == Buffer::Kind::output;
    ends_.push_back(is_end ? zeros(static_cast<std::size_t>(buffer.bytes())) : AlignedBuffer());
  }
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    fill_input(i);
  for (const Step &step : program.steps)
    steps_.push_back(call_of(step));
}

void Execution::fill_input(std::size_t i) {
  if (program_.buffers[static_cast<std::size_t>(program_.inputs[i])].type == ElementType::f32)
    fill_randomly(input(i));
  else
    fill_randomly(input<std::uint8_t>(i));
}

std::byte *Execution::at(const Place &place) {
  const Buffer &buffer = program_.buffer(place);
  const std::int64_t offset = static_cast<std::int64_t>(bytes_of(buffer.type)) * place.offset;
  switch (buffer.kind) {
  case Buffer::Kind::input:
  case Buffer::Kind::output:
    return ends_[static_cast<std::size_t>(place.buffer)].data() + offset;
  case Buffer::Kind::constant:
    return constants_.data() + buffer.place + offset;
  case Buffer::Kind::arena:
    return arena_.data() + buffer.place + offset;
  }
  return nullptr;
}

Call Execution::call_of(const Step &step) {
  if (const auto *kernel = std::get_if<KernelCall>(&step.operation))
    return kernel_call(step, *kernel);
  const StepTensors tensors{program_.buffer(step.reads[0]).type, at(step.reads[0]),
                            step.reads.size() > 1 ? at(step.reads[1]) : nullptr, at(step.writes)};
  return operation_call(step.operation, tensors, threads());
}

Call Execution::kernel_call(const Step &step, const KernelCall &call) {
  const convforge_kernel *kernel = kernels_[call.kernel];
  const ConvolutionConstants &constants = compiled_.convolutions[call.convolution];
  std::vector<void *> operands;
  auto read = step.reads.begin();
  for (std::size_t i = 0; i < static_cast<std::size_t>(kernel->operand_count); ++i)
    if (kernel->operands[i].role == CONVFORGE_WEIGHTS)
      operands.push_back(constants_.data() + constants.packed.front());
    else if (kernel->operands[i].role == CONVFORGE_PACKED)
      operands.push_back(nullptr);
    else if (kernel->operands[i].role == CONVFORGE_OUTPUT)
      operands.push_back(at(step.writes));
    else if (constants.operands[i] != no_constant)
      operands.push_back(constants_.data() + constants.operands[i]);
    else
      operands.push_back(at(*read++));
  return [kernel, operands, workspace = workspace_.data(), threads = threads()] {
    const convforge_args args{.operands = operands.data(), .workspace = workspace, .threads = threads};
    return convforge_run(kernel, &args);
  };
}

} // namespace convforge::network
