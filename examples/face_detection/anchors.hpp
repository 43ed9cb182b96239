// The places that the detector's answers are relative to.
#pragma once

#include <vector>

/// In units of the network's picture, from 0 to 1.
struct Anchor {
  float x, y;
};

/// Of face_detection_back, whose input is 256x256: 896, in the order of its outputs. The formula is that of
/// MediaPipe's SsdAnchorsCalculator (mediapipe/calculators/tflite/ssd_anchors_calculator.cc) with the options
/// of its face_detection_back graphs: strides 16, 32, 32, 32, one aspect ratio with one interpolated scale,
/// anchors of fixed size. So layers that follow one another with the same stride are one grid, with two
/// anchors a layer in the middle of each cell.
std::vector<Anchor> face_anchors();
