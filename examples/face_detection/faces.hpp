// Faces in what the detector answers.
#pragma once

#include "anchors.hpp"
#include "marks.hpp"

#include <array>
#include <vector>

constexpr int landmarks = 6, regressors_an_anchor = 4 + 2 * landmarks;
/// Left and right are the face's own.
constexpr std::array<const char *, landmarks> landmark_names = {"right eye", "left eye",  "nose",
                                                                "mouth",     "right ear", "left ear"};

struct Point {
  float x, y;
};

/// In pixels of the network's picture.
struct Face {
  Rectangle box;
  std::array<Point, landmarks> points;
  float score; ///< from 0 to 1
};

/// What MediaPipe's graph does behind the network of a picture of side x side pixels
/// (TensorsToDetectionsCalculator, NonMaxSuppressionCalculator): scores that are large enough, boxes relative
/// to their anchors, and of those that overlap one, their mean weighted by scores. The best face first.
std::vector<Face> find_faces(const std::vector<float> &regressors, const std::vector<float> &scores,
                             const std::vector<Anchor> &anchors, int side);
