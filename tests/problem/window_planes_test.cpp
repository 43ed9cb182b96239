// Planes of a window as input channels of a problem of two dimensions.
#include "problem/window_planes.hpp"

#include <gtest/gtest.h>

namespace convforge {
namespace {

TEST(WindowPlanes, AreInputChannelsOfAnImageForEachPlane) {
  const Problem problem = Problem::parse("g2mb3ic8id9ih6iw7oc12od4kd3kh3kw3sd2sh1sw1pd0ph1pw1");
  ASSERT_TRUE(has_window_planes(problem));
  const Problem images = window_planes(problem);
  EXPECT_EQ(images.canonical(), Problem::parse("g2mb12ic24ih6iw7oc12kh3kw3ph1pw1").canonical());
  EXPECT_NO_THROW(images.validate());
  EXPECT_EQ(images.multiply_adds(), problem.multiply_adds());
}

TEST(WindowPlanes, NeedADepthAndSeveralInputChannelsOfFloats) {
  for (const char *descriptor :
       {"ic8ih9oc8kh3ph1", "g8ic8id5ih9oc8kd3kh3pd1ph1", "transposed_ic8id4ih6oc16kd3kh3sd2sh2pd1ph1"})
    EXPECT_FALSE(has_window_planes(Problem::parse(descriptor))) << descriptor;
  Problem many = Problem::parse("ic8id5ih9oc8kd3kh3pd1ph1");
  many.in_channels = 1 << 30; // thrice as many are more than an int holds
  EXPECT_FALSE(has_window_planes(many));
  Problem bytes = Problem::parse("ic8id5ih9oc8kd3kh3pd1ph1");
  EXPECT_TRUE(has_window_planes(bytes));
  bytes.types = {ElementType::u8, ElementType::s8, ElementType::u8};
  EXPECT_FALSE(has_window_planes(bytes));
}

TEST(WindowPlanes, InPlaceAreEquallyFarApart) {
  Problem problem = Problem::parse("mb2ic8id5ih6iw7oc12kd3kh3kw3pd1ph1pw1");
  EXPECT_EQ(window_planes_in_place(problem), window_planes(problem)) << "dense";
  problem.strides.output = {.n = 5 * 700, .d = 700, .h = 100, .w = 13};
  const std::optional<Problem> apart = window_planes_in_place(problem);
  ASSERT_TRUE(apart);
  EXPECT_EQ(apart->output_strides().n, 700);
  EXPECT_EQ(apart->output_strides().h, 100);
  EXPECT_EQ(apart->output_strides().w, 13);
  problem.strides.output.n += 700; // something else between two images
  EXPECT_FALSE(window_planes_in_place(problem));
  problem.batch = 1;
  EXPECT_TRUE(window_planes_in_place(problem));
}

TEST(WindowPlanes, OfOneOutputPlaneAreAsFarApartAsImages) {
  Problem problem = Problem::parse("mb2ic8id3ih6iw7oc12kd3kh3kw3ph1pw1");
  problem.strides.output = {.n = 5000};
  const std::optional<Problem> images = window_planes_in_place(problem);
  ASSERT_TRUE(images);
  EXPECT_EQ(images->batch, 2);
  EXPECT_EQ(images->output_strides().n, 5000);
}

} // namespace
} // namespace convforge
