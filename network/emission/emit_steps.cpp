#include "network/emission/emit_steps.hpp"

#include "artefact/emit_interface.hpp"
#include "artefact/emit_text.hpp"
#include "network/emission/c_text.hpp"
#include "network/emission/emit_byte_steps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

namespace convforge::network {
namespace {

/// Prints the structure of a step; `name` is its own.
struct StructurePrinter {
  std::string name;

  std::string operator()(const KernelCall &) const { return ""; }

  std::string operator()(const ElementwiseCall &call) const {
    const convforge_elementwise &op = call.operation;
    std::string text;
    if (!call.steps.empty()) {
      text += fmt::format("static const convforge_op {}_steps[] = {{\n", name);
      for (const convforge_op &step : call.steps)
        text +=
            fmt::format("  {{.kind = {}, .operand = -1, .activation = {}, .a = {}, .b = {}}},\n",
                        step.kind == CONVFORGE_OP_AFFINE ? "CONVFORGE_OP_AFFINE" : "CONVFORGE_OP_ACTIVATION",
                        step.activation, c_float(step.a), c_float(step.b));
      text += "};\n";
    }
    constexpr const char *kinds[] = {"COPY",      "ADD",        "SUBTRACT",    "MULTIPLY",
                                     "DIVIDE",    "MAXIMUM",    "MINIMUM",     "PRELU",
                                     "POWER",     "EQUAL",      "LESS",        "AT_MOST",
                                     "WHERE",     "UNLESS",     "ABSOLUTE",    "EXPONENTIAL",
                                     "LOGARITHM", "RECIPROCAL", "SQUARE_ROOT", "RECIPROCAL_SQUARE_ROOT"};
    return text + fmt::format("static const convforge_elementwise {} = {{\n"
                              "  .arithmetic = CONVFORGE_{}, .rank = {}, .size = {},\n"
                              "  .output = {}, .a = {}, .b = {}{}}};\n",
                              name, kinds[op.arithmetic], op.rank, axes(op.size, op.rank),
                              strides(op.output, op.rank), strides(op.a, op.rank), strides(op.b, op.rank),
                              call.steps.empty() ? ""
                                                 : fmt::format(",\n  .step_count = {}, .steps = {}_steps",
                                                               call.steps.size(), name));
  }

  std::string operator()(const convforge_window_pooling &op) const {
    constexpr const char *kinds[] = {"NONE", "MAX", "AVG_NP", "AVG_P"};
    return fmt::format("static const convforge_window_pooling {} = {{\n"
                       "  .kind = CONVFORGE_POOL_{}, .rank = {}, .size = {}, .input_size = {},\n"
                       "  .kernel = {}, .stride = {}, .dilation = {}, .begin = {}, .end = {},\n"
                       "  .output = {}, .input = {}}};\n",
                       name, kinds[op.kind], op.rank, axes(op.size, op.rank), axes(op.input_size, op.rank),
                       axes(op.kernel, op.rank), axes(op.stride, op.rank), axes(op.dilation, op.rank),
                       axes(op.begin, op.rank), axes(op.end, op.rank), strides(op.output, op.rank),
                       strides(op.input, op.rank));
  }

  std::string operator()(const convforge_reduction &op) const {
    constexpr const char *kinds[] = {"MEAN", "SUM", "LARGEST", "SMALLEST"};
    return fmt::format("static const convforge_reduction {} = {{\n"
                       "  .kind = CONVFORGE_{}, .rank = {}, .size = {}, .reduced = {},\n"
                       "  .output = {}, .input = {}}};\n",
                       name, kinds[op.kind], op.rank, axes(op.size, op.rank), axes(op.reduced, op.rank),
                       strides(op.output, op.rank), strides(op.input, op.rank));
  }

  std::string operator()(const convforge_softmax &op) const {
    return fmt::format("static const convforge_softmax {} = {{\n"
                       "  .axis = {}, .rank = {}, .size = {}, .output = {}, .input = {}}};\n",
                       name, op.axis, op.rank, axes(op.size, op.rank), strides(op.output, op.rank),
                       strides(op.input, op.rank));
  }

  std::string operator()(const ResamplingCall &call) const {
    const convforge_resampling &op = call.operation;
    std::string tables, members;
    for (std::size_t i = 0; i < static_cast<std::size_t>(op.rank); ++i) {
      if (op.axes[i].taps == 0) {
        members += "{0}, ";
        continue;
      }
      tables += fmt::format("static const int32_t {}_index_{}[] = {{\n  {}}};\n", name, i,
                            c_integers(call.index[i]));
      std::string weight = "NULL";
      if (!call.weight[i].empty()) {
        weight = fmt::format("{}_weight_{}", name, i);
        tables += fmt::format("static const float {}[] = {{\n  {}}};\n", weight, c_floats(call.weight[i]));
      }
      members += fmt::format("{{{}, {}_index_{}, {}}}, ", op.axes[i].taps, name, i, weight);
    }
    return tables + fmt::format("static const convforge_resampling {} = {{\n"
                                "  .rank = {}, .size = {}, .axes = {{{}}},\n"
                                "  .output = {}, .input = {}, .fill = {}}};\n",
                                name, op.rank, axes(op.size, op.rank), members, strides(op.output, op.rank),
                                strides(op.input, op.rank), c_float(op.fill));
  }

  std::string operator()(const QuantisedCall &call) const { return quantised_structure(call, name); }
  std::string operator()(const ByteMapCall &call) const { return byte_map_structure(call, name); }
  std::string operator()(const BytePairsCall &call) const { return byte_pairs_structure(call, name); }
};

/// Which function runs a step that reads this type; of a kernel nothing.
struct FunctionOf {
  ElementType type;

  const char *operator()(const KernelCall &) const { return ""; }
  const char *operator()(const ElementwiseCall &) const { return "convforge_run_elementwise"; }
  const char *operator()(const convforge_window_pooling &) const {
    return type == ElementType::u8   ? "convforge_run_window_pooling_u8"
           : type == ElementType::s8 ? "convforge_run_window_pooling_s8"
                                     : "convforge_run_window_pooling";
  }
  const char *operator()(const convforge_reduction &) const { return "convforge_run_reduction"; }
  const char *operator()(const convforge_softmax &) const { return "convforge_run_softmax"; }
  const char *operator()(const ResamplingCall &) const {
    return type == ElementType::f32 ? "convforge_run_resampling" : "convforge_run_resampling_bytes";
  }
  const char *operator()(const QuantisedCall &call) const {
    return call.to_integers ? "convforge_run_quantise" : "convforge_run_dequantise";
  }
  const char *operator()(const ByteMapCall &) const { return "convforge_run_byte_map"; }
  const char *operator()(const BytePairsCall &) const { return "convforge_run_byte_pairs"; }
};

class Calls {
public:
  Calls(const Network &network, const Names &names) : network_(network), names_(names) {}

  std::string text() const {
    std::string text;
    for (std::size_t i = 0; i < network_.program.steps.size(); ++i)
      text += call(i);
    return text;
  }

private:
  /// An element of a buffer, as an argument.
  std::string pointer(const Place &place) const {
    const Buffer &buffer = network_.program.buffer(place);
    const std::int64_t bytes = buffer.place + static_cast<std::int64_t>(bytes_of(buffer.type)) * place.offset;
    const auto at = [](const std::string &name, std::int64_t offset) {
      return offset == 0 ? name : fmt::format("{} + {}", name, offset);
    };
    switch (buffer.kind) {
    case Buffer::Kind::input:
      return at(name_among(network_.program.inputs, names_.inputs, place.buffer), place.offset);
    case Buffer::Kind::output:
      return at(name_among(network_.program.outputs, names_.outputs, place.buffer), place.offset);
    case Buffer::Kind::constant:
      return fmt::format("(const {} *)(const void *)({}_constants + {})", c_type(buffer.type), network_.name,
                         bytes);
    case Buffer::Kind::arena:
      return fmt::format("({} *)(void *)({})", c_type(buffer.type), at("t", bytes));
    }
    return "";
  }

  static const std::string &name_among(const std::vector<int> &buffers, const std::vector<std::string> &names,
                                       int buffer) {
    return names[static_cast<std::size_t>(std::find(buffers.begin(), buffers.end(), buffer) -
                                          buffers.begin())];
  }

  std::string call(std::size_t i) const {
    const Step &step = network_.program.steps[i];
    if (const auto *kernel = std::get_if<KernelCall>(&step.operation))
      return kernel_call(step, *kernel);
    std::string reads;
    for (const Place &place : step.reads)
      reads += pointer(place) + ", ";
    if (std::holds_alternative<ElementwiseCall>(step.operation) && step.reads.size() == 1)
      reads += "NULL, ";
    return fmt::format("  {}(&{}_step_{}, {}{}, threads); /* {} */\n",
                       std::visit(FunctionOf{network_.program.buffer(step.reads[0]).type}, step.operation),
                       network_.name, i, reads, pointer(step.writes), comment_text(step.name));
  }

  std::string kernel_call(const Step &step, const KernelCall &call) const {
    std::string arguments;
    for (const Place &place : step.reads)
      arguments += pointer(place) + ", ";
    return fmt::format("  if (status == CONVFORGE_OK)\n    status = {}({}{}, workspace, threads);\n",
                       names_.convolutions[call.convolution], arguments, pointer(step.writes));
  }

  const Network &network_;
  const Names &names_;
};

} // namespace

std::string emit_step_structures(const Network &network) {
  std::string text;
  for (std::size_t i = 0; i < network.program.steps.size(); ++i)
    text += std::visit(StructurePrinter{fmt::format("{}_step_{}", network.name, i)},
                       network.program.steps[i].operation);
  return text;
}

std::string emit_step_calls(const Network &network, const Names &names) {
  return Calls(network, names).text();
}

} // namespace convforge::network
