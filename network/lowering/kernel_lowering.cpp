#include "network/lowering/kernel_lowering.hpp"

#include "network/lowering/kernel_problem.hpp"
#include "network/lowering/view.hpp"

#include <fmt/format.h>

namespace convforge::network {
namespace {

const std::string &layer_of(const models::Graph &graph, const models::FoldedConvolution &convolution) {
  return graph.nodes[static_cast<std::size_t>(convolution.node)].name;
}

} // namespace

KernelLowering::KernelLowering(const models::Graph &graph, const models::FoldedModel &model, Layout layout,
                               ProgramBuilder &builder)
    : graph_(graph), model_(model), layout_(layout), builder_(builder), used_(model.convolutions.size()) {
  builder.program().kernel_of.assign(model.convolutions.size(), 0);
}

Problem KernelLowering::problem_of(std::size_t convolution) const {
  const Problem &problem = model_.convolutions[convolution].problem;
  return in_layout(problem, problem.layout == Layout::nchw ? layout_ : problem.layout);
}

std::size_t KernelLowering::kernel_for(Problem problem) {
  std::vector<Problem> &kernels = builder_.program().kernels;
  const auto [found, is_new] = kernels_.emplace(problem.canonical(), kernels.size());
  if (is_new) {
    problem.name = fmt::format("kernel_{}", found->second);
    kernels.push_back(std::move(problem));
  }
  return found->second;
}

/// The input and the residuals as they lie, or dense copies where the kernel cannot read them so. All
/// residuals of a kernel have the same strides: of several each is dense.
std::vector<Place> KernelLowering::reads(const models::FoldedConvolution &convolution, Problem &problem) {
  const Layout of_model = convolution.problem.layout;
  const auto read = [&](models::TensorId id, Strides TensorStrides::*tensor, bool may_be_slice) {
    const View view = builder_.view_of(id);
    const ElementTypes &types = convolution.problem.types;
    require_type(graph_.tensor(id), tensor == &TensorStrides::input ? types.source : types.destination);
    if (may_be_slice && set_strides(problem, tensor, view, of_model))
      return place_of(view);
    const Order order = order_of_kernel(convolution.problem, problem.layout, view.sizes.size());
    return place_of(builder_.dense(id, order, layer_of(graph_, convolution)));
  };
  std::vector<Place> places{read(convolution.input, &TensorStrides::input, true)};
  for (const auto &[operand, id] : convolution.residuals)
    places.push_back(read(id, &TensorStrides::residual, convolution.residuals.size() == 1));
  return places;
}

void KernelLowering::lower(std::size_t number) {
  const models::FoldedConvolution &convolution = model_.convolutions[number];
  require_type(graph_.tensor(convolution.output), convolution.problem.types.destination);
  Problem problem = problem_of(number);
  std::vector<Place> places = reads(convolution, problem);
  const View whole = builder_.made(convolution.output);
  const bool fits = set_strides(problem, &TensorStrides::output, whole, convolution.problem.layout);
  const View output =
      fits ? whole
           : builder_.new_view(builder_.type_of(whole), whole.sizes,
                               order_of_kernel(convolution.problem, problem.layout, whole.sizes.size()));
  const std::size_t kernel = kernel_for(problem);
  builder_.program().kernel_of[number] = kernel;
  used_[number] = true;
  const std::string &name = layer_of(graph_, convolution);
  builder_.add_step(name, KernelCall{number, kernel}, std::move(places), output);
  if (!fits)
    builder_.add_copy(name + ": copy of what it writes", output, whole);
}

void KernelLowering::add_unused_kernels() {
  for (std::size_t i = 0; i < used_.size(); ++i)
    if (!used_[i])
      builder_.program().kernel_of[i] = kernel_for(problem_of(i));
}

} // namespace convforge::network
