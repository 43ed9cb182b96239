#include "plain_quantised_kernel.hpp"

#include "convforge/elements.h"
#include "convforge/quantise.h"
#include "plain_source.hpp"
#include "problem/dtype.hpp"
#include "problem/operand.hpp"
#include "verify/layout.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace convforge {

struct PlainQuantisedKernel::State {
  Problem problem;
  QuantisedMistake mistake;
  convforge_kernel kernel{};
  std::vector<Operand> list;
  std::vector<convforge_operand> operands;
  std::vector<convforge_view> views;
  convforge_pack_region region{};
};

namespace {

using enum QuantisedMistake;

// A convforge_function has no closure, so the kernel under test is kept here.
thread_local const Problem *problem_now;
thread_local const convforge_kernel *kernel_now;
thread_local QuantisedMistake mistake_now;

bool is(QuantisedMistake mistake) {
  return mistake_now == mistake;
}

/// What packing made: one lane a block, [k][r][s][c], then the tables.
struct Packed {
  const std::int8_t *weights;
  const std::int32_t *sums, *factors, *shifts;
  const float *multipliers;
  explicit Packed(const void *from) {
    const auto *bytes = static_cast<const char *>(from) - CONVFORGE_PACK_HEADER_BYTES;
    const convforge_pack_region &region = kernel_now->pack.regions[0];
    const std::size_t step = (std::size_t(problem_now->out_channels) * 4 + 63) / 64 * 64;
    weights = reinterpret_cast<const std::int8_t *>(bytes + region.offset);
    sums = reinterpret_cast<const std::int32_t *>(bytes + region.tables);
    multipliers = reinterpret_cast<const float *>(bytes + region.tables + step);
    factors = reinterpret_cast<const std::int32_t *>(bytes + region.tables + step);
    shifts = reinterpret_cast<const std::int32_t *>(bytes + region.tables + 2 * step);
  }
  double multiplier(int k) const {
    return kernel_now->pack.dot.multipliers == CONVFORGE_MULTIPLIERS_FIXED
               ? std::ldexp(static_cast<double>(factors[k]), shifts[k] - 31)
               : static_cast<double>(multipliers[k]);
  }
};

struct Inside {
  const void *input;
  std::int32_t at(int n, int h, int w, int c) const {
    const Problem &p = *problem_now;
    const DataStrides in = DataStrides::input(p);
    if (h < 0 || h >= p.height().input || w < 0 || w >= p.width().input)
      return is(pads_with_zero) ? 0 : p.quantisation.source_zero_point;
    return static_cast<std::int32_t>(
        convforge_load_element(dtype_of(p.types.source), input, n * in.n + h * in.h + w * in.w + c * in.c));
  }
};

std::int32_t sum_of(const Inside &x, const Packed &packed, int n, int k, int y, int column) {
  const Problem &p = *problem_now;
  const int C = p.group_in(), R = p.height().kernel, S = p.width().kernel, group = k / p.group_out();
  std::int32_t sum = packed.sums[k], weights = 0, pair = 0;
  for (int r = 0; r < R; ++r)
    for (int s = 0; s < S; ++s)
      for (int c = 0; c < C; ++c) {
        const int h = y * p.height().stride + r * p.height().dilation - p.height().pad_begin;
        const int w = column * p.width().stride + s * p.width().dilation - p.width().pad_begin;
        const std::int32_t weight = packed.weights[((std::size_t(k) * R + r) * S + s) * C + c];
        const std::int32_t product = weight * x.at(n, h, w, group * C + c);
        weights += weight;
        sum += product;
        if (is(saturating_products) && c % 2 == 1)
          sum += std::clamp(pair + product, -32768, 32767) - (pair + product);
        pair = product;
      }
  if (is(source_zero_point))
    sum += weights * p.quantisation.source_zero_point;
  if (is(bias)) // what is left when the zero point's part is all that sums begin with
    sum -= packed.sums[k] + weights * p.quantisation.source_zero_point;
  return sum;
}

convforge_requantisation requantisation() {
  const Problem &p = *problem_now;
  const Steps steps = steps_of_output(p);
  convforge_requantisation how{};
  how.rounding = static_cast<std::int32_t>(p.quantisation.rounding);
  how.zero_point = is(destination_zero_point) ? 0 : p.quantisation.destination_zero_point;
  how.low = steps.low, how.high = steps.high;
  if (is(no_limits))
    how.low = p.types.destination == ElementType::u8 ? 0 : -128, how.high = how.low + 255;
  if (is(wraps))
    how.low = -1000000, how.high = 1000000;
  for (const EpilogueOp &op : p.epilogue.ops())
    if (op.kind == EpilogueOp::Kind::residual) {
      how.residual_factor = op.factor;
      how.residual_zero_point = is(residual_zero_point) ? 0 : static_cast<std::int32_t>(op.summand);
    }
  return how;
}

/// A rounding of its own, of a product that is as ONNX has it.
std::int32_t rounded_otherwise(const convforge_requantisation &how, double real) {
  double step = 0;
  if (is(half_up))
    step = std::floor(real + 0.5);
  else if (is(half_away))
    step = std::round(real);
  else if (is(truncated))
    step = std::trunc(real);
  else if (is(added_before_rounding))
    step = std::nearbyint(real + how.zero_point) - how.zero_point;
  else
    step = std::nearbyint(real);
  return static_cast<std::int32_t>(
      std::clamp(step + how.zero_point, static_cast<double>(how.low), static_cast<double>(how.high)));
}

std::int32_t result(std::int32_t sum, double multiplier, std::int32_t residual) {
  convforge_requantisation how = requantisation();
  if (is(rounded_once))
    how.rounding = CONVFORGE_ROUND_TFLITE_SINGLE;
  if (is(double_product))
    return rounded_otherwise(how, sum * multiplier);
  if (is(half_up) || is(half_away) || is(truncated) || is(added_before_rounding))
    return rounded_otherwise(how,
                             static_cast<double>(static_cast<float>(sum) * static_cast<float>(multiplier)));
  if (is(residual_rounded_before) && how.residual_factor > 0) {
    const float more = static_cast<float>(residual - how.residual_zero_point) * how.residual_factor;
    const convforge_requantisation plain{how.rounding, how.zero_point, -1000000, 1000000, 0, 0};
    return std::clamp(convforge_requantise(&plain, sum, multiplier, 0) +
                          static_cast<int>(std::nearbyint(more)),
                      how.low, how.high);
  }
  const std::int32_t step = convforge_requantise(&how, sum, multiplier, residual);
  return is(wraps) ? (problem_now->types.destination == ElementType::u8 ? static_cast<std::uint8_t>(step)
                                                                        : static_cast<std::int8_t>(step))
                   : step;
}

double finished(const Packed &packed, std::int32_t sum, int k, const void *residual, std::size_t at) {
  const ElementTypes &types = problem_now->types;
  if (types.destination == ElementType::s32)
    return sum;
  if (types.destination == ElementType::f32)
    return static_cast<double>(static_cast<float>(sum) * packed.multipliers[k]);
  const auto r = residual ? convforge_load_element(dtype_of(types.destination), residual, at) : 0;
  return result(sum, packed.multiplier(k), static_cast<std::int32_t>(r));
}

int run_quantised(void **arguments) {
  const Problem &p = *problem_now;
  const Inside x{arguments[1]};
  const Packed packed(arguments[2]);
  const void *residual = p.epilogue.count(EpilogueOp::Kind::residual) > 0 ? arguments[3] : nullptr;
  void *output = arguments[residual ? 4 : 3];
  const DataStrides out = DataStrides::output(p);
  for (int n = 0; n < p.batch; ++n)
    for (int k = 0; k < p.out_channels; ++k)
      for (int y = 0; y < p.height().output; ++y)
        for (int column = 0; column < p.width().output; ++column) {
          const std::size_t at = n * out.n + y * out.h + column * out.w + k * out.c;
          const double value = finished(packed, sum_of(x, packed, n, k, y, column), k, residual, at);
          convforge_store_element(dtype_of(p.types.destination), output, at, value);
        }
  return 0;
}

/// An operand with all that checks read of it.
convforge_operand described(const Operand &operand) {
  convforge_operand c{};
  c.name = operand.name.c_str();
  c.role = static_cast<std::int32_t>(operand.role);
  c.dtype = dtype_of(operand.type);
  c.rank = static_cast<std::int32_t>(operand.shape.size());
  std::copy(operand.shape.begin(), operand.shape.end(), c.shape);
  std::copy(operand.strides.begin(), operand.strides.end(), c.strides);
  c.bytes = operand.bytes();
  return c;
}

std::int32_t multipliers_of(const Problem &problem) {
  if (problem.types.destination == ElementType::s32)
    return CONVFORGE_MULTIPLIERS_NONE;
  return problem.quantisation.rounding == Rounding::onnx ? CONVFORGE_MULTIPLIERS_FLOAT
                                                         : CONVFORGE_MULTIPLIERS_FIXED;
}

convforge_pack pack_of(const Problem &problem, const convforge_pack_region *region) {
  convforge_pack pack{};
  pack.layout_id = 1, pack.layout = "[g][k][r][s][c]", pack.kind = CONVFORGE_PACK_DOT;
  pack.weights_dtype = pack.packed_dtype = CONVFORGE_S8;
  pack.groups = problem.groups, pack.group_in = problem.group_in(), pack.group_out = problem.group_out();
  for (std::size_t i = 0; i < 3; ++i)
    pack.kernel[i] = problem.axes[i].kernel, pack.stride[i] = problem.axes[i].stride;
  pack.dot = {1, 1, problem.quantisation.source_zero_point, 0, multipliers_of(problem), 0};
  pack.source = convforge::weights_source(problem);
  pack.region_count = 1, pack.regions = region;
  return pack;
}

} // namespace

PlainQuantisedKernel::PlainQuantisedKernel(const Problem &problem, QuantisedMistake mistake)
    : state_(std::make_unique<State>()) {
  State &s = *state_;
  s.problem = problem;
  problem_now = &s.problem, mistake_now = mistake, kernel_now = &s.kernel;
  convforge_kernel &k = s.kernel;
  k.abi_version = CONVFORGE_ABI_VERSION;
  k.name = "plain", k.problem = "", k.epilogue = "", k.layout = "", k.target = "", k.algorithm = "plain";
  k.why = "";
  s.list = operands(problem);
  for (const Operand &operand : s.list) {
    if (operand.role != Role::packed)
      s.views.push_back({static_cast<std::int32_t>(s.operands.size()), 0,
                         operand.role == Role::weights ? CONVFORGE_PACK_HEADER_BYTES : std::size_t{0}});
    s.operands.push_back(described(operand));
  }
  k.operand_count = static_cast<std::int32_t>(s.operands.size()), k.operands = s.operands.data();
  const auto aligned = [](std::size_t bytes) { return (bytes + 63) / 64 * 64; };
  const std::size_t weights = aligned(s.operands[weights_operand].bytes);
  const std::size_t table = aligned(std::size_t(problem.out_channels) * 4);
  s.region = {CONVFORGE_PACK_HEADER_BYTES, 0, problem.group_out(), 1, CONVFORGE_PACK_HEADER_BYTES + weights};
  k.pack = pack_of(problem, &s.region);
  k.packed_bytes = CONVFORGE_PACK_HEADER_BYTES + weights + 3 * table;
  k.view_count = static_cast<std::int32_t>(s.views.size()), k.views = s.views.data();
  k.function = run_quantised;
}

PlainQuantisedKernel::~PlainQuantisedKernel() = default;

const convforge_kernel &PlainQuantisedKernel::kernel() const {
  return state_->kernel;
}

} // namespace convforge
