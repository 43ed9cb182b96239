// Channels that lie elsewhere, by a table of constants (plan/used_channels.hpp), as Halide algebra.
//
// An entry is a call of a function that does not exist. Where loops over channels are written out, a lowering
// pass knows its argument in every lane (schedules/resolve_tables.hpp): no table is left in the kernel.
#pragma once

#include <Halide.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace convforge {

class ChannelTable {
public:
  ChannelTable() = default;
  /// `name` tells the tables of a kernel apart. -1: nothing lies there, and what is loaded for it is zero;
  /// past the end, too.
  ChannelTable(const std::string &name, std::vector<int> places)
      : name_("channel_of_" + name), places_(std::move(places)) {}

  Halide::Expr operator()(const Halide::Expr &channel) const {
    using Halide::Internal::Call;
    const Halide::Expr place = Call::make(Halide::Int(32), name_, {channel}, Call::PureExtern);
    return Halide::unsafe_promise_clamped(place, 0, last());
  }
  const std::string &name() const { return name_; }
  int at(std::int64_t channel) const {
    return channel >= 0 && channel < static_cast<std::int64_t>(places_.size()) ? places_[channel] : -1;
  }
  /// The largest entry.
  int last() const { return std::max(0, *std::ranges::max_element(places_)); }

private:
  std::string name_;
  std::vector<int> places_;
};

} // namespace convforge
