// What emitted text says and refuses, without compiling it.
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
using testing::Not;

std::vector<Artefact> variants(const std::string &epilogue) {
  return {sample_artefact(find_target("x86-64-avx512"), epilogue),
          sample_artefact(find_target("x86-64-sse41"), epilogue)};
}

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
  EXPECT_EQ(k.pack.weights_oihw, 1);
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

TEST(Emit, LeavesOutWhatTheKernelLacks) {
  EXPECT_THAT(emit_header(variants("bias,residual,relu"), {}),
              HasSubstr("int conv1(const float *input, const void *packed, const float *bias, const float "
                        "*residual, float *output,\n"
                        "    void *workspace);"));
  const std::string plain = emit_header(variants("relu"), {});
  EXPECT_THAT(
      plain, HasSubstr("int conv1(const float *input, const void *packed, float *output, void *workspace);"));
  EXPECT_THAT(plain, Not(HasSubstr("CONV1_BIAS_ELEMENTS")));
  const Constants constants{{std::vector<std::uint8_t>(1024), std::vector<std::uint8_t>(1024)},
                            {{"bias", std::vector<std::uint8_t>(40)}}};
  const std::string constant = emit_header(variants("bias"), constants);
  EXPECT_THAT(constant, HasSubstr("int conv1(const float *input, float *output, void *workspace);"));
  EXPECT_THAT(constant, Not(HasSubstr("conv1_pack")));
  EXPECT_THAT(constant, Not(HasSubstr("CONV1_WEIGHTS_ELEMENTS")));
}

TEST(Emit, HeaderStatesSizesAndShapes) {
  const std::string header = emit_header(variants("bias"), {});
  EXPECT_THAT(header, HasSubstr("#define CONV1_INPUT_ELEMENTS 420\n"));
  EXPECT_THAT(header, HasSubstr("#define CONV1_WEIGHTS_ELEMENTS 180\n"));
  EXPECT_THAT(header, HasSubstr("#define CONV1_BIAS_ELEMENTS 10\n"));
  EXPECT_THAT(header, HasSubstr("#define CONV1_OUTPUT_ELEMENTS 240\n"));
  EXPECT_THAT(header, HasSubstr("2 x 5 x 7 x 6"));
  EXPECT_THAT(header, HasSubstr("1024 of packed weights, 128 + 192 a thread of workspace"));
}

TEST(Emit, HeaderStatesSlices) {
  std::vector<Artefact> slices = variants("");
  for (Artefact &variant : slices)
    variant.problem.strides.input.w = 9;
  const std::string header = emit_header(slices, {});
  EXPECT_THAT(header, HasSubstr("neighbours 315, 63, 9, 1 elements apart"));
  EXPECT_THAT(header, HasSubstr("#define CONV1_INPUT_ELEMENTS 627\n")); // 315 + 4 * 63 + 6 * 9 + 6
  EXPECT_THAT(header, HasSubstr("the gaps between them included"));
  EXPECT_THAT(emit_header(variants(""), {}),
              AllOf(Not(HasSubstr("slice")), HasSubstr("float32, dense, row-major")));
}

TEST(Emit, HeaderListsEveryErrorThatItsFunctionsAnswer) {
  const Constants constants{{std::vector<std::uint8_t>(1024), std::vector<std::uint8_t>(1024)}, {}};
  const std::string header = emit_header(variants("bias"), {}),
                    constant = emit_header(variants("bias"), constants);
  for (const char *code : {"NULL", "MISALIGNED", "OVERLAP", "ABI", "TARGET", "THREADS", "MEMORY"}) {
    const std::string line = " *   CONVFORGE_ERROR_" + std::string(code) + " ";
    EXPECT_THAT(header, HasSubstr(line));
    EXPECT_THAT(constant, HasSubstr(line));
  }
  EXPECT_THAT(header, HasSubstr(" *   CONVFORGE_ERROR_PACK "));
  EXPECT_THAT(header, Not(HasSubstr("CONVFORGE_ERROR_CONSTANT")));
  EXPECT_THAT(constant, HasSubstr(" *   CONVFORGE_ERROR_CONSTANT "));
  EXPECT_THAT(constant, Not(HasSubstr("CONVFORGE_ERROR_PACK ")));
}

/// With the types and the epilogue of `rest`.
std::vector<Artefact> quantised(const ProblemText &rest) {
  std::vector<Artefact> list = variants("");
  for (Artefact &variant : list) {
    variant.problem = Problem::parse("mb2g2ic6ih5iw7oc10oh3ow4kh3kw2sh2sw2ph1pw0", rest);
    variant.pack = pack_layout(variant.problem, {.type = ElementType::s8,
                                                 .regions = {{.channels = 5, .lanes = 4}},
                                                 .dot = {.elements = 4, .run_columns = 2}});
    variant.views = {{0, 0}, {1, 64}};
  }
  return list;
}

TEST(Emit, QuantisedKernelsPackMultipliersAndBiasWithTheWeights) {
  const std::vector<Artefact> all =
      quantised({.epilogue = "bias,residual:0.5:3,relu", .dtype = "u8:s8:u8", .zero_points = "128:5"});
  const std::string header = emit_header(all, {}), source = emit_source(all, {});
  EXPECT_THAT(header,
              HasSubstr("int conv1_pack(const int8_t *weights, const double *multipliers, const int32_t "
                        "*bias, void *packed);"));
  EXPECT_THAT(header,
              HasSubstr("int conv1(const uint8_t *input, const void *packed, const uint8_t *residual, "
                        "uint8_t *output,\n    void *workspace);"));
  EXPECT_THAT(header, HasSubstr("#define CONV1_MULTIPLIERS_ELEMENTS 10\n"));
  EXPECT_THAT(header, HasSubstr("#define CONV1_BIAS_ELEMENTS 10\n"));
  EXPECT_THAT(header, HasSubstr("#define CONV1_RESIDUAL_ELEMENTS 240\n"));
  EXPECT_THAT(header, HasSubstr(" *   multipliers  K "));
  EXPECT_THAT(header, HasSubstr("80 bytes, double"));
  EXPECT_THAT(header, HasSubstr("the input's zero point is 128"));
  EXPECT_THAT(header, HasSubstr("rounding onnx: "));
  EXPECT_THAT(header, HasSubstr("the output's zero point, 5, is added; results are 5 to 255"));
  EXPECT_THAT(header, HasSubstr("the residual, less its zero point 3, is multiplied by 0.5"));
  EXPECT_THAT(header, HasSubstr("conv1_pack(weights, multipliers, bias, packed); // once"));
  EXPECT_THAT(header, HasSubstr("CONVFORGE_ERROR_MULTIPLIER"));
  EXPECT_THAT(header, HasSubstr("CONVFORGE_ERROR_SUMS"));
  EXPECT_THAT(source,
              HasSubstr("const void *const operands[] = {NULL, weights, multipliers, bias, NULL, NULL};"));
  EXPECT_THAT(source,
              HasSubstr("{(void *)input, (void *)packed, NULL, NULL, (void *)residual, (void *)output}"));
  EXPECT_THAT(source, HasSubstr(".name = \"multipliers\", .role = CONVFORGE_PACKED, .dtype = CONVFORGE_F64"));
  EXPECT_THAT(source, HasSubstr(".kind = CONVFORGE_PACK_DOT"));
  EXPECT_THAT(source, HasSubstr(".dot = {.dot = 4, .run_columns = 2, .source_zero_point = 128, .offset = 0"));
}

TEST(Emit, QuantisedKernelsSayWhatTheyStore) {
  const std::string reals = emit_header(quantised({.epilogue = "tanh", .dtype = "s8:s8:f32"}), {});
  EXPECT_THAT(reals,
              HasSubstr("conv1_pack(const int8_t *weights, const double *multipliers, void *packed);"));
  EXPECT_THAT(reals, HasSubstr("int conv1(const int8_t *input, const void *packed, float *output, "));
  EXPECT_THAT(reals, Not(HasSubstr("rounding")));
  const std::vector<Artefact> sums = quantised({.dtype = "u8:s8:s32"});
  EXPECT_THAT(emit_header(sums, {}), HasSubstr("conv1_pack(const int8_t *weights, void *packed);"));
  EXPECT_THAT(emit_header(sums, {}), HasSubstr("the sums themselves are stored"));
  EXPECT_THAT(emit_header(sums, {}), Not(HasSubstr("multipliers")));
  EXPECT_THAT(emit_source(sums, {}), HasSubstr("return convforge_pack_weights(kernel, weights, packed);"));
}

TEST(Emit, ConstantWeightsHoldWhatIsPackedWithThem) {
  const std::vector<Artefact> all = quantised({.epilogue = "bias", .dtype = "u8:s8:u8"});
  const std::vector<std::uint8_t> packed(all[0].pack.bytes);
  const Constants constants{{packed, packed}, {}};
  const std::string header = emit_header(all, constants);
  EXPECT_THAT(header, HasSubstr("int conv1(const uint8_t *input, uint8_t *output, void *workspace);"));
  EXPECT_THAT(header, HasSubstr("Constants of this library: weights, multipliers, bias."));
  EXPECT_THAT(header, Not(HasSubstr("conv1_pack")));
  EXPECT_THAT(header, Not(HasSubstr("CONV1_MULTIPLIERS_ELEMENTS")));
  EXPECT_THAT(header, Not(HasSubstr("CONVFORGE_ERROR_SUMS")));
  EXPECT_THAT(emit_source(all, constants), Not(HasSubstr("conv1_constant_")));
  EXPECT_EQ(emit_objects(all, constants).size(), 4u); // two kernels and their weights
  EXPECT_THROW(emit_source(all, {{packed, packed}, {{"bias", std::vector<std::uint8_t>(40)}}}), Error);
}

TEST(Emit, DependsOnItsArgumentsOnly) {
  std::vector<Artefact> labelled = variants("bias");
  for (Artefact &a : labelled)
    a.problem.name = "another label";
  EXPECT_TRUE(emit_header(variants("bias"), {}) == emit_header(labelled, {}));
  EXPECT_TRUE(emit_source(variants("bias"), {}) == emit_source(labelled, {}));
}

TEST(Emit, RefusesVariantsOfDifferentKernels) {
  EXPECT_THROW(emit_header({}, {}), Error);
  std::vector<Artefact> v = variants("bias");
  v[1].problem.batch = 3;
  EXPECT_THROW(emit_source(v, {}), Error);
  v = variants("bias");
  v[1].name = "conv2";
  EXPECT_THROW(emit_source(v, {}), Error);
  v = variants("bias");
  v[1].target = v[0].target;
  EXPECT_THROW(emit_source(v, {}), Error);
  v = variants("bias");
  v[0].name = v[1].name = "int";
  EXPECT_THROW(emit_header(v, {}), Error);
}

TEST(Emit, RefusesConstantsOfAnotherSize) {
  const std::vector<std::uint8_t> right(1024), wrong(1023);
  EXPECT_THROW(emit_source(variants("bias"), {{right}, {}}), Error);
  EXPECT_THROW(emit_source(variants("bias"), {{right, wrong}, {}}), Error);
  EXPECT_THROW(emit_source(variants("bias"), {{}, {{"bias", std::vector<std::uint8_t>(36)}}}), Error);
  EXPECT_THROW(emit_source(variants("relu"), {{}, {{"bias", std::vector<std::uint8_t>(40)}}}), Error);
  EXPECT_NO_THROW(emit_source(variants("bias"), {{right, right}, {{"bias", std::vector<std::uint8_t>(40)}}}));
}

TEST(Emit, RefusesAConstantThatIsASlice) {
  const Problem problem =
      Problem::parse("ic3ih1iw2oc4oh1ow2kh1kw1", {.epilogue = "residual", .residual_strides = "8x1x8x5"});
  const std::vector<std::uint8_t> dense(4 * 2 * sizeof(float)),
      of_slice(epilogue_operands(problem)[0].bytes());
  EXPECT_THROW(check_constants(problem, {{}, {{"residual", dense}}}), Error);
  EXPECT_THROW(check_constants(problem, {{}, {{"residual", of_slice}}}), Error);
}

} // namespace
} // namespace convforge
