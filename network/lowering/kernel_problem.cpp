#include "network/lowering/kernel_problem.hpp"

#include "base/error.hpp"
#include "network/lowering/order.hpp"

#include <optional>

namespace convforge::network {
namespace {

Extents extents_of(const Problem &problem, Strides TensorStrides::*tensor) {
  if (tensor == &TensorStrides::input)
    return problem.input_extents();
  return tensor == &TensorStrides::output ? problem.output_extents() : problem.residual_extents();
}

/// The strides of a view by the letters that a problem calls its axes by. None where the view has other axes,
/// as those of matrices and of images whose depth of 1 no problem says.
std::optional<Strides> strides_of(const View &view, const Extents &extents, bool planes,
                                  bool channels_first) {
  const std::size_t rank = view.sizes.size();
  if (rank < 3 || rank > 5 || (rank == 5) != planes)
    return std::nullopt;
  const std::size_t first = channels_first ? 2 : 1, channel = channels_first ? 1 : rank - 1,
                    width = first + rank - 3;
  bool fit = true;
  const auto stride = [&](std::size_t axis, std::int64_t extent) {
    fit = fit && view.sizes[axis] == extent;
    return extent > 1 ? view.strides[axis] : std::int64_t{0};
  };
  Strides strides{.n = stride(0, extents.n), .c = stride(channel, extents.c), .w = stride(width, extents.w)};
  if (rank > 3)
    strides.h = stride(width - 1, extents.h);
  if (rank > 4)
    strides.d = stride(first, extents.d);
  return fit ? std::optional(strides) : std::nullopt;
}

} // namespace

Problem in_layout(Problem problem, Layout layout) {
  problem.layout = layout;
  return problem;
}

bool set_strides(Problem &problem, Strides TensorStrides::*tensor, const View &view, Layout of_model) {
  const std::size_t rank = view.sizes.size();
  const bool turned = of_model == Layout::nchw && problem.layout == Layout::nhwc;
  if (is_dense(view.sizes, view.strides, turned ? channels_last(rank) : row_major(rank)))
    return true;
  const auto strides =
      strides_of(view, extents_of(problem, tensor), problem.has_depth(), of_model == Layout::nchw);
  if (!strides)
    return false;
  Problem strided = problem;
  strided.strides.*tensor = *strides;
  try {
    strided.validate();
  } catch (const Error &) {
    return false;
  }
  problem = strided;
  return true;
}

} // namespace convforge::network
