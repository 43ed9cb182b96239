#include "problem/operand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace convforge {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(const std::vector<Operand> &list) {
  std::vector<std::string> names;
  for (const Operand &operand : list)
    names.push_back(operand.name);
  return names;
}

TEST(Operands, FollowTheEpilogueAndAreNumberedByTheirPlace) {
  const Problem problem = Problem::parse(
      "ic3ih5oc4kh3", {.epilogue = "scale,bias,relu,residual,bias,affine:1:2,prelu,scale,bias,residual"});
  EXPECT_THAT(names(operands(problem)), ElementsAre("input", "weights", "scale", "bias", "residual", "bias2",
                                                    "prelu", "scale2", "bias3", "residual2", "output"));
  EXPECT_THAT(names(epilogue_operands(problem)),
              ElementsAre("scale", "bias", "residual", "bias2", "prelu", "scale2", "bias3", "residual2"));
  EXPECT_EQ(operands(problem)[first_epilogue_operand(problem)].role, Role::epilogue);
}

TEST(Operands, OfEveryOperationAreNamedAfterIt) {
  EXPECT_THAT(operations_with_tensor(), ElementsAre("bias", "scale", "prelu", "residual"));
  for (const std::string_view name : operations_with_tensor()) {
    const Problem problem = Problem::parse("ic3ih5oc4kh3", {.epilogue = name});
    EXPECT_THAT(names(epilogue_operands(problem)), ElementsAre(name));
    EXPECT_EQ(epilogue_operands(problem).front().by_channel(), name != "residual");
  }
}

// Multipliers and bias of 8-bit integers are packed: calls bring neither.
TEST(Operands, OfQuantisedProblemsArePackedWithTheWeights) {
  const auto of = [](std::string_view types, std::string_view epilogue) {
    return operands(Problem::parse("ic3ih5oc4kh3", {.epilogue = epilogue, .dtype = types}));
  };
  EXPECT_THAT(names(of("u8:s8:u8", "bias,residual:1:0,relu")),
              ElementsAre("input", "weights", "multipliers", "bias", "residual", "output"));
  EXPECT_THAT(names(of("s8:s8:s8", "")), ElementsAre("input", "weights", "multipliers", "output"));
  EXPECT_THAT(names(of("u8:s8:s32", "bias")), ElementsAre("input", "weights", "bias", "output"));
  EXPECT_THAT(names(of("u8:s8:s32", "")), ElementsAre("input", "weights", "output"));
  EXPECT_THAT(names(of("u8:s8:f32", "bias,scale,prelu,residual")),
              ElementsAre("input", "weights", "multipliers", "bias", "scale", "prelu", "residual", "output"));
  const std::vector<Operand> list = of("u8:s8:u8", "bias,residual:1:0");
  using enum ElementType;
  const ElementType types[] = {u8, s8, f64, s32, u8, u8};
  const Role roles[] = {Role::input, Role::weights, Role::packed, Role::packed, Role::epilogue, Role::output};
  ASSERT_EQ(list.size(), 6u);
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(list[i].type, types[i]) << i;
    EXPECT_EQ(list[i].role, roles[i]) << i;
  }
  EXPECT_EQ(of("u8:s8:f32", "bias,residual")[4].type, f32);
}

TEST(Operands, FirstOfTheEpilogueComesBehindWhatIsPacked) {
  const auto first = [](std::string_view types, std::string_view epilogue) {
    return first_epilogue_operand(Problem::parse("ic3ih5oc4kh3", {.epilogue = epilogue, .dtype = types}));
  };
  EXPECT_EQ(first("f32", "bias"), 2u);
  EXPECT_EQ(first("u8:s8:u8", "bias"), 4u);
  EXPECT_EQ(first("u8:s8:u8", ""), 3u);
  EXPECT_EQ(first("u8:s8:s32", ""), 2u);
}

TEST(Operands, KnowWhetherTheyAreSlices) {
  const auto residual = [](const std::string &strides) {
    const Problem problem =
        Problem::parse("ic3ih1iw2oc4oh1ow2kh1kw1", {.epilogue = "residual", .residual_strides = strides});
    return epilogue_operands(problem).front();
  };
  EXPECT_TRUE(residual("").is_dense());
  EXPECT_TRUE(residual("99x1x50x4").is_dense()); // of one image and one row: nothing lies between
  EXPECT_FALSE(residual("99x1x50x5").is_dense());
}

TEST(Operands, HaveShapesAndDenseStrides) {
  const Problem problem = Problem::parse("mb2ic3ih5oc4kh3", {.epilogue = "bias,residual", .layout = "nchw"});
  const std::vector<Operand> list = operands(problem);
  ASSERT_EQ(list.size(), 5u);
  EXPECT_THAT(list[input_operand].shape, ElementsAre(2, 3, 5, 5));
  EXPECT_THAT(list[input_operand].strides, ElementsAre(75, 25, 5, 1));
  EXPECT_EQ(list[input_operand].bytes(), 600u);
  EXPECT_THAT(list[weights_operand].shape, ElementsAre(4, 3, 3, 3));
  EXPECT_THAT(list[2].shape, ElementsAre(4));
  EXPECT_TRUE(list[2].by_channel());
  EXPECT_THAT(list[3].shape, ElementsAre(2, 4, 3, 3));
  EXPECT_FALSE(list[3].by_channel());
  EXPECT_EQ(list.back().role, Role::output);
  EXPECT_EQ(list.back().elements(), 72);
}

TEST(Operands, OfAChannelAreParameters) {
  const auto parameters = [](std::string_view epilogue) {
    return Problem::parse("ic3ih3oc2kh2", {.epilogue = epilogue}).parameters();
  };
  EXPECT_EQ(parameters(""), 24);
  EXPECT_EQ(parameters("bias,scale,bias,prelu,residual,affine:1:2"), 24 + 4 * 2);
  EXPECT_EQ(Problem::parse("ic3ih3oc2kh2", {.epilogue = "bias", .dtype = "u8:s8:u8"}).parameters(), 24 + 2);
}

// What reaches over a slice of a larger tensor ends with its last element, not with its last row.
TEST(Operands, EndWithTheirLastElement) {
  Operand slice = operands(Problem::parse("ic3ih5oc4kh3")).front();
  slice.strides = {1000, 100, 10, 1};
  EXPECT_EQ(slice.bytes(), (4 * 100 + 4 * 10 + 2 + 1) * 4u);
}

} // namespace
} // namespace convforge
