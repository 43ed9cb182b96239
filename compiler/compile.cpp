#include "compiler/compile.hpp"

#include "base/error.hpp"
#include "base/memory_file.hpp"
#include "compiler/halide_directory.hpp"
#include "compiler/halide_target.hpp"
#include "compiler/interleaved_lanes.hpp"
#include "compiler/needed_features.hpp"
#include "compiler/object_file.hpp"
#include "compiler/reassemble.hpp"
#include "compiler/steady_names.hpp"
#include "compiler/workspace.hpp"
#include "convforge/convforge.h"
#include "planner/element_types.hpp"
#include "planner/planner.hpp"
#include "problem/operand.hpp"
#include "problem/pieces.hpp"
#include "schedules/families.hpp"

#include <Halide.h>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <utility>

namespace convforge {

namespace {

/// Halide passes a tensor as a structure that holds its address. Every extent and stride here is a constant,
/// so that the address is all a kernel reads of it: this pass makes the argument itself the address.
class PassAddresses : public Halide::Internal::IRMutator {
  using IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::Call *op) override {
    return op->name == Halide::Internal::Call::buffer_get_host ? op->args[0] : IRMutator::visit(op);
  }
};

/// Where a plan leaves out taps beside the image, the schedule must have made every such choice a constant: a
/// load that is still chosen at run time would read outside of the input, or of what a plan that rearranges
/// has made of it; but for loads of the very lanes that are chosen.
class InputIsNotSelected : public Halide::Internal::IRMutator {
public:
  /// `suffix`: the piece's, all of one length, behind which Halide may count functions of the same name.
  InputIsNotSelected(const Plan &plan, const std::string &suffix)
      : begin_(plan.rearranges() ? "pixels_" : "input"), suffix_(suffix) {}

private:
  using IRMutator::visit;
  std::string begin_, suffix_; ///< of its name
  bool selected_ = false;

  Halide::Expr visit(const Halide::Internal::Select *op) override {
    const bool outer = std::exchange(selected_, true);
    IRMutator::visit(op);
    selected_ = outer;
    return op;
  }
  Halide::Expr visit(const Halide::Internal::Load *op) override {
    if (selected_ && Halide::Internal::is_const_one(op->predicate) && op->name.starts_with(begin_) &&
        op->name.find(suffix_) != std::string::npos) {
      throw Error("schedule: a tap beside the image is chosen at run time, expected by constants; this is a "
                  "defect of the planner: report the problem");
    }
    return IRMutator::visit(op);
  }
};

/// All regions of a kernel, with the arguments in the order of the kernel's views.
struct Kernel {
  std::vector<Halide::Func> outputs;
  std::vector<Halide::Argument> arguments;
  std::vector<View> views, output_views;
  std::vector<std::unique_ptr<Halide::Internal::IRMutator>> passes; ///< of its own
};

/// Which of the problem's tensors a kernel's arguments are, from where on.
struct Views {
  const Problem &problem;
  std::vector<Operand> operands;
  Piece piece; ///< the whole problem where it is no piece

  /// Bytes from an operand's beginning to what the piece has of it, of output channel `channel` of a group.
  std::size_t offset(const Operand &operand, int channel) const {
    std::int64_t elements = 0;
    const std::size_t axes = problem.spatial().size(), first = problem.layout == Layout::nchw ? 2 : 1;
    for (std::size_t i = 0; !operand.by_channel() && i < axes; i++) {
      const std::size_t axis = i + 3 - axes;
      const int at = operand.role == Role::input ? piece.input[axis] : piece.output[axis].first;
      elements += at * operand.strides[first + i];
    }
    const std::size_t channels = operand.by_channel()             ? 0
                                 : problem.layout == Layout::nchw ? 1
                                                                  : operand.shape.size() - 1;
    elements += channel * operand.strides[channels];
    return static_cast<std::size_t>(elements) * bytes_of(operand.type);
  }
};

/// Adds a region's arguments and views, with the offsets of its first channel.
void add_region(Kernel &kernel, const RegionPipeline &made, const Views &views, const PackRegion &packed) {
  const auto add = [&](const Halide::ImageParam &parameter, std::size_t operand, std::size_t offset) {
    if (parameter.defined()) {
      kernel.arguments.push_back(parameter);
      kernel.views.push_back({static_cast<int>(operand), offset});
    }
  };
  // Without taps there are no weights, whose place may be the end of all.
  const std::size_t weights = views.piece.without_taps() ? 0 : packed.offset;
  add(made.packed, weights_operand, weights);
  add(made.packed_odd, weights_operand, weights);
  for (std::size_t i = 0; i < made.tables.size(); i++)
    add(made.tables[i], weights_operand, packed.tables + i * packed.table_bytes);
  for (std::size_t i = 0; i < made.operands.size(); i++) {
    const std::size_t index = first_epilogue_operand(views.problem) + i;
    add(made.operands[i], index, views.offset(views.operands[index], made.first_channel));
  }
  kernel.outputs.push_back(made.output);
  kernel.output_views.push_back(
      {static_cast<int>(views.operands.size() - 1), views.offset(views.operands.back(), made.first_channel)});
}

/// A piece without taps reads nothing, so that it has nothing to copy.
Plan used_plan(const Piece &piece, Plan plan) {
  if (Window *window = plan.own_window(); window && piece.without_taps())
    *window = {.taps_innermost = window->taps_innermost};
  return plan;
}

/// Adds one convolution: the whole problem, or a piece of it.
void add_pipeline(Kernel &kernel, const Views &views, const Plan &planned, const Pack &pack,
                  const Target &target, const std::string &suffix) {
  const Plan plan = used_plan(views.piece, planned);
  KernelPipeline pipeline = make_pipeline(views.piece.problem, plan, target, suffix);
  kernel.arguments.push_back(pipeline.input);
  kernel.views.push_back({static_cast<int>(input_operand), views.offset(views.operands[input_operand], 0)});
  for (std::size_t i = 0; i < pipeline.regions.size(); i++)
    add_region(kernel, pipeline.regions[i], views, pack.regions[i]);
  if (pipeline.pass)
    kernel.passes.push_back(std::move(pipeline.pass));
  if (plan.window().skip_columns)
    kernel.passes.push_back(std::make_unique<InputIsNotSelected>(plan, suffix));
}

Kernel build(const Problem &problem, const Plan &plan, const Pack &pack, const Target &target) {
  Kernel kernel;
  Views views{problem, operands(problem), {}};
  views.piece.problem = problem;
  if (plan.pieces.empty())
    add_pipeline(kernel, views, plan, pack, target, "");
  const std::vector<Piece> pieces = plan.pieces.empty() ? std::vector<Piece>{} : pieces_of(problem);
  for (std::size_t i = 0; i < pieces.size(); i++) {
    views.piece = pieces[i];
    add_pipeline(kernel, views, plan.pieces[i], i == 0 ? pack : pack.others[i - 1], target,
                 fmt::format("_piece{:03}", i));
  }
  kernel.views.insert(kernel.views.end(), kernel.output_views.begin(), kernel.output_views.end());
  return kernel;
}

/// Are bytes joined in lanes in any of its loops?
bool interleaves(const Plan &plan) {
  return (plan.channelwise() && plan.dot != Dot::none) || std::ranges::any_of(plan.pieces, interleaves);
}

/// In memory, without Module::compile() and its directory.
std::vector<std::uint8_t> object_of(const Halide::Module &module) {
  const Halide::Buffer<std::uint8_t> object = module.compile_to_buffer();
  return {object.data(), object.data() + object.number_of_elements()};
}

std::string assembly_of(const Halide::Module &module) {
  require_halide_directory();
  const MemoryFile assembly;
  module.compile({{Halide::OutputFileType::assembly, assembly.path()}});
  const auto bytes = assembly.read();
  return {bytes.begin(), bytes.end()};
}

void translate(Artefact &artefact, Kernel &kernel, Listing *listing) {
  const std::string function = artefact.symbol + "_halide";
  Halide::Pipeline pipeline(kernel.outputs);
  pipeline.add_custom_lowering_pass(new PassAddresses); // the pipeline owns it
  for (std::unique_ptr<Halide::Internal::IRMutator> &pass : kernel.passes)
    pipeline.add_custom_lowering_pass(pass.release());
  if (artefact.target.isa != Isa::neon && interleaves(artefact.plan))
    pipeline.add_custom_lowering_pass(make_interleave_in_lanes().release());
  const Halide::Module module = pipeline.compile_to_module(
      kernel.arguments, function, halide_target(artefact.target).with_feature(Halide::Target::UserContext),
      Halide::LinkageType::ExternalPlusArgv);
  const WorkspaceSize workspace = workspace_size(module);
  artefact.workspace_shared_bytes = workspace.shared;
  artefact.workspace_thread_bytes = workspace.per_thread;

  std::string assembly;
  artefact.object = canonical_object(object_of(module), function, artefact.symbol);
  try {
    artefact.needed_features = needed_features(artefact.object, artefact.target);
  } catch (const InstructionNotPromised &) {
    assembly = with_promised_instructions(assembly_of(module));
    artefact.object = canonical_object(assemble(assembly), function, artefact.symbol);
    artefact.needed_features = needed_features(artefact.object, artefact.target);
  }
  artefact.code_bytes = code_bytes(artefact.object);
  if (listing != nullptr) {
    listing->assembly = assembly.empty() ? assembly_of(module) : assembly;
    listing->stmt = fmt::format("{}", fmt::streamed(module));
  }
}

} // namespace

Artefact compile(const Problem &problem, const Plan &plan, const Target &target, const std::string &name,
                 Listing *listing) {
  problem.validate();
  if (is_gpu(target)) {
    fail("target", std::string(target.name),
         "a CPU's: kernels for GPUs are made by `convforge compile` alone");
  }
  check_types(problem, target);
  Artefact artefact{.name = name,
                    .symbol = name + "_" + identifier(target),
                    .problem = problem,
                    .target = target,
                    .plan = plan};
  artefact.pack = pack_layout(problem, plan);
  const SteadyNames names;
  try {
    Kernel kernel = build(problem, plan, artefact.pack, target);
    artefact.views = kernel.views;
    if (artefact.views.size() > CONVFORGE_MAX_VIEWS)
      fail("problem", problem.canonical(),
           fmt::format("one with at most {} views of its tensors, not {}: smaller strides",
                       CONVFORGE_MAX_VIEWS, artefact.views.size()));
    translate(artefact, kernel, listing);
  } catch (const Halide::Error &error) {
    throw Error("Halide could not compile " + problem.canonical() + " for " + std::string(target.name) +
                ": " + error.what());
  }
  return artefact;
}

Artefact compile(const Problem &problem, const Target &target, const std::string &name) {
  return compile(problem, make_plan(problem, target), target, name);
}

} // namespace convforge
