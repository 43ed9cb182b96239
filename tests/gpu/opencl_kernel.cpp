#include "opencl_kernel.hpp"

#include "artefact/gpu/artefact.hpp"
#include "artefact/kernel_description.hpp"
#include "base/error.hpp"
#include "compiler/gpu/pipeline.hpp"
#include "convforge/convforge.hpp"

#include <CL/cl.h>
#include <Halide.h>

#include <memory>

namespace convforge {

namespace {

/// Strict comparisons of vectors as ordinary ones: Halide 21's OpenCL code generator does not know the former
/// (EliminateBoolVectors), and OpenCL C compares as IEEE 754 says anyway.
class OrdinaryComparisons : public Halide::Internal::IRMutator {
  using IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::Call *op) override {
    using Halide::Internal::Call;
    if (op->is_intrinsic(Call::strict_lt))
      return Halide::Internal::LT::make(mutate(op->args[0]), mutate(op->args[1]));
    return IRMutator::visit(op);
  }
};

/// The packed weights, past their header, as kernels see them.
std::vector<float> pack(const Problem &problem, const GpuPlan &plan, const std::vector<float> &weights) {
  Artefact artefact;
  artefact.name = "conv";
  artefact.problem = problem;
  artefact.target = find_target("cuda-sm80");
  artefact.plan = {.algorithm = plan.algorithm, .why = plan.why};
  artefact.views = {{0, 0}};
  artefact.pack = pack_layout(problem, pack_form(problem, plan));
  const KernelDescription description(artefact);
  const convforge_kernel kernel = description.materialise(nullptr);
  const AlignedBuffer packed = Kernel(&kernel).pack(weights);
  const auto *first = reinterpret_cast<const float *>(packed.data());
  return {first + CONVFORGE_PACK_HEADER_BYTES / sizeof(float), first + packed.size() / sizeof(float)};
}

/// A buffer of the extents and strides that the parameter asks for.
template <typename Parameter>
Halide::Buffer<float> buffer_for(Parameter parameter, int rank, const float *data) {
  std::vector<halide_dimension_t> dims;
  for (int d = 0; d < rank; d++) {
    const auto number = [](const Halide::Expr &e) {
      return static_cast<int>(*Halide::Internal::as_const_int(e));
    };
    dims.emplace_back(0, number(parameter.parameter().extent_constraint(d)),
                      number(parameter.parameter().stride_constraint(d)));
  }
  Halide::Buffer<float> buffer(const_cast<float *>(data), rank, dims.data());
  buffer.set_host_dirty();
  return buffer;
}

std::vector<float> run(GpuPipeline &made, const Problem &problem, const GpuPlan &plan,
                       const Tensors &tensors) {
  GpuConvolution &conv = made.conv;
  const std::vector<float> packed = pack(problem, plan, tensors.weights);
  const auto set = [](Halide::ImageParam &parameter, const std::vector<float> &values) {
    parameter.set(buffer_for(parameter, parameter.dimensions(), values.data()));
  };
  set(conv.input, tensors.input), set(conv.packed, packed);
  for (std::size_t i = 0; i < conv.operands.size(); i++)
    set(conv.operands[i], tensors.epilogue[i]);
  std::size_t elements = 1;
  for (const std::int64_t extent : problem.output_shape())
    elements *= static_cast<std::size_t>(extent);
  std::vector<float> output(elements, -12345.0f);
  Halide::Buffer<float> out = buffer_for(conv.output.output_buffer(), 4, output.data());
  made.pipeline.realize(out, Halide::get_host_target().with_feature(Halide::Target::OpenCL));
  out.copy_to_host();
  return output;
}

/// `action`, whose errors of Halide's become Error.
template <typename Action>
auto in_halide(const Action &action) {
  try {
    return action();
  } catch (const Halide::Error &error) {
    throw Error("Halide: " + std::string(error.what()));
  }
}

} // namespace

bool have_opencl() {
  cl_uint platforms = 0;
  return clGetPlatformIDs(0, nullptr, &platforms) == CL_SUCCESS && platforms > 0;
}

OpenClKernel make_opencl_kernel(const Problem &problem, const GpuPlan &plan) {
  return in_halide([&]() -> OpenClKernel {
    auto made = std::make_shared<GpuPipeline>(make_gpu_pipeline(problem, plan));
    made->pipeline.add_custom_lowering_pass(new OrdinaryComparisons); // the pipeline owns it
    return [made, problem, plan](const Tensors &tensors) {
      return in_halide([&] { return run(*made, problem, plan, tensors); });
    };
  });
}

} // namespace convforge
