// The parts of examples/face_detection behind the network: anchors, decoding, what is one face.
#include "faces.hpp"

#include <gtest/gtest.h>

namespace {

constexpr int side = 256;

// Answers of the network that see nothing, until a face is put in.
struct Answers {
  std::vector<Anchor> anchors = face_anchors();
  std::vector<float> scores = std::vector<float>(anchors.size(), -200);
  std::vector<float> regressors = std::vector<float>(anchors.size() * regressors_an_anchor);

  // As one anchor says it: middle and size, with all landmarks in the middle.
  void see(std::size_t anchor, float x, float y, float size, float logit) {
    float *own = &regressors[anchor * regressors_an_anchor];
    own[2] = own[3] = size;
    for (std::size_t i = 0; i < regressors_an_anchor; i += 2)
      if (i != 2) {
        own[i] = x - anchors[anchor].x * side;
        own[i + 1] = y - anchors[anchor].y * side;
      }
    scores[anchor] = logit;
  }
  std::vector<Face> faces() const { return find_faces(regressors, scores, anchors, side); }
};

TEST(Anchors, AreThoseOfMediaPipe) {
  const std::vector<Anchor> anchors = face_anchors();
  ASSERT_EQ(anchors.size(), 896u); // 16 x 16 x 2 and 8 x 8 x 6
  EXPECT_FLOAT_EQ(anchors[0].x, 0.03125f);
  EXPECT_FLOAT_EQ(anchors[2].x, 0.09375f);
  EXPECT_FLOAT_EQ(anchors[2].y, 0.03125f);
  EXPECT_FLOAT_EQ(anchors[511].y, 0.96875f);
  EXPECT_FLOAT_EQ(anchors[512].x, 0.0625f);
  EXPECT_FLOAT_EQ(anchors[517].x, 0.0625f);
  EXPECT_FLOAT_EQ(anchors[518].x, 0.1875f);
  EXPECT_FLOAT_EQ(anchors[895].x, 0.9375f);
}

TEST(Faces, NothingIsNoFace) {
  EXPECT_TRUE(Answers().faces().empty());
}

TEST(Faces, AreRelativeToTheirAnchors) {
  Answers answers;
  answers.see(300, 100, 120, 40, 3);
  const std::vector<Face> faces = answers.faces();
  ASSERT_EQ(faces.size(), 1u);
  EXPECT_NEAR(faces[0].score, 0.952574f, 1e-5);
  EXPECT_NEAR(faces[0].box.left, 80, 1e-4);
  EXPECT_NEAR(faces[0].box.bottom, 140, 1e-4);
  for (const Point &point : faces[0].points) {
    EXPECT_NEAR(point.x, 100, 1e-4);
    EXPECT_NEAR(point.y, 120, 1e-4);
  }
}

TEST(Faces, ThatOverlapAreTheirWeightedMean) {
  Answers answers;
  answers.see(10, 100, 100, 50, 1);  // a score of 0.731059
  answers.see(20, 104, 100, 50, 30); // of 1
  answers.see(30, 200, 200, 20, 2);  // another face
  answers.see(40, 10, 10, 20, 0);    // too unlikely
  const std::vector<Face> faces = answers.faces();
  ASSERT_EQ(faces.size(), 2u);
  EXPECT_FLOAT_EQ(faces[0].score, 1);
  EXPECT_NEAR(faces[0].points[0].x, (100 * 0.731059 + 104) / 1.731059, 1e-3);
  EXPECT_NEAR(faces[1].points[5].x, 200, 1e-4);
}

} // namespace
