// Every field of a plan with its name and range, for a visitor that reads or writes it: number(name, value,
// low, high), flag(name, value), text(name, value), choice(name, value, all), list(name, items), and
// later_number(), later_flag(), later_choice() and later_list(), which plans made before it lack: the least
// number, false, the first choice, nothing.
#pragma once

#include "plan/plan.hpp"

#include <type_traits>
#include <variant>

namespace convforge::plan_fields {

constexpr int most = 1 << 30;      // of anything counted in elements
constexpr int most_pieces = 512;   // each takes a view of a kernel at least
constexpr int most_registers = 64; // pixels or channels of a tile, far beyond what any target holds

// Structured bindings name every field: one that is added later does not compile until it is here, too.

template <typename Value, typename Wanted>
concept MaybeConst = std::is_same_v<std::remove_const_t<Value>, Wanted>;

template <typename Visitor, MaybeConst<Region> Value>
void visit(Visitor &visitor, Value &region) {
  auto &[first_channel, channels, block, lanes, tile_w, tile_h, unroll_tiles] = region;
  visitor.number("first_channel", first_channel, 0, most);
  visitor.number("channels", channels, 1, most);
  visitor.number("block", block, 1, 16 * most_registers);
  visitor.number("lanes", lanes, 1, 16);
  visitor.number("tile_w", tile_w, 1, 16 * most_registers);
  visitor.number("tile_h", tile_h, 1, most_registers);
  visitor.flag("unroll_tiles", unroll_tiles);
}

template <typename Visitor, MaybeConst<Window> Value>
void visit(Visitor &visitor, Value &window) {
  auto &[padded_copy, skip_rows, skip_columns, taps_innermost, unroll_s, unroll_r] = window;
  visitor.flag("padded_copy", padded_copy);
  visitor.flag("skip_rows", skip_rows);
  visitor.flag("skip_columns", skip_columns);
  visitor.flag("taps_innermost", taps_innermost);
  visitor.flag("unroll_s", unroll_s);
  visitor.flag("unroll_r", unroll_r);
}

template <typename Visitor, MaybeConst<DirectPart> Value>
void visit(Visitor &visitor, Value &part) {
  auto &[window, two_weight_pointers, fused_pixels] = part;
  visit(visitor, window);
  visitor.flag("two_weight_pointers", two_weight_pointers);
  visitor.later_flag("fused_pixels", fused_pixels);
}

template <typename Visitor, MaybeConst<DepthwisePart> Value>
void visit(Visitor &visitor, Value &part) {
  auto &[window, blocks_per_chunk] = part;
  visit(visitor, window);
  visitor.number("blocks_per_chunk", blocks_per_chunk, 0, most);
}

template <typename Visitor, MaybeConst<WinogradPart> Value>
void visit(Visitor &visitor, Value &part) {
  auto &[outputs_h, outputs_w, rows_per_task, input_lanes, output_passes, prefetch, images_per_task] = part;
  visitor.number("winograd_outputs_h", outputs_h, 0, most_registers);
  visitor.number("winograd_outputs_w", outputs_w, 0, most_registers);
  visitor.number("winograd_rows_per_task", rows_per_task, 0, most);
  visitor.number("winograd_input_lanes", input_lanes, 0, most_registers);
  visitor.number("winograd_output_passes", output_passes, 1, most_registers);
  visitor.flag("winograd_prefetch", prefetch);
  visitor.later_number("winograd_images_per_task", images_per_task, 1, most);
}

/// The fields of the algorithm's own part stand among the shared ones; those of other parts are refused.
template <typename Visitor, MaybeConst<Plan> Value>
void visit(Visitor &visitor, Value &plan) {
  auto &[algorithm, vector_axis, regions, rows_per_task, columns_per_task, unroll_c, broadcast_lanes,
         lanes_innermost, parallel, dot, transposed, phases_per_task, joins_phases, pooled, gathers_input,
         spreads_output, planes, pieces, part, why] = plan;
  visitor.choice("algorithm", algorithm,
                 {Algorithm::direct, Algorithm::pointwise, Algorithm::depthwise, Algorithm::winograd});
  visitor.choice("vector_axis", vector_axis,
                 {VectorAxis::channel, VectorAxis::width, VectorAxis::input_channel});
  visitor.list("regions", regions);
  visitor.number("rows_per_task", rows_per_task, 1, most);
  visitor.number("columns_per_task", columns_per_task, 1, most);
  visitor.number("unroll_c", unroll_c, 1, most_registers);
  visitor.number("broadcast_lanes", broadcast_lanes, 1, 4);
  visitor.flag("lanes_innermost", lanes_innermost);
  visitor.choice("parallel", parallel, {ParallelAxis::none, ParallelAxis::pixels, ParallelAxis::channels});
  visitor.later_choice("dot", dot, {Dot::none, Dot::widening, Dot::pairs, Dot::four_u8_s8, Dot::four_s8_s8});
  visitor.later_flag("transposed", transposed);
  visitor.later_number("phases_per_task", phases_per_task, 0, most);
  visitor.later_flag("joins_phases", joins_phases);
  visitor.later_number("pooled_rows", pooled.rows, 0, most);
  visitor.later_number("pooled_columns", pooled.columns, 0, most);
  visitor.later_flag("gathers_input", gathers_input);
  visitor.later_flag("spreads_output", spreads_output);
  visitor.later_choice("planes", planes, {Planes::taps, Planes::channels, Planes::gathered});
  visitor.later_list("pieces", pieces, most_pieces);
  if constexpr (!std::is_const_v<Value>)
    part = part_of(algorithm);
  std::visit([&](auto &own) { visit(visitor, own); }, part);
  visitor.text("why", why);
}

} // namespace convforge::plan_fields
