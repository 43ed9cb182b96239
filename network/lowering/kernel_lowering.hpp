// A convolution's kernel as a call.
#pragma once

#include "network/lowering/program_builder.hpp"

#include <unordered_map>

namespace convforge::network {

class KernelLowering {
public:
  /// `layout`: of the kernels of models that have channels in front; of others it is the model's.
  KernelLowering(const models::Graph &graph, const models::FoldedModel &model, Layout layout,
                 ProgramBuilder &builder);
  /// Throws Error.
  void lower(std::size_t convolution);
  /// Convolutions that no output depends on have kernels all the same.
  void add_unused_kernels();

private:
  Problem problem_of(std::size_t convolution) const;
  std::size_t kernel_for(Problem problem);
  std::vector<Place> reads(const models::FoldedConvolution &convolution, Problem &problem);

  const models::Graph &graph_;
  const models::FoldedModel &model_;
  const Layout layout_;
  ProgramBuilder &builder_;
  std::vector<bool> used_;                               ///< by convolution
  std::unordered_map<std::string, std::size_t> kernels_; ///< by canonical problem: equal ones share a kernel
};

} // namespace convforge::network
