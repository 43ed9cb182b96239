// The parts of examples/pictures that networks' inputs and answers go through.
#include "fit.hpp"
#include "marks.hpp"

#include <gtest/gtest.h>

namespace {

Picture filled(int width, int height, std::uint8_t value) {
  Picture picture(width, height);
  std::fill(picture.rgb.begin(), picture.rgb.end(), value);
  return picture;
}

TEST(Fit, KeepsTheAspectInTheMiddleAndLeadsBack) {
  const Picture wide = filled(200, 100, 90);
  const Fit place = fit(wide, 64, 64);
  EXPECT_FLOAT_EQ(place.scale, 0.32f);
  EXPECT_FLOAT_EQ(place.left, 0);
  EXPECT_FLOAT_EQ(place.top, 16);
  EXPECT_FLOAT_EQ(place.x(64), 200);
  EXPECT_FLOAT_EQ(place.y(48), 100);
  const Picture seen = fitted(wide, place, 64, 64);
  for (const int y : {16, 30, 47})
    EXPECT_EQ(seen.at(63, y)[1], 90) << y;
  for (const int y : {0, 15, 48, 63})
    EXPECT_EQ(seen.at(10, y)[1], 0) << y;
}

TEST(Fit, IsThePictureItselfAtItsOwnSize) {
  Picture picture(5, 4);
  for (std::size_t i = 0; i < picture.rgb.size(); i++)
    picture.rgb[i] = static_cast<std::uint8_t>(i * 4);
  EXPECT_EQ(fitted(picture, fit(picture, 5, 4), 5, 4).rgb, picture.rgb);
}

TEST(Fit, LiesBetweenPixelsWhenItEnlarges) {
  Picture two(2, 1);
  two.at(1, 0)[0] = 200;
  const Picture four = fitted(two, fit(two, 4, 2), 4, 2);
  const int expected[] = {0, 50, 150, 200};
  for (int x = 0; x < 4; x++)
    EXPECT_EQ(four.at(x, 1)[0], expected[x]) << x;
}

TEST(Overlap, IsTheSharedPartOfBoth) {
  EXPECT_FLOAT_EQ(overlap({0, 0, 2, 2}, {0, 0, 2, 2}), 1);
  EXPECT_FLOAT_EQ(overlap({0, 0, 2, 2}, {1, 0, 3, 2}), 1.0f / 3);
  EXPECT_FLOAT_EQ(overlap({0, 0, 2, 2}, {2, 0, 3, 2}), 0);
  EXPECT_FLOAT_EQ(overlap({0, 0, 2, 2}, {5, 5, 7, 7}), 0);
}

TEST(Marks, StayInThePicture) {
  Picture picture = filled(10, 8, 0);
  draw_rectangle(picture, {2, 2, 7, 6}, {250, 0, 0}, 1);
  EXPECT_EQ(picture.at(2, 2)[0], 250);
  EXPECT_EQ(picture.at(6, 5)[0], 250);
  EXPECT_EQ(picture.at(7, 5)[0], 0);
  EXPECT_EQ(picture.at(4, 4)[0], 0);
  draw_rectangle(picture, {-50, -50, 50, 50}, {250, 0, 0}, 3);
  draw_dot(picture, 9, 0, {0, 250, 0}, 3);
  draw_dot(picture, -90, 900, {0, 250, 0}, 3);
  EXPECT_EQ(picture.at(8, 1)[1], 250);
  EXPECT_EQ(picture.at(5, 1)[1], 0);
}

} // namespace
