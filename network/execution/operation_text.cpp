#include "network/execution/operation_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <span>

namespace convforge::network {
namespace {

/// Axes that are one run of memory are one, so that there may be fewer than the model has.
std::string sizes(const std::int64_t *size, std::int32_t rank) {
  return fmt::format("{}", fmt::join(std::span(size, static_cast<std::size_t>(rank)), "x"));
}

struct OperationWords {
  OperationText operator()(const KernelCall &) const { return {"kernel", ""}; }

  OperationText operator()(const ElementwiseCall &call) const {
    const convforge_elementwise &op = call.operation;
    constexpr const char *names[] = {"copy",      "add",        "subtract",    "multiply",
                                     "divide",    "maximum",    "minimum",     "prelu",
                                     "power",     "equal",      "less",        "at most",
                                     "where",     "unless",     "absolute",    "exponential",
                                     "logarithm", "reciprocal", "square root", "reciprocal square root"};
    const bool plain_copy = op.arithmetic == CONVFORGE_COPY && call.steps.empty();
    const std::size_t steps = call.steps.size();
    const std::string name = op.arithmetic == CONVFORGE_COPY && !plain_copy ? "map" : names[op.arithmetic];
    return {plain_copy ? "copy" : "elementwise",
            fmt::format("{} {}{}", name, sizes(op.size, op.rank),
                        steps == 0 ? "" : fmt::format(", {} step{}", steps, steps == 1 ? "" : "s"))};
  }

  OperationText operator()(const convforge_window_pooling &op) const {
    return {"pooling",
            fmt::format("{} {}, windows {}, stride {}", op.kind == CONVFORGE_POOL_MAX ? "maximum" : "average",
                        sizes(op.size, op.rank), sizes(op.kernel, op.rank), sizes(op.stride, op.rank))};
  }

  OperationText operator()(const convforge_reduction &op) const {
    constexpr const char *names[] = {"mean", "sum", "maximum", "minimum"};
    std::string axes;
    for (std::int32_t i = 0; i < op.rank; ++i)
      if (op.reduced[i])
        axes += fmt::format("{}{}", axes.empty() ? "" : ", ", i);
    return {"reduction", fmt::format("{} of {} over axes {}", names[op.kind], sizes(op.size, op.rank), axes)};
  }

  OperationText operator()(const convforge_softmax &op) const {
    return {"softmax", fmt::format("softmax {} along axis {}", sizes(op.size, op.rank), op.axis)};
  }

  OperationText operator()(const ResamplingCall &call) const {
    const convforge_resampling &op = call.operation;
    std::string taps;
    for (std::int32_t i = 0; i < op.rank; ++i)
      if (op.axes[i].taps > 0)
        taps += fmt::format("{}{} along axis {}", taps.empty() ? "" : ", ", op.axes[i].taps, i);
    return {"resampling", fmt::format("to {}, taps: {}", sizes(op.size, op.rank), taps)};
  }

  OperationText operator()(const QuantisedCall &call) const {
    return {call.to_integers ? "quantisation" : "dequantisation",
            fmt::format("{} {}", call.to_integers ? "to integers" : "to real numbers",
                        sizes(call.operation.size, call.operation.rank))};
  }

  OperationText operator()(const ByteMapCall &call) const {
    const std::string size = sizes(call.operation.size, call.operation.rank);
    return call.table.empty() ? OperationText{"copy", "copy " + size + " bytes"}
                              : OperationText{"elementwise", "map " + size + " bytes"};
  }

  OperationText operator()(const BytePairsCall &call) const {
    const convforge_byte_pairs &op = call.operation;
    const char *name = !call.table.empty() ? "pairs of" : op.product != 0 ? "multiply" : "add";
    return {"elementwise", fmt::format("{} {} bytes{}", name, sizes(op.size, op.rank),
                                       op.then_count != 0 ? ", 1 step" : "")};
  }
};

} // namespace

OperationText text_of(const Operation &operation) {
  return std::visit(OperationWords{}, operation);
}

} // namespace convforge::network
