// Which pixels one matrix product runs over, where tensors are slices.
#include "plan/pointwise.hpp"

#include <gtest/gtest.h>

using namespace convforge;

namespace {

Problem parsed(std::string_view strides, std::string_view residual = "", std::string_view layout = "nhwc") {
  return Problem::parse("mb2ic16ih5iw7oc24kh1kw1", {.epilogue = residual.empty() ? "" : "residual",
                                                    .layout = layout,
                                                    .strides = strides,
                                                    .residual_strides = residual});
}

TEST(Pointwise, FusesPixelsWhateverLiesBetweenTwo) {
  const Problem fused = fuse_pixels(parsed("0x1x0x32::0x1x0x40", "0x1x0x25"));
  EXPECT_EQ(fused.batch, 1);
  EXPECT_EQ(fused.width().output, 70);
  EXPECT_EQ(fused.input_strides().w, 32);
  EXPECT_EQ(fused.output_strides().w, 40);
  EXPECT_EQ(fused.residual_strides().w, 25);
}

TEST(Pointwise, LeavesImagesApartThatAre) {
  for (const Problem &problem : {parsed("1200x1x0x32"), parsed("::1000x1x0x24"), parsed("", "1000x1x0x24")}) {
    ASSERT_TRUE(is_pointwise(problem));
    EXPECT_EQ(fuse_pixels(problem).batch, 2);
    EXPECT_EQ(fuse_pixels(problem).width().output, 35);
  }
  const Problem problem = fuse_pixels(parsed("1200x1x0x32"));
  EXPECT_EQ(problem.input_strides().n, 1200);
}

TEST(Pointwise, IsNoneWhereRowsAreApart) {
  EXPECT_FALSE(is_pointwise(parsed("0x1x225x32")));
  EXPECT_FALSE(is_pointwise(parsed("::0x1x225x24")));
  EXPECT_FALSE(is_pointwise(parsed("", "0x1x225x24")));
  EXPECT_FALSE(is_pointwise(parsed("0x0x8x1", "", "nchw")));
  EXPECT_TRUE(is_pointwise(parsed("0x64x0x1", "", "nchw")));
  EXPECT_EQ(fuse_pixels(parsed("0x64x0x1", "", "nchw")).input_strides().c, 64);
}

} // namespace
