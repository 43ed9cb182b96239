#include "winograd_forms.hpp"

#include "convforge/winograd.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace convforge {

namespace {

constexpr int most_taps = 7;

/// The points that matrices are made for (runtime/src/winograd.c).
constexpr int point_counts[] = {4, 6, 8};

/// `default` stands for the error of F(4x4,3x3), the largest that frameworks use without asking.
double allowed_amplification(Math math) {
  const double f43 = winograd_amplification(4, 3);
  return math == Math::exact      ? 0
         : math == Math::standard ? 1.001 * f43 * f43
                                  : std::numeric_limits<double>::max();
}

bool any_allowed(const Problem &problem) {
  for (const int h : winograd_tile_outputs(problem.height)) {
    for (const int w : winograd_tile_outputs(problem.width)) {
      if (winograd_allowed(problem, h, w)) {
        return true;
      }
    }
  }
  return false;
}

} // namespace

std::vector<int> winograd_tile_outputs(const Axis &axis) {
  if (axis.kernel == 1) {
    return {1};
  }
  std::vector<int> outputs;
  for (const int points : point_counts) {
    if (points - axis.kernel + 1 >= 2) {
      outputs.push_back(points - axis.kernel + 1);
    }
  }
  return outputs;
}

double winograd_amplification(int outputs, int taps) {
  convforge_winograd matrices;
  if (convforge_winograd_matrices(outputs, taps, &matrices) != 0) {
    return std::numeric_limits<double>::infinity();
  }
  double most = 0;
  for (int k = 0; k < outputs; k++) {
    double sum = 0;
    for (int i = 0; i < matrices.points; i++) {
      double weights = 0, input = 0;
      for (int j = 0; j < matrices.points; j++) {
        weights += std::abs(matrices.weights[i][j]);
        input += std::abs(matrices.input[i][j]);
      }
      sum += std::abs(matrices.output[k][i]) * weights * input;
    }
    most = std::max(most, sum);
  }
  return most / taps;
}

bool winograd_allowed(const Problem &problem, int outputs_h, int outputs_w) {
  const double amplification = winograd_amplification(outputs_h, problem.height.kernel) *
                               winograd_amplification(outputs_w, problem.width.kernel);
  return amplification <= allowed_amplification(problem.math);
}

std::string winograd_obstacle(const Problem &problem) {
  const Axis &height = problem.height, &width = problem.width;
  if (problem.math == Math::exact) {
    return "--math default or fast, for its sums are not the plain ones";
  }
  if (height.stride != 1 || width.stride != 1) {
    return "stride 1";
  }
  if (height.dilation != 1 || width.dilation != 1) {
    return "a kernel without dilation";
  }
  if (height.kernel == 1 && width.kernel == 1) {
    return "a kernel larger than 1x1";
  }
  if (height.kernel > most_taps || width.kernel > most_taps) {
    return fmt::format("a kernel of at most {} taps along each axis", most_taps);
  }
  if (problem.depthwise()) {
    return "several input channels per group";
  }
  if (!any_allowed(problem)) {
    return "--math fast for this kernel: its error would exceed that of F(4x4,3x3)";
  }
  return "";
}

} // namespace convforge
