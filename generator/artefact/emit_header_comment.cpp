#include "artefact/emit_header_comment.hpp"

#include "artefact/emit_text.hpp"
#include "artefact/kernel_description.hpp"
#include "artefact/quantisation_in_words.hpp"
#include "problem/axis.hpp"
#include "problem/weights_order.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace convforge {
namespace {

constexpr std::size_t text_width = 96; // of a line's text, which keeps lines within 110 columns

std::string paragraph(std::string_view text) {
  return fmt::format(" *   {}\n", wrap(comment_text(text), text_width, "\n *     "));
}

std::string axis_in_words(std::string_view name, const Axis &a) {
  return fmt::format(" *   {}: {} -> {}, kernel {}, stride {}, dilation {}, padding {} before and {} after\n",
                     name, a.input, a.output, a.kernel, a.stride, a.dilation, a.pad_begin, a.pad_end);
}

std::string problem_in_words(const Problem &p, std::string_view descriptor) {
  std::string text = paragraph(descriptor);
  text += fmt::format(" *   batch {}, channels: {} -> {}{}\n", p.batch, p.in_channels, p.out_channels,
                      p.groups == 1 ? "" : fmt::format(", in {} groups", p.groups));
  if (p.transposed)
    text += " *   transposed: every input element is spread over a window of outputs\n";
  for (std::size_t i = p.has_depth() ? 0 : 1; i < p.axes.size(); i++)
    text += axis_in_words(problem_fields[i].name, p.axes[i]);
  if (p.pads_with() != PaddingMode::zeros)
    text += fmt::format(" *   padding mode: {}\n", name_of(p.padding_mode));
  const std::string epilogue = p.epilogue.text();
  text += paragraph(epilogue.empty() ? "nothing is applied to the sum"
                                     : "applied to the sum, in this order: " + epilogue);
  if (p.pools())
    text += paragraph("pooled, behind that: " + text_of(p.pooling));
  return text + fmt::format(" *   {} multiply-adds a call\n", p.multiply_adds());
}

std::string weights_in_words(const Problem &problem) {
  const bool all_inputs = holds_all_inputs(problem.weights_layout);
  const std::string taps = problem.has_depth() ? "T R S" : "R S";
  return fmt::format("{}", fmt::join(in_weights_order<std::string>(problem.weights_layout, taps,
                                                                   all_inputs ? "C" : "C/groups",
                                                                   all_inputs ? "K/groups" : "K"),
                                     " "));
}

std::string axes_in_words(const Problem &problem, const Operand &operand) {
  if (operand.by_channel())
    return "K";
  if (operand.role == Role::weights)
    return weights_in_words(problem);
  const std::string_view image = problem.has_depth() ? "D H W" : "H W";
  const char channels = operand.role == Role::input ? 'C' : 'K';
  return problem.layout == Layout::nhwc ? fmt::format("N {} {}", image, channels)
                                        : fmt::format("N {} {}", channels, image);
}

std::string types_in_words(const ElementTypes &types) {
  if (types.quantised())
    return "of the types that it says";
  return types == ElementTypes{} ? "float32"
                                 : "float32, or where it says so halves (IEEE 754 binary16, by their bits)";
}

/// What is said of an operand's elements; nothing of floats.
std::string type_in_words(const Operand &operand, const ElementTypes &types) {
  if (types.quantised())
    return fmt::format(", {}", c_type(operand.type));
  return operand.type == ElementType::f16 ? ", halves" : "";
}

bool is_dense(const Operand &operand) {
  return operand.bytes() == static_cast<std::size_t>(operand.elements()) * bytes_of(operand.type);
}

std::string tensors(const Interface &interface, const Problem &problem) {
  std::string text;
  const int name_width = problem.types.quantised() ? 13 : 10; // "multipliers"
  for (std::size_t i = 0; i < interface.operands.size(); ++i) {
    const Operand &operand = interface.operands[i];
    if (interface.constant[i])
      continue;
    text += fmt::format(" *   {:<{}}{:<15}{:<28}{} bytes{}\n", operand.name, name_width,
                        axes_in_words(problem, operand), fmt::format("{}", fmt::join(operand.shape, " x ")),
                        operand.bytes(), type_in_words(operand, problem.types));
    if (!is_dense(operand))
      text += fmt::format(
          " *     a slice of a larger tensor, neighbours {} elements apart; the rest is left alone\n",
          fmt::join(operand.strides, ", "));
  }
  return text;
}

std::string constants_in_words(const Interface &interface) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < interface.operands.size(); ++i)
    if (interface.constant[i])
      names.push_back(interface.operands[i].name);
  return names.empty() ? "" : fmt::format(" *   Constants of this library: {}.\n", fmt::join(names, ", "));
}

std::string variant_in_words(const convforge_kernel &kernel) {
  return fmt::format(" *   {}, {}: {} bytes of code, {} of packed weights, {} + {} a thread of workspace\n",
                     kernel.target, kernel.algorithm, kernel.code_bytes, kernel.packed_bytes,
                     kernel.workspace_shared_bytes, kernel.workspace_thread_bytes) +
         fmt::format(" *     {}\n", wrap(comment_text(kernel.why), text_width, "\n *     "));
}

std::string errors_of_packing(const Interface &interface) {
  std::string text;
  for (const Parameter &parameter : interface.packing_parameters)
    if (parameter.name == "multipliers")
      text += " *   CONVFORGE_ERROR_MULTIPLIER  $name_pack(): a multiplier is negative, not finite, or 2^31 "
              "or more\n";
  if (interface.packs_more())
    text += " *   CONVFORGE_ERROR_SUMS        $name_pack(): with these weights and this bias a sum may not "
            "fit into 32 bits\n";
  return text;
}

std::string errors(const Interface &interface) {
  std::string text =
      " *   CONVFORGE_ERROR_NULL        a pointer is null (but for a workspace of 0 bytes)\n"
      " *   CONVFORGE_ERROR_MISALIGNED  see the alignments above\n"
      " *   CONVFORGE_ERROR_OVERLAP     output or workspace overlaps another tensor (a residual may be\n"
      " *                               the output itself: convforge_may_be_output)\n";
  if (!interface.constant_weights)
    text +=
        " *   CONVFORGE_ERROR_PACK        packed was not filled by $name_pack() of the variant that runs\n";
  text += errors_of_packing(interface);
  return text +
         " *   CONVFORGE_ERROR_ABI         the runtime linked is of another version than this kernel\n"
         " *   CONVFORGE_ERROR_TARGET      no variant runs on this CPU, or CONVFORGE_TARGET forces "
         "one that cannot\n"
         " *   CONVFORGE_ERROR_THREADS     threads->count or threads->parallel_for makes no sense\n"
         " *   CONVFORGE_ERROR_MEMORY      the kernel needs more workspace than it says\n" +
         (interface.constant_weights ? " *   CONVFORGE_ERROR_CONSTANT    convforge_pack_weights() was asked "
                                       "to pack: the weights are "
                                       "constants\n"
                                     : "");
}

std::string use(const Interface &interface) {
  std::string text;
  if (!interface.constant_weights)
    text += " *   void *packed = aligned_alloc(64, $name_packed_size());\n"
            " *   int status = $name_pack(" +
            names(interface.packing_parameters) + "); // once\n";
  text += " *   size_t size = $name_workspace_size(1);\n"
          " *   void *workspace = size > 0 ? aligned_alloc(64, size) : NULL; // calls one at a time may "
          "share it\n";
  const std::string_view type = interface.constant_weights ? "int " : "";
  return text + fmt::format(" *   {}status = $name({});\n", type, names(interface.parameters));
}

constexpr std::string_view frame =
    R"(/* $name: one convolution of a fixed shape, generated by ConvForge $version. C11 and C++17.
 *
 * Problem
$problem *
 * Tensors: $types, $dense, row-major.$break K: output channels, $window.
$tensors *   Alignment: that of $element; $aligned: 64 bytes, and sized in multiples of 64.
 *
$quantisation * Variants: the first one that this CPU and operating system run is chosen
$variants *
 * Errors: calls answer 0 (CONVFORGE_OK) or a negative code; convforge_status_text() has its sentence
$errors *
 * Threads: any number of threads may call these functions at once, with separate outputs and workspaces. The caller owns
 * every pointer and nothing keeps one. A call takes no lock, allocates nothing and does no I/O; the very first one chooses
 * the variant, which reads the environment.
 *
 * Use
$use */
)";

} // namespace

std::string header_comment(const Interface &interface, std::span<const Artefact> variants) {
  const Problem &problem = variants.front().problem;
  std::string problem_text, tensor_text, variant_text;
  for (const Artefact &variant : variants) {
    const KernelDescription description(variant);
    const convforge_kernel kernel = description.materialise(nullptr);
    problem_text =
        problem_in_words(problem, kernel.problem); // the same for every variant, as are the tensors
    tensor_text = tensors(interface, problem) + constants_in_words(interface);
    variant_text += variant_in_words(kernel);
  }
  const std::string template_text =
      substitute(frame, {{"$errors", errors(interface)}, {"$use", use(interface)}});
  return substitute(template_text,
                    {{"$name", interface.name},
                     {"$version", convforge_version()},
                     {"$dense", problem.strided() ? "dense unless it says otherwise" : "dense"},
                     {"$problem", problem_text},
                     {"$types", types_in_words(problem.types)},
                     {"$break", problem.types == ElementTypes{} ? "" : "\n *  "},
                     {"$element", problem.types == ElementTypes{} ? "float" : "an element"},
                     {"$tensors", tensor_text},
                     {"$quantisation", quantisation_in_words(problem)},
                     {"$window", problem.has_depth() ? "T, R and S: kernel depth, height and width"
                                                     : "R and S: kernel height and width"},
                     {"$aligned", interface.constant_weights ? "workspace" : "packed and workspace"},
                     {"$variants", variant_text}});
}

} // namespace convforge
