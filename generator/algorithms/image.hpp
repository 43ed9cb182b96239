// The input as the convolution sees it: zeros around it, addressed by channel and padded coordinates.
//
// Rows are kept flat. In NHWC a row is W pixels of C channels, one pixel a pitch after the other (C, or more
// in a slice of more channels), and there is one plane; in NCHW a row is W pixels and every channel is a
// plane. So one description serves both: element j of row y of plane q of image n. What lies between the
// channels of two pixels is in the row's range and never read. The rows of a 3-D image's depth follow one
// another: there y counts all of them, and those that a slice leaves out between two depths.
#pragma once

#include "algorithms/staging.hpp"
#include "plan/plan.hpp"
#include "problem/problem.hpp"

#include <Halide.h>

#include <vector>

namespace convforge {

/// What the variable of such a loop runs over: part of a row; part of one pixel, and another loop runs over
/// these; a vector, and another loop runs over these, the last of which begins earlier; zeros at both ends.
enum class CopyOf { row, pixels, vectors, ends };

/// A loop of the padded copy: the stage of Image::padded that writes it, its variable and length.
struct CopyLoop {
  int update = 0;
  Halide::RVar j;
  int length = 0;
  CopyOf of = CopyOf::row;
};

/// Where a kernel's algorithm takes its input from: the parameter itself, or what of it a task has
/// arranged anew.
struct Input {
  Halide::ImageParam parameter; ///< dimensions j, q, y, n
  Halide::Func rearranged;      ///< channel, column, row, image; undefined where the parameter is read
};

struct Image {
  Input input;
  Staging staging;
  /// Dimensions j, q, y, z, n: the same with zeros around rows and columns, as the sums take it; z is the
  /// depth, and what lies before and behind the image no tap reads. Undefined when the plan reads the input
  /// directly.
  Halide::Func padded;
  std::vector<CopyLoop> copies; ///< none: the copy is one stage, of as much of each row as is asked for
  Halide::Var j{"j"}, q{"q"}, y{"y"}, z{"z"}, n{"n"};

  /// The element at padded coordinates (x, y, z): their pad_begin is the input's first pixel. `channel`
  /// counts the input's channels, or the output's where `expanded` below says so.
  Halide::Expr at(const Halide::Expr &channel, const Halide::Expr &x, const Halide::Expr &y,
                  const Halide::Expr &z, const Halide::Expr &n) const;

  /// The input's element at a column and row of its own.
  Halide::Expr element(const Halide::Expr &channel, const Halide::Expr &column, const Halide::Expr &row,
                       const Halide::Expr &n) const;

  /// Do vectors of it lie within one pixel, since others' elements, or nothing that is known, come before the
  /// next?
  bool lies_in_pixels(const Problem &problem) const;

  /// at() where the caller's tensor is read and has no padding around it.
  Halide::Expr at_or_padding(const Halide::Expr &channel, const Halide::Expr &x, const Halide::Expr &y,
                             const Halide::Expr &n) const;

  /// Row y of the depth z of the input, among the rows of all depths.
  Halide::Expr row(const Halide::Expr &y, const Halide::Expr &z) const;

  /// The algorithm leaves out taps outside the input: at() may promise Halide that it reads none.
  bool skipping = false;
  /// Padding is found as it is read, in place: at() answers what stands there.
  bool pads_in_place = false;
  int left = 0, top = 0, front = 0;  ///< padded coordinates of the input's first pixel
  int row_elements = 0, rows = 0;    ///< of the input, the rows of one depth
  int columns = 0;                   ///< of the input
  bool several = false;              ///< of the input's images are in one copy
  int planes = 1;                    ///< the input's depth
  int plane_rows = 1;                ///< rows from one depth to the next (tensor_dims.hpp)
  int phases = 1, phase_columns = 0; ///< column_phases(), and the columns of each
  int input_pitch = 1;               ///< elements of a row of the input from one pixel to the next
  int pitch = 1;                     ///< the same of the copy
  /// The copy is of pixels that lie apart in the input (pointwise, of a slice): j is the channel, q the
  /// pixel.
  bool by_pixel = false;
  bool channels_last = true;       ///< as the sums take it
  bool input_channels_last = true; ///< as the caller has it: copies of 8-bit integers are so whatever that is
  /// The padded copy repeats every input channel for each of its outputs (a depthwise multiplier in NHWC), so
  /// that vectors of output channels read consecutive elements.
  bool expanded = false;
};

/// `lanes`: copies are split so that all but a last piece are whole vectors.
Image make_image(const Problem &problem, const Plan &plan, const Input &input, int lanes);

} // namespace convforge
