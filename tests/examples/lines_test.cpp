// The part of examples/text_detection behind the network: lines in a map of probabilities.
#include "lines.hpp"

#include <gtest/gtest.h>

namespace {

constexpr int width = 60, height = 40;

struct Map {
  std::vector<float> values = std::vector<float>(width * height);

  void fill(int left, int top, int right, int bottom, float value) {
    for (int y = top; y < bottom; y++)
      for (int x = left; x < right; x++)
        values[static_cast<std::size_t>(y * width + x)] = value;
  }
  std::vector<Line> lines() const { return find_lines(values, width, height); }
};

TEST(Lines, GrowByTheirAreaOverTheirCircumference) {
  Map map;
  map.fill(10, 10, 50, 20, 0.9f);
  const std::vector<Line> lines = map.lines();
  ASSERT_EQ(lines.size(), 1u);
  const float by = 40 * 10 * 1.6f / (2 * (40 + 10));
  EXPECT_FLOAT_EQ(lines[0].box.left, 10 - by);
  EXPECT_FLOAT_EQ(lines[0].box.top, 10 - by);
  EXPECT_FLOAT_EQ(lines[0].box.right, 50 + by);
  EXPECT_FLOAT_EQ(lines[0].box.bottom, 20 + by);
  EXPECT_NEAR(lines[0].score, 0.9f, 1e-5);
}

TEST(Lines, AreConnectedByCornersAndApartByAPixel) {
  Map map;
  map.fill(5, 5, 20, 10, 0.9f);
  map.fill(20, 10, 35, 15, 0.9f); // touches the first with a corner
  map.fill(5, 20, 20, 25, 0.9f);
  map.fill(21, 20, 35, 25, 0.9f);
  EXPECT_EQ(map.lines().size(), 3u);
}

TEST(Lines, LeaveNoiseAndUnlikelyPartsOut) {
  Map map;
  map.fill(5, 5, 40, 7, 0.9f);    // two pixels high
  map.fill(5, 12, 40, 20, 0.4f);  // below what a line's score must be
  map.fill(5, 25, 40, 32, 0.25f); // below what a pixel's must be
  EXPECT_TRUE(map.lines().empty());
  EXPECT_TRUE(Map().lines().empty());
}

TEST(Lines, ReachTheEdges) {
  Map map;
  map.fill(0, 0, width, height, 1);
  const std::vector<Line> lines = map.lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FLOAT_EQ(lines[0].score, 1);
}

} // namespace
