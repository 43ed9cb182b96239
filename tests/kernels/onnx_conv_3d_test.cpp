// ONNX's node tests of 3-D Conv, compiled and run: values as ONNX's definition has them, to the bit for whole
// numbers, in both layouts.
#include "../verify/onnx_conv.hpp"
#include "convforge/jit.hpp"
#include "verify/fill.hpp"
#include "verify/kernel_run.hpp"
#include "verify/layout.hpp"
#include "verify/oracle.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

using onnx_conv::Conv;

Problem problem_of(const Conv &conv) {
  Problem problem{.batch = conv.x_shape[0],
                  .groups = conv.group,
                  .in_channels = conv.x_shape[1],
                  .out_channels = conv.w_shape[0],
                  .layout = Layout::nchw,
                  .weights_layout = WeightsLayout::oihw};
  for (std::size_t i = 0; i < 3; ++i)
    problem.axes[i] = Axis::padded(conv.x_shape[i + 2], conv.w_shape[i + 2], conv.pads[i], conv.pads[i + 3],
                                   conv.strides[i], conv.dilations[i]);
  return problem;
}

/// NCDHW as NDHWC.
std::vector<float> channels_last(const std::vector<float> &from, std::size_t images, std::size_t channels) {
  const std::size_t pixels = from.size() / images / channels;
  std::vector<float> to(from.size());
  for (std::size_t n = 0; n < images; ++n)
    for (std::size_t c = 0; c < channels; ++c)
      for (std::size_t i = 0; i < pixels; ++i)
        to[(n * pixels + i) * channels + c] = from[(n * channels + c) * pixels + i];
  return to;
}

std::vector<float> expected(const Conv &conv, const Tensors &tensors) {
  const std::vector<double> sums = onnx_conv::compute(conv, tensors.input, tensors.weights);
  return {sums.begin(), sums.end()};
}

class OnnxConv3d : public testing::TestWithParam<Conv> {
protected:
  Problem problem_ = problem_of(GetParam());
  Tensors tensors_ = fill(problem_, Fill::integer, 1);
  std::vector<float> expected_ = expected(GetParam(), tensors_);

  std::vector<float> run(const Problem &problem, const Tensors &tensors) {
    Jit jit({.disk_cache = false});
    const auto kernel = jit.compile(problem);
    EXPECT_TRUE(kernel) << problem.descriptor();
    return kernel ? run_guarded(kernel->descriptor(), tensors, {}) : std::vector<float>();
  }
};

TEST_P(OnnxConv3d, OracleAgrees) {
  const Sums sums = convolve(problem_, tensors_.input, tensors_.weights);
  EXPECT_EQ(std::vector<float>(sums.value.begin(), sums.value.end()), expected_);
}

TEST_P(OnnxConv3d, KernelOfNcdhwAgrees) {
  EXPECT_EQ(run(problem_, tensors_), expected_);
}

TEST_P(OnnxConv3d, KernelOfNdhwcAgrees) {
  Problem problem = problem_;
  problem.layout = Layout::nhwc; // the weights stay K,C/g,T,R,S
  const auto images = static_cast<std::size_t>(problem.batch);
  Tensors tensors = tensors_;
  tensors.input = channels_last(tensors.input, images, static_cast<std::size_t>(problem.in_channels));
  EXPECT_EQ(run(problem, tensors),
            channels_last(expected_, images, static_cast<std::size_t>(problem.out_channels)));
}

INSTANTIATE_TEST_SUITE_P(NodeTests, OnnxConv3d, testing::ValuesIn(onnx_conv::node_tests_3d()),
                         [](const auto &info) { return "case" + std::to_string(info.index); });

} // namespace
} // namespace convforge
