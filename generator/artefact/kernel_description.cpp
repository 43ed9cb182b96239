#include "artefact/kernel_description.hpp"

#include "artefact/kernel_name.hpp"
#include "base/error.hpp"
#include "problem/dtype.hpp"

#include <span>

namespace convforge {
namespace {

convforge_tensor_info dense(std::span<const std::int64_t> shape, ElementType type) {
  convforge_tensor_info info = {};
  info.dtype = dtype_of(type);
  info.rank = static_cast<std::int32_t>(shape.size());
  std::int64_t elements = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    info.shape[i] = shape[i];
    info.strides[i] = elements;
    elements *= shape[i];
  }
  info.bytes = static_cast<std::size_t>(elements) * bytes_of(type);
  return info;
}

// Without its label, which must not change what is generated.
std::string shape_text(Problem problem) {
  problem.name.clear();
  return problem.descriptor();
}

convforge_pack pack_numbers(const Artefact &artefact) {
  const Pack &pack = artefact.pack;
  convforge_pack numbers = {};
  numbers.layout_id = pack.layout_id;
  numbers.kind = pack.winograd() ? CONVFORGE_PACK_WINOGRAD : CONVFORGE_PACK_BLOCKED;
  numbers.weights_oihw = artefact.problem.weights_layout == WeightsLayout::oihw;
  numbers.groups = pack.groups;
  numbers.kernel_h = pack.kernel_h;
  numbers.kernel_w = pack.kernel_w;
  numbers.group_in = pack.group_in;
  numbers.group_out = pack.group_out;
  numbers.region_count = static_cast<std::int32_t>(pack.regions.size());
  numbers.outputs_h = pack.outputs_h;
  numbers.outputs_w = pack.outputs_w;
  numbers.stride_h = pack.stride_h;
  numbers.stride_w = pack.stride_w;
  numbers.weights_dtype = dtype_of(artefact.problem.types.weights);
  numbers.packed_dtype = dtype_of(pack.type);
  return numbers;
}

convforge_kernel all_numbers(const Artefact &artefact) {
  const Problem &problem = artefact.problem;
  const ElementTypes &types = problem.types;
  convforge_kernel kernel = {};
  kernel.abi_version = CONVFORGE_ABI_VERSION;
  kernel.cpu_features = artefact.target.cpu_features;
  kernel.input = dense(problem.input_shape(), types.source);
  kernel.weights = dense(problem.weights_shape(), types.weights);
  if (problem.epilogue.has_bias()) {
    const std::int64_t channels = problem.out_channels;
    kernel.bias = dense({&channels, 1}, types.accumulator());
  }
  if (problem.epilogue.has_residual())
    kernel.residual = dense(problem.output_shape(), types.destination);
  kernel.output = dense(problem.output_shape(), types.destination);
  kernel.pack = pack_numbers(artefact);
  kernel.packed_bytes = artefact.pack.bytes;
  kernel.workspace_shared_bytes = artefact.workspace_shared_bytes;
  kernel.workspace_thread_bytes = artefact.workspace_thread_bytes;
  kernel.code_bytes = artefact.code_bytes;
  kernel.multiply_adds = static_cast<std::uint64_t>(problem.multiply_adds());
  kernel.view_count = static_cast<std::int32_t>(artefact.views.size());
  return kernel;
}

} // namespace

KernelDescription::KernelDescription(const Artefact &artefact)
    : name_(artefact.name), problem_(shape_text(artefact.problem)),
      epilogue_(artefact.problem.epilogue.text()), layout_(name_of(artefact.problem.layout)),
      target_(artefact.target.name), algorithm_(name_of(artefact.plan.algorithm)), why_(artefact.plan.why),
      pack_layout_(artefact.pack.layout), numbers_(all_numbers(artefact)) {
  check_kernel_name(name_);
  if (artefact.views.empty() || artefact.views.size() > CONVFORGE_MAX_VIEWS)
    fail("views", std::to_string(artefact.views.size()), "1 to " + std::to_string(CONVFORGE_MAX_VIEWS));
  if (artefact.pack.regions.empty())
    fail("packed weights' regions", "none", "at least one");
  for (const PackRegion &region : artefact.pack.regions)
    regions_.push_back({region.offset, region.first_channel, region.channels, region.lanes});
  for (const View &view : artefact.views) {
    if (view.tensor < 0 || view.tensor >= CONVFORGE_TENSOR_COUNT)
      fail("view's tensor", std::to_string(view.tensor), "a convforge_tensor");
    views_.push_back({view.tensor, 0, view.offset});
  }
}

convforge_kernel KernelDescription::materialise(convforge_function function) const {
  convforge_kernel kernel = numbers_;
  kernel.name = name_.c_str();
  kernel.problem = problem_.c_str();
  kernel.epilogue = epilogue_.c_str();
  kernel.layout = layout_.c_str();
  kernel.target = target_.c_str();
  kernel.algorithm = algorithm_.c_str();
  kernel.why = why_.c_str();
  kernel.pack.layout = pack_layout_.c_str();
  kernel.pack.regions = regions_.data();
  kernel.views = views_.data();
  kernel.function = function;
  return kernel;
}

} // namespace convforge
