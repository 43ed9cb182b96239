#include "problem/pieces.hpp"

#include "problem/axis_pieces.hpp"
#include "problem/trimmed_taps.hpp"

#include <algorithm>

namespace convforge {

namespace {

bool is_ordinary(const Axis &axis) {
  const std::vector<AxisPiece> pieces = axis_pieces(axis, false);
  return pieces.size() == 1 && pieces.front().has_taps && pieces.front().input == 0;
}

/// Of an axis that is divided by its taps: of a kernel of three each set of neighbours.
constexpr std::size_t most_by_taps = 3;

Strides stretched(Strides strides, const std::array<Progression, 3> &along) {
  strides.d *= along[0].step;
  strides.h *= along[1].step;
  strides.w *= along[2].step;
  return strides;
}

/// All pieces of a problem, axis after axis.
class Pieces {
public:
  explicit Pieces(const Problem &problem) : whole_(problem) {
    const TrimmedTaps trimmed = trimmed_taps(problem);
    const bool by_taps = divides_by_taps(problem);
    for (std::size_t i = 0; i < problem.axes.size(); i++) {
      along_[i] = by_taps ? pieces_by_taps(problem.axes[i], most_by_taps)
                          : axis_pieces(trimmed.axes[i], problem.transposed);
      for (AxisPiece &piece : along_[i])
        piece.taps.first += trimmed.first[i];
    }
    Piece first;
    first.problem = problem;
    first.problem.name.clear();
    first.problem.transposed = false;
    first.problem.zeros = {};
    if (trimmed.none)
      add_without_taps(first, problem.axes.size() - 1);
    else
      add(first, 0);
  }
  std::vector<Piece> all() && { return std::move(all_); }

private:
  /// The pieces that begin with what `piece` has along the axes before this one. Where one has no taps along
  /// an axis, it has none at all, and is not divided along the axes that follow.
  void add(const Piece &piece, std::size_t axis) {
    if (axis == along_.size())
      finish(piece);
    else
      for (const AxisPiece &part : along_[axis])
        add_part(piece, part, axis);
  }

  void add_part(Piece piece, const AxisPiece &part, std::size_t axis) {
    piece.problem.axes[axis] = part.axis;
    piece.input[axis] = part.input;
    piece.output[axis] = part.output;
    piece.taps[axis] = part.taps;
    if (part.has_taps)
      add(piece, axis + 1);
    else
      add_without_taps(piece, axis);
  }

  void add_without_taps(Piece piece, std::size_t axis) {
    piece.problem.groups = 1; // the epilogue knows none
    piece.problem.in_channels = 0;
    piece.input = {0, 0, 0};
    piece.taps = {};
    for (std::size_t i = 0; i < piece.problem.axes.size(); i++) {
      const int outputs = i <= axis ? piece.problem.axes[i].output : whole_.axes[i].output;
      piece.problem.axes[i] = Axis{.input = outputs, .output = outputs};
    }
    finish(piece);
  }

  void finish(Piece piece) {
    piece.problem.strides = {.input = whole_.input_strides(),
                             .residual = {},
                             .output = stretched(whole_.output_strides(), piece.output)};
    if (whole_.epilogue.count(EpilogueOp::Kind::residual) > 0)
      piece.problem.strides.residual = stretched(whole_.residual_strides(), piece.output);
    if (!whole_.zeros.none() && !piece.without_taps())
      piece.problem.zeros = zeros_of_piece(whole_, piece);
    all_.push_back(std::move(piece));
  }

  const Problem &whole_;
  std::array<std::vector<AxisPiece>, 3> along_;
  std::vector<Piece> all_;
};

} // namespace

bool in_pieces(const Problem &problem) {
  if (problem.pads_with() != PaddingMode::zeros) // no padding is without elements
    return false;
  return problem.transposed || trims_taps(problem) || !std::ranges::all_of(problem.axes, is_ordinary);
}

bool divides_by_taps(const Problem &problem) {
  const auto divides = [](const Axis &axis) {
    const std::vector<AxisPiece> pieces = pieces_by_taps(axis, most_by_taps);
    return pieces.size() > 1 || pieces.front().axis != axis;
  };
  return problem.types.quantised() && !problem.depthwise() && !problem.has_depth() && !problem.pools() &&
         !in_pieces(problem) && problem.pads_with() == PaddingMode::zeros &&
         std::ranges::any_of(problem.axes, divides);
}

std::vector<Piece> pieces_of(const Problem &problem) {
  return Pieces(problem).all();
}

std::size_t largest_piece(const std::vector<Piece> &pieces) {
  const auto largest =
      std::ranges::max_element(pieces, {}, [](const Piece &piece) { return piece.problem.multiply_adds(); });
  return static_cast<std::size_t>(largest - pieces.begin());
}

} // namespace convforge
