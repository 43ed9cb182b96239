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
