#include "network/execution/kernel_alone.hpp"

#include "race/tuning_tensors.hpp"

namespace convforge::network {

/// A kernel with its tensors.
class KernelsAlone::Ready {
public:
  Ready(const Problem &problem, const convforge_kernel &kernel, int threads)
      : kernel_(kernel), tensors_(problem), packed_(kernel.packed_bytes),
        workspace_(convforge_workspace_size(&kernel, threads)), operands_(tensors_.pointers()) {
    throw_on_error(convforge_pack_operands(&kernel, operands_.data(), packed_.data()));
    operands_[weights_operand] = packed_.data();
  }

  int run(const convforge_threads *threads) {
    const convforge_args args{
        .operands = operands_.data(), .workspace = workspace_.data(), .threads = threads};
    return convforge_run(&kernel_, &args);
  }

private:
  const convforge_kernel &kernel_;
  TuningTensors tensors_;
  AlignedBuffer packed_, workspace_;
  std::vector<void *> operands_;
};

KernelsAlone::KernelsAlone(const Program &program, std::span<const std::unique_ptr<LoadedKernel>> kernels,
                           int threads) {
  if (threads > 1)
    pool_.emplace(threads);
  for (std::size_t i = 0; i < kernels.size(); ++i)
    ready_.push_back(std::make_unique<Ready>(program.kernels[i], *kernels[i]->kernel(), threads));
  for (const std::size_t kernel : program.kernel_of)
    steps_.emplace_back([ready = ready_[kernel].get(), threads = pool_ ? pool_->threads() : nullptr] {
      return ready->run(threads);
    });
}

KernelsAlone::~KernelsAlone() = default;

} // namespace convforge::network
