// The packed weights: a header, then each region's panels from a 64-byte boundary on.
//   bytes = 64 + sum over regions of round64(groups * blocks * T * R * S * C/g * block elements)
// For Winograd, R and S are the points of the filters' transform that differ (convforge/winograd.h).
#include "artefact/artefact.hpp"
#include "base/error.hpp"
#include "base/integer.hpp"

#include "convforge/convforge.h"
#include "plan/dot_runs.hpp"
#include "plan/joined_phases.hpp"
#include "plan/packed_tables.hpp"
#include "plan/packed_type.hpp"
#include "plan/pointwise.hpp"
#include "plan/used_channels.hpp"
#include "plan/winograd_axis.hpp"
#include "problem/pieces.hpp"
#include "problem/window_planes.hpp"

#include <fmt/format.h>

namespace convforge {

namespace {

std::uint64_t layout_id(const Problem &problem, const Pack &pack) {
  if (!pack.winograd())
    return convforge_layout_id(pack.layout.c_str(), nullptr, nullptr);
  const convforge_winograd h = winograd_axis(problem.height(), pack.outputs_h),
                           w = winograd_axis(problem.width(), pack.outputs_w);
  return convforge_layout_id(pack.layout.c_str(), &h, &w);
}

std::string dot_in_words(const Problem &problem, const PackDot &dot) {
  return fmt::format("dots of {} runs of {} offset {} zero point {} multipliers {}", dot.elements,
                     dot.run_columns, dot.offset, problem.quantisation.source_zero_point,
                     problem.types.destination == ElementType::s32 ? "none"
                                                                   : name_of(problem.quantisation.rounding));
}

/// Weights of one row of the kernel and one output channel: its runs, each filled up with zeros.
std::size_t row_of_runs(const Problem &problem, const Pack &pack) {
  const int runs = problem.width().kernel / pack.dot.run_columns;
  return std::size_t(runs) * round_up(pack.dot.run_columns * pack.group_in, pack.dot.elements);
}

/// Neighbouring channels of groups of one lie a group apart.
WeightsSource whole_source(const Problem &problem, bool channelwise) {
  const WeightsStrides strides = weights_strides(problem);
  const bool groups_of_one = channelwise && problem.group_out() == 1;
  return {0, strides.tap, strides.c, groups_of_one ? strides.group : strides.k, strides.group};
}

/// The taps of a piece.
WeightsSource source_of(const Problem &whole, const Piece &piece, bool channelwise) {
  WeightsSource source = whole_source(whole, channelwise);
  for (std::size_t i = 0; i < source.tap.size(); i++) {
    source.first += piece.taps[i].first * source.tap[i];
    source.tap[i] *= piece.taps[i].step;
  }
  return source;
}

/// The problem whose channels are packed: without those that the plan leaves out, or with the planes of a
/// window as more of them.
Problem packed_problem(const Problem &problem, const Plan &plan) {
  return plan.planes == Planes::taps ? used_problem(problem, plan) : window_planes(problem);
}

std::string input_channels_in_words(const Pack &pack) {
  const int planes = pack.plane_channels > 0 ? pack.group_in / pack.plane_channels : 1;
  return planes == 1 ? std::to_string(pack.group_in) : fmt::format("{}x{}", planes, pack.plane_channels);
}

/// Of joined phases: the taps of the first piece, and from it to the others.
WeightsSource source_of_phases(const Problem &whole) {
  WeightsSource source = source_of(whole, pieces_of(whole).front(), false);
  const WeightsSource taps = whole_source(whole, false);
  const JoinedPhases phases = joined_phases(whole);
  source.phase = {phases.tap_h * taps.tap[1], phases.tap_w * taps.tap[2]};
  source.phase_columns = phases.columns;
  source.phase_channels = whole.group_out();
  return source;
}

std::string phases_in_words(const WeightsSource &source, int group_out) {
  return fmt::format(" in {}x{} phases of {}", group_out / source.phase_channels / source.phase_columns,
                     source.phase_columns, source.phase_channels);
}

/// From byte `first` of the packed weights on.
Pack layout_from(std::size_t first, const Problem &problem, const PackForm &form,
                 const WeightsSource &source) {
  Pack pack;
  pack.type = form.type;
  const bool depthwise = form.channelwise;
  pack.groups = depthwise ? 1 : problem.groups;
  pack.group_in = depthwise ? 1 : problem.group_in();
  pack.group_out = depthwise ? problem.out_channels : problem.group_out();
  pack.plane_channels = form.plane_channels;
  for (std::size_t i = 0; i < problem.axes.size(); i++)
    pack.kernel[i] = problem.axes[i].kernel;
  pack.outputs_h = form.outputs_h;
  pack.outputs_w = form.outputs_w;
  pack.stride_h = problem.height().stride;
  pack.stride_w = problem.width().stride;
  pack.points = pack.kernel;
  if (pack.winograd()) {
    pack.points[1] = winograd_points(problem.height(), pack.outputs_h).filter_points;
    pack.points[2] = winograd_points(problem.width(), pack.outputs_w).filter_points;
  }
  const auto [planes, rows, columns] = pack.points;
  pack.dot = form.dot;
  const std::string kind = pack.winograd()         ? fmt::format("winograd {}x{} s{}x{}", pack.outputs_h,
                                                                 pack.outputs_w, pack.stride_h, pack.stride_w)
                           : pack.dot.elements > 0 ? dot_in_words(problem, pack.dot)
                                                   : "blocked";
  const std::string phases = source.phase_channels > 0 ? phases_in_words(source, pack.group_out) : "";
  const std::string depth = problem.has_depth() ? fmt::format(" t{}", problem.depth().kernel) : "";
  pack.layout = fmt::format("{} {} g{}{} r{} s{} c{} k{}{}:", kind, name_of(pack.type), pack.groups, depth,
                            problem.height().kernel, problem.width().kernel, input_channels_in_words(pack),
                            pack.group_out, phases);
  pack.bytes = first;
  for (const PackRegion &region : form.regions) {
    pack.regions.push_back({pack.bytes, region.first_channel, region.channels, region.lanes});
    const std::size_t channels =
        std::size_t(pack.groups) * ceil_div(region.channels, region.lanes) * region.lanes;
    const std::size_t row =
        pack.dot.elements > 0 ? row_of_runs(problem, pack) : std::size_t(columns) * pack.group_in;
    pack.bytes += round_up(channels * planes * rows * row * bytes_of(pack.type), CONVFORGE_ALIGNMENT);
    if (pack.dot.elements > 0) {
      PackRegion &made = pack.regions.back();
      made.tables = pack.bytes;
      made.table_bytes = round_up(channels * bytes_of(ElementType::s32), CONVFORGE_ALIGNMENT);
      pack.bytes += packed_tables(problem).size() * made.table_bytes;
    }
    pack.layout += fmt::format(" {}+{}/{}", region.first_channel, region.channels, region.lanes);
  }
  pack.source = source;
  pack.layout_id = layout_id(problem, pack);
  return pack;
}

/// One behind the other. The first one's `bytes` are those of all.
Pack layout_of_pieces(const Problem &problem, const Plan &plan) {
  const std::vector<Piece> pieces = pieces_of(problem);
  std::vector<Pack> packs;
  std::size_t next = CONVFORGE_PACK_HEADER_BYTES;
  for (std::size_t i = 0; i < pieces.size(); i++) {
    const PackForm form = pack_form(pieces[i].problem, plan.pieces[i]);
    packs.push_back(layout_from(next, packed_problem(pieces[i].problem, plan.pieces[i]), form,
                                source_of(problem, pieces[i], form.channelwise)));
    next = packs.back().bytes;
  }
  Pack all = packs.front();
  all.bytes = next;
  all.others.assign(packs.begin() + 1, packs.end());
  return all;
}

} // namespace

PackForm pack_form(const Problem &problem, const Plan &plan) {
  PackForm form{.type = packed_type(problem, plan), .channelwise = plan.channelwise()};
  if (const auto *winograd = std::get_if<WinogradPart>(&plan.part)) {
    form.outputs_h = winograd->outputs_h;
    form.outputs_w = winograd->outputs_w;
  }
  if (plan.planes != Planes::taps)
    form.plane_channels = problem.group_in();
  if (problem.types.quantised())
    form.dot = {operands_of(plan.dot).elements, dot_runs(shape_of(problem, plan.algorithm), plan).columns,
                offset_of(plan.dot, problem.types.source)};
  for (const Region &region : plan.regions) {
    form.regions.push_back(
        {.first_channel = region.first_channel, .channels = region.channels, .lanes = region.block});
  }
  return form;
}

PackForm pack_form(const Problem &problem, const GpuPlan &plan) {
  const bool depthwise = plan.channelwise();
  return {.type = problem.types.weights,
          .regions = {{.channels = depthwise ? problem.out_channels : problem.group_out(),
                       .lanes = plan.tile_channels}},
          .channelwise = depthwise};
}

Pack pack_layout(const Problem &problem, const Plan &plan) {
  const auto of_phases = [&] {
    return layout_from(CONVFORGE_PACK_HEADER_BYTES, joined_problem(problem), pack_form(problem, plan),
                       source_of_phases(problem));
  };
  const auto of_all = [&] { // channels that are left out are behind the others: used_weights_first()
    const PackForm form = pack_form(problem, plan);
    return layout_from(CONVFORGE_PACK_HEADER_BYTES, packed_problem(problem, plan), form,
                       whole_source(problem, form.channelwise));
  };
  Pack pack = plan.joins_phases     ? of_phases()
              : plan.pieces.empty() ? of_all()
                                    : layout_of_pieces(problem, plan);
  // As of every tensor (problem.cpp): kernels address with 32-bit byte offsets. Packed weights may be larger
  // than the problem's: transformed, or of another type.
  if (pack.bytes >= std::size_t{1} << 31)
    fail("packed weights", fmt::format("{} bytes for {}", pack.bytes, name_of(plan.algorithm)),
         "less than 2147483648 bytes, channels rounded up to whole blocks; split the problem along oc or ic");
  return pack;
}

Pack pack_layout(const Problem &problem, const PackForm &form) {
  return layout_from(CONVFORGE_PACK_HEADER_BYTES, problem, form, whole_source(problem, form.channelwise));
}

} // namespace convforge
