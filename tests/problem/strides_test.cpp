// Strides of slices: as text, as fields, and what they must obey.
#include "problem/problem.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

using namespace convforge;

namespace {

constexpr const char *shape = "mb2ic16ih8oc24kh3ph1"; // 8x8 pixels in and out

Problem parsed(std::string_view strides, std::string_view epilogue = "", std::string_view residual = "",
               std::string_view layout = "nhwc") {
  return Problem::parse(
      shape, {.epilogue = epilogue, .layout = layout, .strides = strides, .residual_strides = residual});
}

std::string error_of(std::string_view strides, std::string_view epilogue = "", std::string_view residual = "",
                     std::string_view layout = "nhwc") {
  try {
    parsed(strides, epilogue, residual, layout);
  } catch (const Error &error) {
    return error.what();
  }
  return "";
}

TEST(Strides, WhatIsLeftOutFollowsFromWhatIsGiven) {
  const Problem problem = parsed("0x1x0x32::");
  EXPECT_EQ(problem.input_strides(), (Strides{.n = 2048, .c = 1, .d = 2048, .h = 256, .w = 32}));
  EXPECT_EQ(problem.output_strides(), (Strides{.n = 1536, .c = 1, .d = 1536, .h = 192, .w = 24}));
  const Problem planes = parsed("0x100x10x1::", "", "", "nchw");
  EXPECT_EQ(planes.input_strides(), (Strides{.n = 1600, .c = 100, .d = 80, .h = 10, .w = 1}));
}

TEST(Strides, SpanRunsFromTheFirstElementToTheLast) {
  const Problem problem = parsed("0x1x300x32::");
  EXPECT_EQ(span(problem.input_strides(), problem.input_extents()), 2400 + 7 * 300 + 7 * 32 + 16);
  EXPECT_EQ(span(problem.output_strides(), problem.output_extents()), 2 * 8 * 8 * 24);
}

TEST(Strides, DenseProblemsStayAsTheyWere) {
  const Problem dense = Problem::parse(shape);
  EXPECT_FALSE(dense.strided());
  EXPECT_EQ(dense.canonical().find("strides"), std::string::npos);
  for (const char *same : {"", "::", "1024x1x128x16", "0x0x0x16::1536x1x192x24", "0x1x0x0"}) {
    const Problem problem = parsed(same);
    EXPECT_FALSE(problem.strided()) << same;
    EXPECT_EQ(problem, dense) << same;
    EXPECT_EQ(hash_value(problem), hash_value(dense)) << same;
    EXPECT_EQ(problem.canonical(), dense.canonical()) << same;
  }
}

TEST(Strides, AreCompared) {
  const Problem slice = parsed("0x1x0x32::");
  EXPECT_TRUE(slice.strided());
  EXPECT_NE(slice, Problem::parse(shape));
  EXPECT_NE(hash_value(slice), hash_value(Problem::parse(shape)));
  EXPECT_EQ(slice, parsed("2048x1x256x32"));
  EXPECT_EQ(hash_value(slice), hash_value(parsed("2048x1x256x32")));
  EXPECT_NE(slice, parsed("::0x1x0x32"));
  EXPECT_NE(slice.canonical().find(" strides=2048x1x256x32::"), std::string::npos) << slice.canonical();
}

TEST(Strides, FlagsGiveTheProblemBack) {
  for (const char *strides : {"0x1x0x32::", "::0x1x0x32", "0x1x0x17::5000x1x0x25"}) {
    const Problem problem = parsed(strides, "residual", "0x1x400x40");
    const auto flags = stride_flags(problem);
    ASSERT_EQ(flags.size(), 2u);
    EXPECT_EQ(parsed(flags[0].second, "residual", flags[1].second), problem);
  }
  EXPECT_TRUE(stride_flags(Problem::parse(shape)).empty());
}

TEST(Strides, OfOneElementMeanNothing) {
  const Problem one = Problem::parse("ic16ih1oc8kh1", {.strides = "3x1x2x1::9x1x9x9"});
  EXPECT_FALSE(one.strided());
  EXPECT_EQ(one, Problem::parse("ic16ih1oc8kh1"));
}

TEST(Strides, RowsOfOneDimension) {
  const Problem row = Problem::parse("ic4iw9oc4kw3", {.strides = "100x1x8::"});
  EXPECT_EQ(row.input_strides().w, 8);
}

TEST(Strides, ErrorsNameTheField) {
  EXPECT_EQ(error_of("0x1x0x15"),
            "input stride w: 15 (expected 0, or at least the 16 elements that it steps over)");
  EXPECT_EQ(error_of("::0x1x100x24"),
            "output stride h: 100 (expected 0, or at least the 192 elements that it steps over)");
  EXPECT_EQ(error_of("0x2x0x32"), "input stride c: 2 (expected 1: it is the innermost of nhwc)");
  EXPECT_EQ(error_of("0x0x0x2", "", "", "nchw"),
            "input stride w: 2 (expected 1: it is the innermost of nchw)");
  EXPECT_NE(
      error_of("600000000x1x0x16").find("input stride n: 600000000 (expected less than 2147483648 bytes"),
      std::string::npos);
  EXPECT_NE(error_of("9000000000000000000x1x0x16").find("expected less than 2147483648"), std::string::npos);
  EXPECT_NE(error_of("", "", "0x1x0x32").find("the epilogue has no residual"), std::string::npos);
  EXPECT_NE(error_of(":0x1x0x32:").find("weights are dense"), std::string::npos);
  for (const char *text :
       {"32", "1x2", "1x2x3x4x5x6", "1x-1x2x3", "axbxcxd", "1xx2x3", "1:::", "99999999999999999999x1x1x1"})
    EXPECT_NE(error_of(text).find("strides: "), std::string::npos) << text << error_of(text);
}

TEST(Strides, TheLastRowMayEndTheLargerTensor) {
  // Rows of 8 pixels of 32, of which the last ends with its 16 channels.
  EXPECT_EQ(error_of("0x1x240x32"), "");
  EXPECT_NE(error_of("0x1x239x32"), "");
}

TEST(Strides, AreFields) {
  Problem problem = Problem::parse(shape);
  problem.strides.input.w = 32;
  EXPECT_EQ(problem, parsed("0x1x0x32"));
  problem.strides.input.w = -32;
  EXPECT_THROW(problem.validate(), Error);
}

} // namespace
