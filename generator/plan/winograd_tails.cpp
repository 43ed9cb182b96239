#include "plan/winograd_tails.hpp"
#include "base/integer.hpp"

#include "plan/winograd_axis.hpp"

#include <algorithm>

namespace convforge {

WinogradTail winograd_tail(const Axis &axis, int outputs) {
  const int tiles = ceil_div(axis.output, outputs);
  const int wanted = axis.output - (tiles - 1) * outputs;
  return {tiles, wanted, winograd_points(axis, outputs).points - winograd_points(axis, wanted).points};
}

WinogradTails::WinogradTails(const Problem &problem, const Plan &plan)
    : down_(winograd_tail(problem.height(), plan.winograd().outputs_h)),
      along_(winograd_tail(problem.width(), plan.winograd().outputs_w)),
      register_tile_(std::max(plan.regions.front().tile_w, 1)), images_(plan.winograd().images_per_task) {
  const bool image =
      plan.winograd().rows_per_task == down_.tiles && plan.columns_per_task == problem.width().output;
  const bool whole = image && tiles() % register_tile_ == 0;
  if (!whole || computed(down_.shorter(), along_.shorter()) == tiles() / register_tile_)
    down_.lost = along_.lost = 0;
}

int WinogradTails::first(bool lost_along) const {
  if (!lost_along)
    return 0;
  const int needed = ceil_div(down_.tiles * row() * images_, register_tile_) * register_tile_;
  return std::min(columns_first() * images_, tiles() - needed);
}

int WinogradTails::computed(bool lost_down, bool lost_along) const {
  const int rows = lost_down ? down_.tiles - 1 : down_.tiles;
  const int corner = along_.shorter() && !lost_along ? down_.tiles - columns_first() : 0;
  const int last = (columns_first() + rows * row() + (lost_down ? 0 : corner)) * images_;
  return ceil_div(last - first(lost_along), register_tile_);
}

int WinogradTails::computed(int points_y, int points_x) const {
  const int kept_y = points_y - down_.lost, kept_x = points_x - along_.lost;
  return kept_y * (kept_x * computed(false, false) + along_.lost * computed(false, true)) +
         down_.lost * (kept_x * computed(true, false) + along_.lost * computed(true, true));
}

} // namespace convforge
