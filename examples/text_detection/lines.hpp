// Lines of text in the map that the detector answers.
#pragma once

#include "marks.hpp"

#include <vector>

struct Line {
  Rectangle box;
  float score; ///< mean probability of the pixels that are text
};

/// From `map`, height x width probabilities that a pixel is text: its connected parts, each as a rectangle,
/// from the top down. Constants are those that rapidocr-onnxruntime 1.4.4 comes with (config.yaml); boxes are
/// upright here, where it turns them to fit.
std::vector<Line> find_lines(const std::vector<float> &map, int width, int height);
