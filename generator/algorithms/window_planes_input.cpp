#include "algorithms/window_planes_input.hpp"

#include "algorithms/padded_element.hpp"
#include "algorithms/padding.hpp"
#include "algorithms/tensor_dims.hpp"

namespace convforge {

namespace {

using Halide::Expr;

/// An input channel of the planes' images: a tap along the depth, and a channel of the caller's.
struct PlaneChannel {
  Expr tap, channel;
};

/// Of a channel of all groups; `first` is one of the same plane before it from which it is `behind`.
PlaneChannel plane_channel(const Problem &problem, const Expr &first, const Expr &behind) {
  const int own = problem.group_in(), taps = problem.depth().kernel;
  const Expr within = first % own + behind;
  if (problem.groups == 1)
    return {first / own, within};
  return {first / own % taps, first / (own * taps) * own + within};
}

/// The element at row y, which there is, and column x of image n.
Expr element_at(const Problem &problem, const Halide::ImageParam &input, const PlaneChannel &at,
                const Expr &x, const Expr &y, const Expr &n) {
  const Axis &depth = problem.depth();
  const PaddedElement plane =
      padded_element(depth, problem.pads_with(),
                     n % depth.output * depth.stride + at.tap * depth.dilation - depth.pad_begin);
  const Expr row = plane.near * plane_rows(problem) + y;
  return within(element_of_input(problem, input, at.channel, x, row, n / depth.output), {plane});
}

} // namespace

Expr element_of_plane(const Problem &problem, const Halide::ImageParam &input, const RearrangedInput &at) {
  const Expr row = padded_from(problem.height(), problem.pads_with(), at.y);
  return element_at(problem, input, plane_channel(problem, at.c, 0), at.x, row, at.n);
}

Halide::Func planes_in_place(const Problem &problem, const Halide::ImageParam &input, int lanes,
                             const std::string &suffix) {
  const Halide::Var c("c"), x("x"), y("y"), n("n");
  Halide::Func planes("planes_" + suffix);
  const PaddingMode mode = problem.pads_with();
  const Expr row = mode == PaddingMode::zeros ? Expr(y) : padded_from(problem.height(), mode, y);
  planes(c, x, y, n) =
      element_at(problem, input, plane_channel(problem, c / lanes * lanes, c % lanes), x, row, n);
  return planes;
}

} // namespace convforge
