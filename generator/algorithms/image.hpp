// The input as the convolution sees it: zeros around it, addressed by channel and padded coordinates.
//
// Rows are kept flat. In NHWC a row is W pixels of C channels side by side and there is one plane; in NCHW a
// row is W pixels and every channel is a plane. So one description serves both: element j of row y of plane q
// of image n.
#pragma once

#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <Halide.h>

#include <vector>

namespace convforge {

/// A loop of the padded copy: the stage of Image::padded that writes it, its variable and length.
struct CopyLoop {
  int update = 0;
  Halide::RVar j;
  int length = 0;
};

struct Image {
  Halide::ImageParam input; ///< dimensions j, q, y, n
  ElementTypes types;
  /// The same with zeros around, as the sums take it; undefined when the plan reads the input directly.
  Halide::Func padded;
  std::vector<CopyLoop> copies; ///< none: the copy is one stage, of as much of each row as is asked for
  Halide::Var j{"j"}, q{"q"}, y{"y"}, n{"n"};

  /// The element at padded coordinates (x, y): (pad_begin, pad_begin) is the input's first pixel. `channel`
  /// counts the input's channels, or the output's where `expanded` below says so.
  Halide::Expr at(const Halide::Expr &channel, const Halide::Expr &x, const Halide::Expr &y,
                  const Halide::Expr &n) const;

  /// The algorithm leaves out taps outside the input: at() may promise Halide that it reads none.
  bool skipping = false;
  int left = 0, top = 0;             ///< padded coordinates of the input's first pixel
  int row_elements = 0, rows = 0;    ///< of the input
  int phases = 1, phase_columns = 0; ///< column_phases(), and the columns of each
  int pitch = 1;                     ///< elements of a row from one pixel to the next
  bool channels_last = true;
  /// The padded copy repeats every input channel for each of its outputs (a depthwise multiplier in NHWC), so
  /// that vectors of output channels read consecutive elements.
  bool expanded = false;
};

/// `lanes`: copies are split so that all but a last piece are whole vectors.
Image make_image(const Problem &problem, const Plan &plan, const Halide::ImageParam &input, int lanes);

} // namespace convforge
