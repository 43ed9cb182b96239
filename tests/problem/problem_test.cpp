#include "messages.hpp"
#include "problem/problem.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

using Shape = std::vector<std::int64_t>;

TEST(Problem, CountsTheSeedCase) {
  Problem problem = Problem::parse("ic3ih3oc1kh2");
  problem.epilogue = Epilogue::parse("bias,relu");
  EXPECT_EQ(problem.parameters(), 13);
  EXPECT_EQ(problem.multiply_adds(), 2 * 2 * 3 * 2 * 2);
  problem.epilogue = {};
  EXPECT_EQ(problem.parameters(), 12);
}

TEST(Problem, TakesSomeCombinationsOfTypes) {
  EXPECT_EQ(Problem::parse("ic3ih3oc1kh2", {.dtype = "f16"}).types,
            (ElementTypes{ElementType::f16, ElementType::f16, ElementType::f16}));
  EXPECT_EQ(Problem::parse("ic3ih3oc1kh2", {.dtype = "f32:f16:f32"}).types.weights, ElementType::f16);
  for (const char *types : {"f16:f32:f32", "f32:f32:f16", "f16:f16:f32"})
    EXPECT_EQ(error_of([&] { Problem::parse("ic3ih3oc1kh2", {.dtype = types}); }),
              std::string("types: ") + types +
                  " (expected f32, f16, f32:f16:f32 or of 8-bit integers u8:s8:u8, s8:s8:s8, or with "
                  "destination s32 or f32 (source:weights:destination))");
  // 2^30 elements: 4 GiB of floats, 2 GiB of halves, and still a copy of floats; half of them fit.
  EXPECT_NE(error_of([] { Problem::parse("ic1024ih1024oc1kh1", {.dtype = "f16"}); }), "");
  EXPECT_NE(error_of([] { Problem::parse("ic1oc1073741824ih1kh1", {.dtype = "f32:f16:f32"}); }), "");
  EXPECT_EQ(Problem::parse("ic1ih1oc536870911kh1", {.dtype = "f16"}).out_channels, 536870911);
}

TEST(Problem, CountsGroups) {
  const Problem problem = Problem::parse("mb2g4ic8ih5iw6oc12kh3kw3ph1pw1");
  EXPECT_EQ(problem.group_in(), 2);
  EXPECT_EQ(problem.group_out(), 3);
  EXPECT_FALSE(problem.depthwise());
  EXPECT_EQ(problem.parameters(), 3 * 3 * 2 * 12);
  EXPECT_EQ(problem.multiply_adds(), 2 * 5 * 6 * 12 * 2 * 9);
  EXPECT_TRUE(Problem::parse("g4ic4oc8ih5kh3").depthwise());
  EXPECT_FALSE(Problem::parse("ic1oc8ih5kh3").depthwise());
}

TEST(Problem, ShapesFollowTheLayouts) {
  Problem problem = Problem::parse("mb2g2ic4ih5iw6oc8kh3kw2");
  EXPECT_EQ(problem.input_shape(), (Shape{2, 5, 6, 4}));
  EXPECT_EQ(problem.weights_shape(), (Shape{3, 2, 2, 8}));
  EXPECT_EQ(problem.output_shape(), (Shape{2, 3, 5, 8}));
  problem.layout = Layout::nchw;
  problem.weights_layout = default_weights_layout(problem.layout);
  EXPECT_EQ(problem.input_shape(), (Shape{2, 4, 5, 6}));
  EXPECT_EQ(problem.weights_shape(), (Shape{8, 2, 3, 2}));
  EXPECT_EQ(problem.output_shape(), (Shape{2, 8, 3, 5}));
  EXPECT_EQ(default_weights_layout(Layout::nhwc), WeightsLayout::hwio);
}

TEST(Problem, CountsAndShapesOfThreeDimensions) {
  Problem problem = Problem::parse("mb2g2ic4id7ih5iw6oc8kd2kh3kw4");
  EXPECT_EQ(problem.parameters(), 2 * 3 * 4 * 2 * 8);
  EXPECT_EQ(problem.multiply_adds(), 2 * 6 * 3 * 3 * 8 * 2 * 24);
  EXPECT_EQ(problem.volume(&Axis::input), 7 * 5 * 6);
  EXPECT_EQ(problem.input_shape(), (Shape{2, 7, 5, 6, 4}));
  EXPECT_EQ(problem.weights_shape(), (Shape{2, 3, 4, 2, 8}));
  EXPECT_EQ(problem.output_shape(), (Shape{2, 6, 3, 3, 8}));
  problem.layout = Layout::nchw;
  problem.weights_layout = WeightsLayout::oihw;
  EXPECT_EQ(problem.input_shape(), (Shape{2, 4, 7, 5, 6}));
  EXPECT_EQ(problem.weights_shape(), (Shape{8, 2, 2, 3, 4}));
  EXPECT_EQ(problem.output_shape(), (Shape{2, 8, 6, 3, 3}));
}

TEST(Problem, EveryFieldButTheNameIsCompared) {
  const Problem problem = Problem::parse("ic4ih8oc8kh3n\"a\"");
  Problem renamed = problem;
  renamed.name = "b";
  EXPECT_EQ(renamed, problem);
  EXPECT_EQ(renamed.canonical(), problem.canonical());
  EXPECT_EQ(hash_value(renamed), hash_value(problem));
  std::vector<Problem> others(10, problem);
  others[0].batch = 2;
  others[1].in_channels = 5;
  others[2].out_channels = 5;
  others[3].height().output = 7;
  others[4].width().stride = 2;
  others[5].layout = Layout::nchw;
  others[6].weights_layout = WeightsLayout::oihw;
  others[7].math = Math::exact;
  others[8].epilogue = Epilogue::parse("relu");
  others[9].depth().pad_begin = 1;
  for (const Problem &other : others) {
    EXPECT_FALSE(other == problem) << other.canonical();
    EXPECT_NE(other.canonical(), problem.canonical());
    EXPECT_NE(hash_value(other), hash_value(problem));
  }
}

TEST(Problem, CanonicalTextIsFixed) {
  Problem problem = Problem::parse("ic4ih8oc8kh3n\"a\"");
  problem.epilogue = Epilogue::parse("bias,leaky_relu:0.1");
  EXPECT_EQ(problem.canonical(),
            "g1mb1ic4ih8iw8oc8oh6ow6kh3kw3sh1sw1ph0pw0dh0dw0 layout=nhwc weights=hwio type=f32 "
            "math=default epilogue=bias,leaky_relu:0.1");
}

TEST(Problem, TensorsStayBelow2GiB) {
  EXPECT_EQ(problem_error("ic1oc1ih23170kh1"), "no error");
  EXPECT_TRUE(contains(problem_error("ic1oc1ih23171kh1"),
                       "input tensor: 2147580964 bytes, 1 x 23171 x 23171 x 1 (expected less"));
  EXPECT_TRUE(contains(problem_error("ic1oc1id64ih4096iw4096kd1kh1kw1"),
                       "input tensor: 4294967296 bytes, 1 x 64 x 4096 x 4096 x 1 (expected less"));
  EXPECT_EQ(problem_error("ic1oc1id31ih4096iw4096kd1kh1kw1"), "no error");
  EXPECT_TRUE(
      contains(problem_error("ic1oc1id31ih4096iw4096od31kd3kh1kw1"), "padded input tensor: 2214592512"));
  EXPECT_TRUE(contains(problem_error("ic1oc2ih23170kh1"), "output tensor: 4294791200 bytes"));
  EXPECT_TRUE(contains(problem_error("ic32768oc16384ih1kh1"),
                       "weights tensor: 2147483648 bytes, 1 x 1 x 32768 x 16384"));
  EXPECT_TRUE(contains(problem_error("ic1oc1ih23170kh3ph1"), "padded input tensor: 2147766336 bytes"));
  EXPECT_TRUE(contains(problem_error("mb2147483646ic2147483646oc1ih2147483646kh1"), "input tensor: 8.5070"));
}

TEST(Problem, HandMadeOnesAreChecked) {
  Problem problem;
  EXPECT_EQ(error_of([&] { problem.validate(); }), "no error");
  problem.groups = -1;
  EXPECT_EQ(error_of([&] { problem.validate(); }), "g: -1 (expected at least 1)");
  problem.groups = 1;
  problem.name = "\"quoted\"";
  EXPECT_TRUE(contains(error_of([&] { problem.validate(); }), "name: "));
}

TEST(Problem, NamesOfChoicesReadBack) {
  for (const Layout layout : {Layout::nhwc, Layout::nchw})
    EXPECT_EQ(parse_layout(name_of(layout)), layout);
  for (const WeightsLayout layout : {WeightsLayout::hwio, WeightsLayout::oihw})
    EXPECT_EQ(parse_weights_layout(name_of(layout)), layout);
  for (const Math math : {Math::standard, Math::exact, Math::fast})
    EXPECT_EQ(parse_math(name_of(math)), math);
  EXPECT_EQ(parse_element_type(name_of(ElementType::f32)), ElementType::f32);
  EXPECT_EQ(name_of(Math::standard), "default");
  EXPECT_EQ(error_of([] { parse_layout("nhcw"); }), "layout: \"nhcw\" (expected nhwc or nchw)");
  EXPECT_EQ(error_of([] { parse_element_type("f8"); }),
            "element type: \"f8\" (expected f32 or f16 or u8 or s8 or s16 or s32 or f64)");
  EXPECT_EQ(error_of([] { parse_math(""); }), "math: \"\" (expected default or exact or fast)");
}

} // namespace
} // namespace convforge
