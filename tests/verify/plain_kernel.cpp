#include "plain_kernel.hpp"

#include "plain_source.hpp"
#include "problem/dtype.hpp"
#include "problem/operand.hpp"
#include "verify/layout.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace convforge {

struct PlainKernel::State {
  Problem problem;
  convforge_kernel kernel{};
  std::vector<Operand> list;
  std::vector<convforge_operand> operands;
  std::vector<convforge_view> views;
  convforge_pack_region region{};
};

namespace {

// A convforge_function has no closure, so the problem of the kernel under test is kept here.
thread_local const Problem *current;
thread_local Mistake mistake;

struct Pointers {
  const float *input, *weights, *bias, *residual;
  float *output;
  const unsigned char *workspace_context;
};

bool inside(int at, const Axis &axis, int o, int tap) {
  if (mistake == Mistake::top_padding && &axis == &current->height() && o == 0 && tap == 0)
    return true; // reads row 0 (clamped below) where there is only padding
  return at >= 0 && at < axis.input;
}

float sum_of(const Pointers &t, int n, int k, int y, int x) {
  const Problem &p = *current;
  const DataStrides in = DataStrides::input(p);
  const int C = p.group_in(), g = k / p.group_out();
  const int step = mistake == Mistake::dilation ? 1 : p.height().dilation;
  float sum = 0;
  for (int r = 0; r < p.height().kernel; ++r)
    for (int s = 0; s < p.width().kernel; ++s)
      for (int c = 0; c < C; ++c) {
        int h = y * p.height().stride + r * step - p.height().pad_begin;
        int w = x * p.width().stride + s * p.width().dilation - p.width().pad_begin;
        if (!inside(h, p.height(), y, r) || !inside(w, p.width(), x, s))
          continue;
        h = std::max(h, 0);
        if (mistake == Mistake::tap && r == p.height().kernel - 1 && s == 0)
          continue;
        if (mistake == Mistake::last_channel && c == C - 1)
          continue;
        const float *weight =
            t.weights + ((std::size_t(k) * p.height().kernel + r) * p.width().kernel + s) * C + c;
        const float value = t.input[n * in.n + h * in.h + w * in.w + (g * C + c) * in.c];
        sum += (mistake == Mistake::drops_nan && std::isnan(value) ? 0 : value) * *weight;
        if (mistake == Mistake::rounds_too_often)
          sum = std::nearbyint(sum * 0x1p10f) * 0x1p-10f;
      }
  if (mistake == Mistake::right_padding && x == p.width().output - 1 && p.width().pad_end > 0)
    sum += t.input[0];
  return sum;
}

float finished(const Pointers &t, float sum, int k, std::size_t at) {
  if (t.bias && mistake != Mistake::bias)
    sum += t.bias[k];
  if (t.residual && mistake != Mistake::residual)
    sum += t.residual[at];
  if (current->epilogue.count(EpilogueOp::Kind::activation) > 0 && mistake != Mistake::activation)
    sum = sum < 0 ? 0 : sum;
  return sum;
}

bool left_out(int n, int k, int y, int x) {
  const Problem &p = *current;
  return (mistake == Mistake::last_row && y == p.height().output - 1) ||
         (mistake == Mistake::last_column && x == p.width().output - 1) ||
         (mistake == Mistake::last_batch && n == p.batch - 1) ||
         (mistake == Mistake::unwritten_output && n + k + y + x == 0);
}

void trespass(const Pointers &t, const convforge_kernel &kernel) {
  volatile float read = 0;
  if (mistake == Mistake::reads_past_input)
    read = t.input[convforge_input(&kernel)->bytes / sizeof(float)];
  else if (mistake == Mistake::reads_before_input)
    read = t.input[-1];
  else if (mistake == Mistake::writes_past_output)
    t.output[convforge_output(&kernel)->bytes / sizeof(float)] = 1;
  else if (mistake == Mistake::writes_input)
    const_cast<float *>(t.input)[0] = 1;
  (void)read;
}

thread_local const convforge_kernel *running;

int run(void **arguments) {
  const Problem &p = *current;
  std::size_t next = 1;
  Pointers t{};
  t.input = static_cast<const float *>(arguments[next++]);
  t.weights = static_cast<const float *>(arguments[next++]);
  t.bias =
      p.epilogue.count(EpilogueOp::Kind::bias) > 0 ? static_cast<const float *>(arguments[next++]) : nullptr;
  t.residual = p.epilogue.count(EpilogueOp::Kind::residual) > 0
                   ? static_cast<const float *>(arguments[next++])
                   : nullptr;
  t.output = static_cast<float *>(arguments[next++]);
  trespass(t, *running);
  const DataStrides out = DataStrides::output(p);
  for (int n = 0; n < p.batch; ++n)
    for (int k = 0; k < p.out_channels; ++k)
      for (int y = 0; y < p.height().output; ++y)
        for (int x = 0; x < p.width().output; ++x) {
          const std::size_t at = n * out.n + y * out.h + x * out.w + k * out.c;
          if (mistake == Mistake::depends_on_workspace && at == 0)
            t.output[at] *= 0; // NaN or 0, by what lay there before
          else if (!left_out(n, k, y, x))
            t.output[at] = finished(t, sum_of(t, n, k, y, x), k, at);
        }
  return 0;
}

/// An operand with all that checks read of it.
convforge_operand to_c(const Operand &operand) {
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

} // namespace

PlainKernel::PlainKernel(const Problem &problem, Mistake which) : state_(std::make_unique<State>()) {
  State &s = *state_;
  s.problem = problem;
  current = &s.problem, mistake = which, running = &s.kernel;
  convforge_kernel &k = s.kernel;
  k.abi_version = CONVFORGE_ABI_VERSION;
  k.name = "plain", k.problem = "", k.epilogue = "", k.layout = "", k.target = "", k.algorithm = "plain",
  k.why = "";
  s.list = operands(problem);
  for (const Operand &operand : s.list) {
    s.views.push_back({static_cast<std::int32_t>(s.operands.size()), 0,
                       operand.role == Role::weights ? CONVFORGE_PACK_HEADER_BYTES : std::size_t{0}});
    s.operands.push_back(to_c(operand));
  }
  k.operand_count = static_cast<std::int32_t>(s.operands.size()), k.operands = s.operands.data();
  // One lane a block: the packed form is [k][r][s][c].
  s.region = {CONVFORGE_PACK_HEADER_BYTES, 0, problem.group_out(), 1};
  k.pack = {.layout_id = 1,
            .layout = "[g][k][r][s][c]",
            .kind = CONVFORGE_PACK_BLOCKED,
            .weights_dtype = CONVFORGE_F32,
            .packed_dtype = CONVFORGE_F32,
            .groups = problem.groups,
            .group_in = problem.group_in(),
            .group_out = problem.group_out(),
            .kernel = {problem.depth().kernel, problem.height().kernel, problem.width().kernel},
            .outputs = {0, 0, 0},
            .stride = {problem.depth().stride, problem.height().stride, problem.width().stride},
            .source = convforge::weights_source(problem),
            .region_count = 1,
            .regions = &s.region};
  k.packed_bytes = CONVFORGE_PACK_HEADER_BYTES + (s.operands[weights_operand].bytes + 63) / 64 * 64;
  k.view_count = static_cast<std::int32_t>(s.views.size()), k.views = s.views.data();
  k.function = run;
}

PlainKernel::~PlainKernel() = default;

const convforge_kernel &PlainKernel::kernel() const {
  return state_->kernel;
}

} // namespace convforge
