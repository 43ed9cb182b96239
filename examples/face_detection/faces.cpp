#include "faces.hpp"

#include <algorithm>
#include <cmath>

namespace {

// Of mediapipe's face_detection_back: min_score_thresh, min_suppression_threshold, score_clipping_thresh.
constexpr float least_score = 0.65f, same_face = 0.3f, largest_logit = 100;

float sigmoid(float logit) {
  return 1 / (1 + std::exp(-std::clamp(logit, -largest_logit, largest_logit)));
}

// Offsets from the anchor: middle, width and height of the box, then each landmark, all in pixels.
Face decode(const float *regressors, Anchor anchor, float score, int side) {
  const float x = anchor.x * static_cast<float>(side), y = anchor.y * static_cast<float>(side);
  const float middle_x = regressors[0] + x, middle_y = regressors[1] + y;
  const float half_width = regressors[2] / 2, half_height = regressors[3] / 2;
  Face face{{middle_x - half_width, middle_y - half_height, middle_x + half_width, middle_y + half_height},
            {},
            score};
  for (std::size_t i = 0; i < landmarks; i++)
    face.points[i] = {regressors[4 + 2 * i] + x, regressors[5 + 2 * i] + y};
  return face;
}

// Every coordinate's mean, weighted by scores; the score is the best one's.
Face mean(const std::vector<Face> &faces) {
  float total = 0;
  for (const Face &face : faces)
    total += face.score;
  Face result{};
  result.score = faces.front().score;
  for (const Face &face : faces) {
    const float weight = face.score / total;
    result.box.left += weight * face.box.left;
    result.box.top += weight * face.box.top;
    result.box.right += weight * face.box.right;
    result.box.bottom += weight * face.box.bottom;
    for (std::size_t i = 0; i < landmarks; i++) {
      result.points[i].x += weight * face.points[i].x;
      result.points[i].y += weight * face.points[i].y;
    }
  }
  return result;
}

} // namespace

std::vector<Face> find_faces(const std::vector<float> &regressors, const std::vector<float> &scores,
                             const std::vector<Anchor> &anchors, int side) {
  std::vector<Face> candidates;
  for (std::size_t i = 0; i < anchors.size(); i++) {
    const float score = sigmoid(scores[i]);
    if (score > least_score)
      candidates.push_back(decode(&regressors[i * regressors_an_anchor], anchors[i], score, side));
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Face &a, const Face &b) { return a.score > b.score; });

  std::vector<Face> faces;
  while (!candidates.empty()) {
    const Rectangle best = candidates.front().box;
    const auto others =
        std::stable_partition(candidates.begin() + 1, candidates.end(),
                              [&](const Face &face) { return overlap(face.box, best) > same_face; });
    faces.push_back(mean({candidates.begin(), others}));
    candidates.erase(candidates.begin(), others);
  }
  return faces;
}
