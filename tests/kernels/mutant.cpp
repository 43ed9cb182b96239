#include "mutant.hpp"

#include "verify/layout.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace convforge {
namespace {

thread_local Interposed *current;

/// A call under way: the tensors behind its arguments, each of which may be exchanged for a copy.
class Call {
public:
  Call(const convforge_kernel &kernel, void **arguments) : kernel_(kernel) {
    arguments_[0] = arguments[0];
    for (int i = 0; i < kernel.view_count; ++i) {
      const convforge_view &view = kernel.views[i];
      tensors_[view.operand] = static_cast<char *>(arguments[1 + i]) - view.offset;
    }
  }
  float *tensor(int which) const { return reinterpret_cast<float *>(tensors_[which]); }
  std::vector<float> copy(int which, std::size_t bytes) const {
    return {tensor(which), tensor(which) + bytes / sizeof(float)};
  }
  void exchange(int which, std::vector<float> &values) {
    tensors_[which] = reinterpret_cast<char *>(values.data());
  }
  int run() {
    for (int i = 0; i < kernel_.view_count; ++i)
      arguments_[1 + i] = tensors_[kernel_.views[i].operand] + kernel_.views[i].offset;
    return kernel_.function(arguments_.data());
  }

private:
  const convforge_kernel &kernel_;
  std::array<char *, CONVFORGE_MAX_OPERANDS> tensors_{};
  std::array<void *, 1 + CONVFORGE_MAX_VIEWS> arguments_{};
};

/// `tap` of `taps`, counted as they are packed.
bool hits(Mutation mutation, const convforge_pack &pack, int tap, int taps, int c) {
  switch (mutation) {
  case Mutation::first_tap:
    return tap == 0;
  case Mutation::last_tap:
    return tap == taps - 1;
  case Mutation::input_channel:
    return c == pack.group_in - 1;
  default:
    return false;
  }
}

/// Packed weights: [group][block][t][r][s][c][lane] in each region (convforge.h).
void spoil_weights(Mutation mutation, const convforge_pack &pack, std::vector<float> &packed) {
  if (pack.kind != CONVFORGE_PACK_BLOCKED)
    throw std::logic_error("these mistakes are made in blocked weights only: force an exact algorithm");
  const int taps = pack.kernel[0] * pack.kernel[1] * pack.kernel[2];
  for (int i = 0; i < pack.region_count; ++i) {
    const convforge_pack_region &region = pack.regions[i];
    const int blocks = pack.groups * ((region.channels + region.lanes - 1) / region.lanes);
    std::size_t at = region.offset / sizeof(float);
    for (int block = 0; block < blocks; ++block)
      for (int tap = 0; tap < taps; ++tap)
        for (int c = 0; c < pack.group_in; ++c)
          for (int lane = 0; lane < region.lanes; ++lane, ++at)
            if (hits(mutation, pack, tap, taps, c))
              packed[at] = 0;
  }
}

/// The first packed weight that is not 0 becomes it.
void spoil_one_weight(std::vector<float> &packed) {
  for (std::size_t at = CONVFORGE_PACK_HEADER_BYTES / sizeof(float); at < packed.size(); ++at)
    if (packed[at] != 0) {
      packed[at] = 0;
      return;
    }
}

bool left_out(Mutation mutation, const Problem &p, int n, int h, int w, int k) {
  return (mutation == Mutation::last_row && h == p.height().output - 1) ||
         (mutation == Mutation::last_column && w == p.width().output - 1) ||
         (mutation == Mutation::last_channel && k == p.out_channels - 1) ||
         (mutation == Mutation::last_image && n == p.batch - 1);
}

/// Puts back what lay there before the call.
void unwrite(Mutation mutation, const Problem &p, const std::vector<float> &before, float *output) {
  const DataStrides y = DataStrides::output(p);
  for (int n = 0; n < p.batch; ++n)
    for (int h = 0; h < p.height().output; ++h)
      for (int w = 0; w < p.width().output; ++w)
        for (int k = 0; k < p.out_channels; ++k)
          if (left_out(mutation, p, n, h, w, k)) {
            const std::size_t at = n * y.n + h * y.h + w * y.w + k * y.c;
            output[at] = before[at];
          }
}

/// Whether the operand is an operation's: "bias", "bias2", ...
bool is_of(const convforge_operand &operand, std::string_view operation) {
  return std::string_view(operand.name).starts_with(operation);
}

void spoil(Mutation mutation, const convforge_kernel &kernel, const convforge_operand &operand,
           std::vector<float> &values) {
  if (operand.role == CONVFORGE_WEIGHTS && mutation == Mutation::one_weight)
    spoil_one_weight(values);
  else if (operand.role == CONVFORGE_WEIGHTS)
    spoil_weights(mutation, kernel.pack, values);
  else if ((is_of(operand, "bias") && mutation == Mutation::bias) ||
           (is_of(operand, "residual") && mutation == Mutation::residual))
    values.back() += 1;
}

int run_mutated(Mutation mutation, const Problem &problem, const convforge_kernel &kernel, void **arguments) {
  Call call(kernel, arguments);
  const int output = kernel.operand_count - 1;
  const std::vector<float> before = call.copy(output, kernel.operands[output].bytes);
  std::vector<std::vector<float>> copies(static_cast<std::size_t>(output));
  for (int i = 1; i < output; ++i) {
    const convforge_operand &operand = kernel.operands[i];
    std::vector<float> &copy = copies[static_cast<std::size_t>(i)];
    copy = call.copy(i, operand.role == CONVFORGE_WEIGHTS ? kernel.packed_bytes : operand.bytes);
    spoil(mutation, kernel, operand, copy);
    call.exchange(i, copy);
  }
  const int status = call.run();
  unwrite(mutation, problem, before, call.tensor(output));
  return status;
}

Axis grown(Axis axis, bool at_begin) {
  axis.input += 1;
  (at_begin ? axis.pad_begin : axis.pad_end) -= 1;
  return axis;
}

/// The input of grown(problem, edge).
std::vector<float> grown_input(const Problem &problem, const Problem &larger, Edge edge, bool wrong,
                               const float *input) {
  const Axis &H = problem.height(), &W = problem.width();
  const DataStrides from = DataStrides::input(problem), to = DataStrides::input(larger);
  std::vector<float> values(std::size_t(problem.batch) * to.n);
  for (int n = 0; n < problem.batch; ++n)
    for (int h = 0; h < larger.height().input; ++h)
      for (int w = 0; w < larger.width().input; ++w)
        for (int c = 0; c < problem.in_channels; ++c) {
          const int y = h - (edge == Edge::top), x = w - (edge == Edge::left);
          const int inner_y = std::clamp(y, 0, H.input - 1), inner_x = std::clamp(x, 0, W.input - 1);
          if (wrong || (inner_y == y && inner_x == x))
            values[n * to.n + h * to.h + w * to.w + c * to.c] =
                input[n * from.n + inner_y * from.h + inner_x * from.w + c * from.c];
        }
  return values;
}

} // namespace

Interposed::Interposed(JitKernel compiled, Body body)
    : descriptor(compiled.descriptor()), compiled_(std::move(compiled)), body_(std::move(body)) {
  descriptor.function = run;
  current = this;
}

Interposed::~Interposed() {
  current = nullptr;
}

int Interposed::run(void **arguments) {
  return current->body_(current->compiled_.descriptor(), arguments);
}

bool applies(Mutation mutation, const Problem &problem) {
  switch (mutation) {
  case Mutation::first_tap: // at the first output it meets padding, at others it does not
  case Mutation::last_tap:
    return problem.height().kernel <= problem.height().input &&
           problem.width().kernel <= problem.width().input;
  case Mutation::bias:
    return problem.epilogue.count(EpilogueOp::Kind::bias) > 0;
  case Mutation::residual:
    return problem.epilogue.count(EpilogueOp::Kind::residual) > 0;
  default:
    return true;
  }
}

Interposed::Body mutated(Mutation mutation, const Problem &problem) {
  return [=](const convforge_kernel &compiled, void **arguments) {
    return run_mutated(mutation, problem, compiled, arguments);
  };
}

std::optional<Problem> grown(const Problem &problem, Edge edge) {
  const bool vertical = edge == Edge::top || edge == Edge::bottom,
             at_begin = edge == Edge::top || edge == Edge::left;
  const Axis &axis = vertical ? problem.height() : problem.width();
  if ((at_begin ? axis.pad_begin : axis.pad_end) <= 0)
    return std::nullopt;
  Problem larger = problem;
  (vertical ? larger.height() : larger.width()) = grown(axis, at_begin);
  larger.validate();
  return larger;
}

Interposed::Body with_edge(const Problem &problem, const Problem &larger, Edge edge, bool wrong) {
  return [=](const convforge_kernel &compiled, void **arguments) {
    Call call(compiled, arguments);
    std::vector<float> input = grown_input(problem, larger, edge, wrong, call.tensor(0));
    call.exchange(0, input);
    return call.run();
  };
}

} // namespace convforge
