// The portable kernel on 8-bit integers, against the sum of w (x - zero point) taken straight from tensors.
#include "generic_kernel.hpp"

#include "convforge/elements.h"
#include "convforge/jit.hpp"
#include "convforge/quantise.h"
#include "convforge_tools/kernel_programs.h"
#include "problem/dtype.hpp"
#include "problem/operand.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

namespace convforge {
namespace {

constexpr std::byte guard{0x5a};

/// Aligned to 64 bytes.
class Bytes {
public:
  explicit Bytes(std::size_t size)
      : size_(size), data_(static_cast<std::byte *>(::operator new(size + 64, std::align_val_t(64)))) {
    std::fill_n(data_.get(), size + 64, guard);
  }
  std::byte *data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  bool past_end_is_untouched() const {
    return std::all_of(data() + size_, data() + size_ + 64, [](std::byte b) { return b == guard; });
  }

private:
  struct Free {
    void operator()(std::byte *bytes) const { ::operator delete(bytes, std::align_val_t(64)); }
  };
  std::size_t size_;
  std::unique_ptr<std::byte, Free> data_;
};

/// The tensors of one problem, filled at random over the whole range of their types.
struct Tensors {
  Problem problem;
  std::vector<Operand> list;
  std::vector<Bytes> bytes;

  Tensors(const Problem &p, unsigned seed) : problem(p), list(operands(p)) {
    std::mt19937 random(seed);
    for (const Operand &operand : list) {
      bytes.emplace_back(operand.bytes());
      if (operand.role != Role::output)
        fill(operand, bytes.back(), random);
    }
  }
  void fill(const Operand &operand, const Bytes &to, std::mt19937 &random) const {
    const double taps = double(problem.volume(&Axis::kernel)) * problem.group_in();
    std::uniform_int_distribution<int> u8(0, 255), s8(-128, 127), bias(-2000, 2000);
    std::uniform_real_distribution<double> multiplier(0, 0.02 / std::sqrt(taps)), real(-2, 2);
    for (std::size_t i = 0; i < operand.bytes() / bytes_of(operand.type); ++i) {
      const double value = operand.type == ElementType::f64   ? multiplier(random)
                           : operand.type == ElementType::s32 ? bias(random)
                           : operand.type == ElementType::f32 ? real(random)
                           : operand.type == ElementType::u8  ? u8(random)
                                                              : s8(random);
      convforge_store_element(dtype_of(operand.type), to.data(), i, value);
    }
  }
  int index(std::string_view name) const {
    const auto found = std::ranges::find(list, name, &Operand::name);
    return found == list.end() ? -1 : static_cast<int>(found - list.begin());
  }
  double load(int operand, std::int64_t element) const {
    return convforge_load_element(dtype_of(list[operand].type), bytes[operand].data(),
                                  static_cast<std::size_t>(element));
  }
  double by_channel(std::string_view name, int k) const { return index(name) < 0 ? 0 : load(index(name), k); }
};

/// Image, channel, place: an element of a tensor.
struct At {
  int n, c, d, h, w;
};

std::int64_t element(const Problem &problem, const Strides &s, const At &at) {
  return at.n * s.n + at.c * s.c + (problem.has_depth() ? at.d * s.d : 0) + at.h * s.h + at.w * s.w;
}

std::int64_t weight_index(const Problem &p, int t, int r, int s, int c, int k) {
  const std::int64_t tap = (std::int64_t{t} * p.height().kernel + r) * p.width().kernel + s;
  return p.weights_layout == WeightsLayout::hwio
             ? (tap * p.group_in() + c) * p.out_channels + k
             : (std::int64_t{k} * p.group_in() + c) * p.volume(&Axis::kernel) + tap;
}

int position(const Axis &axis, int out, int tap) {
  const int at = out * axis.stride - axis.pad_begin + tap * axis.dilation;
  return at < axis.input ? at : -1;
}

std::int64_t sum_of(const Tensors &x, const At &at) {
  const Problem &p = x.problem;
  auto sum = static_cast<std::int64_t>(x.by_channel("bias", at.c));
  for (int t = 0; t < p.depth().kernel; ++t)
    for (int r = 0; r < p.height().kernel; ++r)
      for (int s = 0; s < p.width().kernel; ++s) {
        const int d = position(p.depth(), at.d, t), h = position(p.height(), at.h, r),
                  w = position(p.width(), at.w, s);
        for (int c = 0; c < p.group_in() && d >= 0 && h >= 0 && w >= 0; ++c) {
          const int channel = at.c / p.group_out() * p.group_in() + c;
          const double source = x.load(0, element(p, p.input_strides(), {at.n, channel, d, h, w})) -
                                p.quantisation.source_zero_point;
          sum += static_cast<std::int64_t>(source * x.load(1, weight_index(p, t, r, s, c, at.c)));
        }
      }
  return sum;
}

/// Of 8-bit results.
double step_of(const Tensors &x, const At &at, std::int64_t sum) {
  const Problem &p = x.problem;
  const Steps steps = steps_of_output(p);
  convforge_requantisation how{static_cast<std::int32_t>(p.quantisation.rounding),
                               p.quantisation.destination_zero_point,
                               steps.low,
                               steps.high,
                               0,
                               0};
  double residual = 0;
  for (const EpilogueOp &op : p.epilogue.ops())
    if (op.kind == EpilogueOp::Kind::residual) {
      how.residual_factor = op.factor;
      how.residual_zero_point = static_cast<std::int32_t>(op.summand);
      residual = x.load(x.index("residual"), element(p, p.residual_strides(), at));
    }
  return convforge_requantise(&how, static_cast<std::int32_t>(sum), x.by_channel("multipliers", at.c),
                              static_cast<std::int32_t>(residual));
}

/// Of real results, with the operations that the tests below have.
double real_of(const Tensors &x, const At &at, std::int64_t sum) {
  double value = static_cast<float>(sum) * static_cast<float>(x.by_channel("multipliers", at.c));
  for (const EpilogueOp &op : x.problem.epilogue.ops()) {
    if (op.kind == EpilogueOp::Kind::activation)
      value = evaluate(op.activation, value);
    if (op.kind == EpilogueOp::Kind::scale)
      value *= x.by_channel("scale", at.c);
    if (op.kind == EpilogueOp::Kind::residual)
      value += x.load(x.index("residual"), element(x.problem, x.problem.residual_strides(), at));
  }
  return static_cast<float>(value);
}

double expected(const Tensors &x, const At &at) {
  const std::int64_t sum = sum_of(x, at);
  if (x.problem.types.requantises())
    return step_of(x, at, sum);
  return x.problem.types.destination == ElementType::s32 ? double(sum) : real_of(x, at, sum);
}

void run(const Tensors &x) {
  const auto kernel = generic_kernel(x.problem, host_target(), "a test");
  ASSERT_EQ(kernel->operand_count, static_cast<int>(x.list.size()));
  const Bytes packed(kernel->packed_bytes);
  std::vector<const void *> packing;
  std::vector<void *> pointers;
  for (std::size_t i = 0; i < x.list.size(); ++i) {
    const bool is_packed = x.list[i].role == Role::packed || x.list[i].role == Role::weights;
    packing.push_back(is_packed ? x.bytes[i].data() : nullptr);
    pointers.push_back(is_packed ? nullptr : x.bytes[i].data());
  }
  ASSERT_EQ(convforge_pack_operands(kernel.get(), packing.data(), packed.data()), CONVFORGE_OK);
  EXPECT_TRUE(packed.past_end_is_untouched());
  pointers[weights_operand] = packed.data();
  convforge_args args{};
  args.operands = pointers.data();
  ASSERT_EQ(convforge_run(kernel.get(), &args), CONVFORGE_OK);
  EXPECT_TRUE(x.bytes.back().past_end_is_untouched());
}

void expect_right(const Problem &p, unsigned seed = 1) {
  const Tensors x(p, seed);
  ASSERT_NO_FATAL_FAILURE(run(x));
  std::vector<double> seen;
  for (int n = 0; n < p.batch; ++n)
    for (int k = 0; k < p.out_channels; ++k)
      for (int d = 0; d < p.depth().output; ++d)
        for (int h = 0; h < p.height().output; ++h)
          for (int w = 0; w < p.width().output; ++w) {
            const At at{n, k, d, h, w};
            const int output = static_cast<int>(x.list.size()) - 1;
            seen.push_back(x.load(output, element(p, p.output_strides(), at)));
            ASSERT_EQ(seen.back(), expected(x, at))
                << p.canonical() << " at n" << n << " k" << k << " h" << h << " w" << w;
          }
  std::ranges::sort(seen);
  EXPECT_GT(std::ranges::unique(seen).begin() - seen.begin(), 2) << "hardly tests " << p.canonical();
}

constexpr std::array shapes = {"mb2ic5ih6iw7oc6kh3kw3ph1pw1", "ic8ih4oc9kh1",
                               "g6ic6ih5oc6kh3ph1",           "g3ic3ih7oc6kh3ph1sh2",
                               "g2ic8ih5oc6kh3ph2dh1",        "ic3ih9oc8kh5ph2sh2",
                               "ic3ih1iw9oc4kh1kw3pw1",       "ic3id4ih4iw4oc5kd2kh3kw3od3oh4ow4pd0ph1pw1"};

TEST(GenericQuantised, IsRightForEveryShape) {
  for (const char *shape : shapes)
    for (const char *layout : {"nhwc", "nchw"})
      for (const char *types : {"u8:s8:u8", "s8:s8:s8", "u8:s8:s32", "s8:s8:s32", "u8:s8:f32", "s8:s8:f32"}) {
        const bool eight = std::string(types).ends_with("8"), is_signed = types[0] == 's';
        const std::string zero_points = std::string(is_signed ? "-17:" : "131:") + (eight ? "23" : "0");
        expect_right(Problem::parse(
            shape, {.epilogue = "bias", .layout = layout, .dtype = types, .zero_points = zero_points}));
      }
}

TEST(GenericQuantised, IsRightForEveryRoundingAndZeroPoint) {
  unsigned seed = 10;
  for (const char *rounding : {"onnx", "tflite", "tflite_single"})
    for (const char *zero_points : {"0:0", "255:255", "128:128", "3:250"})
      expect_right(
          Problem::parse("ic5ih6oc7kh3ph1",
                         {.epilogue = "bias,relu",
                          .dtype = "u8:s8:u8",
                          .zero_points = zero_points == std::string("255:255") ? "255:20" : zero_points,
                          .rounding = rounding}),
          seed++);
  for (const char *rounding : {"onnx", "tflite", "tflite_single"})
    for (const char *zero_points : {"-128:-128", "127:100", "0:0"})
      expect_right(Problem::parse("ic5ih6oc7kh3ph1",
                                  {.dtype = "s8:s8:s8", .zero_points = zero_points, .rounding = rounding}),
                   seed++);
}

TEST(GenericQuantised, IsRightForEveryEpilogueOfSteps) {
  for (const char *epilogue : {"", "relu", "bias,relu6", "bias,clip:-1:2", "bias,clamp:20:90",
                               "residual:0.75:12", "bias,residual:1.3:0,relu"})
    expect_right(Problem::parse(
        "mb2ic5ih6oc7kh3ph1",
        {.epilogue = epilogue, .dtype = "s8:s8:s8", .zero_points = "3:-20", .output_scale = "0.05"}));
}

TEST(GenericQuantised, IsRightForRealResults) {
  for (const char *epilogue : {"", "relu", "bias,tanh", "bias,scale,residual,relu", "residual,sigmoid"})
    expect_right(Problem::parse("ic5ih6oc7kh3ph1",
                                {.epilogue = epilogue, .dtype = "u8:s8:f32", .zero_points = "100:0"}));
}

TEST(GenericQuantised, IsRightForSlices) {
  Problem problem = Problem::parse(
      "mb2ic5ih6oc7kh3ph1", {.epilogue = "bias,residual:0.5:4", .dtype = "u8:s8:u8", .zero_points = "7:9"});
  problem.strides.input = {1000, 1, 0, 100, 9};
  problem.strides.output = {2000, 1, 0, 200, 11};
  problem.strides.residual = {900, 1, 0, 120, 13};
  problem.validate();
  expect_right(problem);
}

/// What a generated test of the portable kernel says.
int verdict(const char *shape, const ProblemText &rest) {
  const auto kernel = generic_kernel(Problem::parse(shape, rest), host_target(), "a test");
  const convforge_subject subject = {"generic", kernel.get(), "", nullptr};
  return convforge_test_kernel(&subject);
}

// The reference of generated tests is C of its own.
TEST(GenericQuantised, PassesGeneratedTests) {
  for (const char *shape : shapes)
    for (const char *layout : {"nhwc", "nchw"}) {
      for (const char *rounding : {"onnx", "tflite", "tflite_single"})
        EXPECT_EQ(verdict(shape, {.epilogue = "bias,relu",
                                  .layout = layout,
                                  .dtype = "s8:s8:s8",
                                  .zero_points = "-30:-90",
                                  .rounding = rounding}),
                  0);
      EXPECT_EQ(verdict(shape, {.epilogue = "bias,residual:0.6:5",
                                .layout = layout,
                                .dtype = "u8:s8:u8",
                                .zero_points = "120:140"}),
                0);
      EXPECT_EQ(
          verdict(shape, {.epilogue = "bias", .layout = layout, .dtype = "s8:s8:s32", .zero_points = "9:0"}),
          0);
      for (const char *epilogue : {"bias,relu", "bias,tanh,scale,residual", "silu"})
        EXPECT_EQ(
            verdict(shape,
                    {.epilogue = epilogue, .layout = layout, .dtype = "u8:s8:f32", .zero_points = "128:0"}),
            0);
    }
}

TEST(GenericQuantised, PassesGeneratedTestsOfSlices) {
  for (const char *types : {"u8:s8:u8", "s8:s8:s32"})
    EXPECT_EQ(verdict("mb2ic5ih6oc7kh3ph1", {.dtype = types, .strides = "1000x1x100x9::900x1x120x10"}), 0);
}

// As a program calls it that has its kernels from a Jit.
TEST(GenericQuantised, IsPackedAndCalledByListsOfPointers) {
  const Problem problem =
      Problem::parse("ic1ih2oc1kh1", {.epilogue = "bias", .dtype = "u8:s8:u8", .zero_points = "100:7"});
  const JitKernel kernel(generic_kernel(problem, host_target(), "a test"), JitKernel::Origin::generic);
  const std::int8_t weights = 3;
  const double multipliers = 0.25;
  const std::int32_t bias = 20;
  const std::array<std::uint8_t, 4> input = {100, 102, 110, 255};
  std::array<std::uint8_t, 4> output{};
  const Bytes packed(kernel.descriptor().packed_bytes);
  EXPECT_EQ(kernel.pack({&weights, &multipliers}, packed.data()), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(kernel.pack({&weights, &multipliers, &bias, &bias}, packed.data()), CONVFORGE_ERROR_NULL);
  EXPECT_EQ(kernel.pack(&weights, packed.data()), CONVFORGE_ERROR_NULL);
  ASSERT_EQ(kernel.pack({&weights, &multipliers, &bias}, packed.data()), CONVFORGE_OK);
  ASSERT_EQ(kernel({input.data(), packed.data(), nullptr, nullptr, output.data()}, nullptr), CONVFORGE_OK);
  EXPECT_EQ(output, (std::array<std::uint8_t, 4>{12, 13, 19, 128})); // 6.5 and 12.5 to even
}

// A kernel that saturated, or summed in floats, would show.
TEST(GenericQuantised, LargeSumsAreExact) {
  const Problem problem =
      Problem::parse("ic7000ih1iw1oc2kh3kw3ph1pw1", {.dtype = "u8:s8:s32", .zero_points = "0:0"});
  Tensors x(problem, 1);
  std::memset(x.bytes[0].data(), 255, x.bytes[0].size());
  std::memset(x.bytes[1].data(), -128, x.bytes[1].size());
  ASSERT_NO_FATAL_FAILURE(run(x));
  EXPECT_EQ(x.load(2, 0), -255.0 * 128 * 7000); // the other eight taps lie in the padding
}

} // namespace
} // namespace convforge
