// What a kernel descriptor says of a problem.
#include "base/error.hpp"
#include "fixture.hpp"

#include "artefact/emit_interface.hpp"
#include "artefact/kernel_description.hpp"
#include "problem/operand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace convforge {
namespace {

using test::sample_artefact;
using testing::HasSubstr;

TEST(KernelDescription, DerivesTensorsFromTheProblem) {
  const KernelDescription description(sample_artefact(find_target("x86-64-avx2"), "bias,residual,relu"));
  const convforge_kernel k = description.materialise(nullptr);
  const auto shape = [](const convforge_operand &t) { return std::vector(t.shape, t.shape + t.rank); };
  const auto strides = [](const convforge_operand &t) { return std::vector(t.strides, t.strides + t.rank); };
  ASSERT_EQ(k.operand_count, 5);
  const char *const names[] = {"input", "weights", "bias", "residual", "output"};
  const convforge_role roles[] = {CONVFORGE_INPUT, CONVFORGE_WEIGHTS, CONVFORGE_EPILOGUE, CONVFORGE_EPILOGUE,
                                  CONVFORGE_OUTPUT};
  for (int i = 0; i < 5; ++i) {
    EXPECT_STREQ(k.operands[i].name, names[i]);
    EXPECT_EQ(k.operands[i].role, roles[i]);
    EXPECT_EQ(k.operands[i].dtype, CONVFORGE_F32);
    EXPECT_EQ(k.operands[i].constant, nullptr);
  }
  EXPECT_THAT(shape(k.operands[0]), testing::ElementsAre(2, 5, 7, 6));
  EXPECT_THAT(strides(k.operands[0]), testing::ElementsAre(210, 42, 6, 1));
  EXPECT_EQ(k.operands[0].bytes, 2u * 5 * 7 * 6 * 4);
  EXPECT_THAT(shape(k.operands[1]), testing::ElementsAre(3, 2, 3, 10));
  EXPECT_THAT(strides(k.operands[1]), testing::ElementsAre(60, 30, 10, 1));
  EXPECT_THAT(shape(k.operands[2]), testing::ElementsAre(10));
  EXPECT_EQ(k.operands[2].bytes, 40u);
  EXPECT_THAT(shape(k.operands[3]), testing::ElementsAre(2, 3, 4, 10));
  EXPECT_THAT(shape(k.operands[4]), testing::ElementsAre(2, 3, 4, 10));
  EXPECT_EQ(k.multiply_adds, 2u * 3 * 4 * 10 * 3 * 3 * 2);
  EXPECT_STREQ(k.target, "x86-64-avx2");
  EXPECT_EQ(k.cpu_features, find_target("x86-64-avx2").cpu_features);
}

TEST(KernelDescription, FollowsTheTypes) {
  Artefact artefact = sample_artefact(find_target("x86-64-avx2"), "bias,residual");
  artefact.problem.types = parse_element_types("f16");
  const KernelDescription description(artefact);
  const convforge_kernel k = description.materialise(nullptr);
  EXPECT_EQ(convforge_input(&k)->dtype, CONVFORGE_F16);
  EXPECT_EQ(convforge_input(&k)->bytes, 2u * 5 * 7 * 6 * 2);
  EXPECT_EQ(k.operands[3].dtype, CONVFORGE_F16);
  EXPECT_EQ(k.operands[2].dtype, CONVFORGE_F32);
  EXPECT_EQ(k.pack.weights_dtype, CONVFORGE_F16);
  EXPECT_EQ(pack_layout(artefact.problem, artefact.plan).type, ElementType::f16);
  EXPECT_THAT(pack_layout(artefact.problem, artefact.plan).layout, HasSubstr(" f16 "));
  EXPECT_THAT(emit_header(std::vector{artefact}, {}),
              HasSubstr("_pack(const convforge_f16 *weights, void *packed)"));
  artefact.problem.types = parse_element_types("f32:f16:f32");
  EXPECT_THAT(emit_header(std::vector{artefact}, {}), HasSubstr("(const float *input, const void *packed, "));
}

TEST(KernelDescription, SaysHowResultsBecomeEightBits) {
  Artefact artefact = sample_artefact(find_target("x86-64-avx2"), "");
  artefact.problem = Problem::parse(
      "ic6ih5oc10kh3", {.epilogue = "bias,residual:0.7:-3,relu", .dtype = "s8:s8:s8", .zero_points = "-9:4"});
  artefact.pack = pack_layout(
      artefact.problem,
      {.type = ElementType::s8, .regions = {{.channels = 10, .lanes = 16}}, .dot = {.elements = 4}});
  const KernelDescription description(artefact);
  const convforge_kernel k = description.materialise(nullptr);
  ASSERT_NE(k.requantisation, nullptr);
  EXPECT_EQ(k.requantisation->rounding, CONVFORGE_ROUND_ONNX);
  EXPECT_EQ(k.requantisation->zero_point, 4);
  EXPECT_EQ(k.requantisation->low, 4);
  EXPECT_EQ(k.requantisation->high, 127);
  EXPECT_EQ(k.requantisation->residual_factor, 0.7f);
  EXPECT_EQ(k.requantisation->residual_zero_point, -3);
  EXPECT_EQ(k.pack.dot.source_zero_point, -9);
  EXPECT_EQ(k.pack.dot.multipliers, CONVFORGE_MULTIPLIERS_FLOAT);
  EXPECT_EQ(k.operands[2].role, CONVFORGE_PACKED);
  artefact.problem = Problem::parse("ic6ih5oc10kh3", {.epilogue = "bias,tanh", .dtype = "s8:s8:f32"});
  EXPECT_EQ(KernelDescription(artefact).materialise(nullptr).requantisation, nullptr);
}

TEST(KernelDescription, FollowsTheLayouts) {
  Artefact artefact = sample_artefact(find_target("x86-64-avx2"), "");
  artefact.problem.layout = Layout::nchw;
  artefact.problem.weights_layout = WeightsLayout::oihw;
  const KernelDescription description(artefact);
  const convforge_kernel k = description.materialise(nullptr);
  EXPECT_STREQ(k.layout, "nchw");
  EXPECT_STREQ(k.weights_layout, "oihw");
  ASSERT_EQ(k.operand_count, 3);
  const auto shape = [](const convforge_operand &t) { return std::vector(t.shape, t.shape + t.rank); };
  EXPECT_THAT(shape(*convforge_input(&k)), testing::ElementsAre(2, 6, 5, 7));
  EXPECT_THAT(shape(*convforge_weights(&k)), testing::ElementsAre(10, 3, 3, 2));
  EXPECT_THAT(shape(*convforge_output(&k)), testing::ElementsAre(2, 10, 3, 4));
}

TEST(KernelDescription, HasTheStridesOfSlices) {
  for (const bool nhwc : {true, false}) {
    Artefact artefact =
        sample_artefact(find_target("x86-64-avx2"), "residual"); // of 5 x 7 pixels, two images
    artefact.problem.layout = nhwc ? Layout::nhwc : Layout::nchw;
    artefact.problem.strides.input = nhwc ? Strides{.h = 100, .w = 9} : Strides{.c = 100, .h = 9};
    artefact.problem.strides.residual = {.n = 5000};
    const KernelDescription description(artefact);
    const convforge_kernel kernel = description.materialise(nullptr);
    const convforge_operand &input = *convforge_input(&kernel), &residual = kernel.operands[2],
                            &output = *convforge_output(&kernel);
    const std::int64_t last[] = {nhwc ? 500 : 600, 100, 9, 1};
    EXPECT_TRUE(std::equal(last, last + 4, input.strides));
    std::int64_t elements = 1;
    for (int d = 0; d < 4; ++d)
      elements += (input.shape[d] - 1) * last[d];
    EXPECT_EQ(input.bytes, static_cast<std::size_t>(elements) * sizeof(float));
    EXPECT_EQ(residual.strides[0], 5000);
    EXPECT_NE(output.strides[0], 5000);
    EXPECT_LT(output.bytes, residual.bytes);
  }
}

TEST(KernelDescription, ThreeDimensionsHaveADepth) {
  Artefact artefact = sample_artefact(find_target("x86-64-avx2"), "");
  artefact.problem = Problem::parse("mb2ic6id4ih5iw7oc10kd2kh3kw3");
  artefact.plan.regions = {{.channels = 10, .block = 16, .lanes = 8}};
  artefact.pack = pack_layout(artefact.problem, artefact.plan);
  const KernelDescription description(artefact);
  const convforge_kernel k = description.materialise(nullptr);
  const auto shape = [](const convforge_operand &t) { return std::vector(t.shape, t.shape + t.rank); };
  EXPECT_THAT(shape(*convforge_input(&k)), testing::ElementsAre(2, 4, 5, 7, 6));
  EXPECT_THAT(shape(*convforge_weights(&k)), testing::ElementsAre(2, 3, 3, 6, 10));
  EXPECT_THAT(std::vector(k.pack.kernel, k.pack.kernel + 3), testing::ElementsAre(2, 3, 3));
  EXPECT_THAT(k.pack.layout, HasSubstr("blocked f32 g1 t2 r3 s3 c6 k10:"));
  const std::string header = emit_header(std::vector{artefact}, {});
  EXPECT_THAT(header, HasSubstr("_INPUT_DEPTH 4"));
  EXPECT_THAT(header, HasSubstr("_OUTPUT_DEPTH 3"));
  EXPECT_THAT(header, HasSubstr("depth: 4 -> 3, kernel 2, stride 1"));
  EXPECT_THAT(header, HasSubstr("N D H W C"));
  EXPECT_THAT(header, HasSubstr("T R S C/groups K"));
}

TEST(KernelDescription, RefusesWhatADescriptorCannotHold) {
  Artefact artefact = sample_artefact(find_target("x86-64-avx2"), "");
  artefact.views.assign(CONVFORGE_MAX_VIEWS + 1, {0, 0});
  EXPECT_THROW(KernelDescription{artefact}, Error);
  artefact.views = {{3, 0}};
  EXPECT_THROW(KernelDescription{artefact}, Error);
  artefact.views = {};
  EXPECT_THROW(KernelDescription{artefact}, Error);
}

} // namespace
} // namespace convforge
