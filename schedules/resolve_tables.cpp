#include "schedules/resolve_tables.hpp"

#include "base/error.hpp"

#include <limits>
#include <optional>

namespace convforge {

namespace {

using Halide::Expr;
using namespace Halide::Internal;

[[noreturn]] void fail_on_entry() {
  throw Error("schedule: a channel of a table is chosen at run time, expected by constants; this is a defect "
              "of the schedule: report the problem");
}

const ChannelTable *find(const std::vector<ChannelTable> &tables, const std::string &name) {
  const auto found = std::ranges::find(tables, name, &ChannelTable::name);
  return found == tables.end() ? nullptr : &*found;
}

class AsksTables : public IRVisitor {
public:
  explicit AsksTables(const std::vector<ChannelTable> &tables) : tables_(tables) {}
  bool found = false, of_lanes = false;

private:
  using IRVisitor::visit;
  void visit(const Call *op) override {
    if (find(tables_, op->name) != nullptr) {
      found = true;
      of_lanes = of_lanes || op->type.is_vector();
    }
    IRVisitor::visit(op);
  }
  const std::vector<ChannelTable> &tables_;
};

/// Entries of one lane as constants; `instead`: all entries as this one.
class Entries : public IRMutator {
public:
  Entries(const std::vector<ChannelTable> &tables, std::optional<int> instead)
      : tables_(tables), instead_(instead) {}
  bool missing = false; ///< was there one of -1?
  int last = 0;         ///< the largest entry of the table that was asked

private:
  using IRMutator::visit;
  Expr visit(const Call *op) override {
    const ChannelTable *table = find(tables_, op->name);
    if (table == nullptr)
      return IRMutator::visit(op);
    const auto asked = Halide::Internal::as_const_int(simplify(op->args[0]));
    if (!asked)
      fail_on_entry();
    last = table->last();
    const int entry = instead_.value_or(table->at(*asked));
    missing = missing || entry < 0;
    return entry;
  }
  const std::vector<ChannelTable> &tables_;
  std::optional<int> instead_;
};

/// Where a load's lanes are, relative to the first entry of the table.
struct Lanes {
  Expr origin;
  std::vector<std::optional<std::int64_t>> offset; ///< none: nothing is there
  std::int64_t end = 0;                            ///< of what may be read: behind the table's last entry
};

class ResolveTables : public IRMutator {
public:
  explicit ResolveTables(std::vector<ChannelTable> tables) : tables_(std::move(tables)) {}

private:
  using IRMutator::visit;

  bool asks(const Expr &expr) const {
    AsksTables asks(tables_);
    expr.accept(&asks);
    return asks.found;
  }
  /// Vectors of integers stay where they are used, so that each lane's value is found there.
  bool is_part_of_index(const Expr &value) const {
    return value.type().is_int() && (value.type().is_vector() || asks(value));
  }

  Stmt visit(const LetStmt *op) override {
    return is_part_of_index(op->value) ? mutate(substitute(op->name, op->value, op->body))
                                       : IRMutator::visit(op);
  }
  Expr visit(const Let *op) override {
    return is_part_of_index(op->value) ? mutate(substitute(op->name, op->value, op->body))
                                       : IRMutator::visit(op);
  }
  Expr visit(const Call *op) override {
    if (find(tables_, op->name) != nullptr)
      fail_on_entry();
    return IRMutator::visit(op);
  }

  Expr entry_of(const Expr &index, int lane, std::optional<int> instead, bool &missing, int &last) const {
    Entries entries(tables_, instead);
    const Expr one = index.type().is_vector() ? extract_lane(index, lane) : index;
    const Expr place = simplify(lower_intrinsics(entries.mutate(one)));
    missing = entries.missing;
    last = std::max(last, entries.last);
    return place;
  }

  Lanes lanes_of(const Expr &index) const {
    Lanes lanes;
    bool missing = false;
    int last = 0;
    lanes.origin = entry_of(index, 0, 0, missing, last);
    const auto offset = [&](const Expr &place) {
      const auto known = Halide::Internal::as_const_int(simplify(place - lanes.origin));
      if (!known)
        fail_on_entry();
      return std::int64_t{*known};
    };
    for (int lane = 0; lane < index.type().lanes(); lane++) {
      const Expr place = entry_of(index, lane, {}, missing, last);
      lanes.offset.push_back(missing ? std::nullopt : std::optional(offset(place)));
    }
    bool none = false;
    const int largest = last;
    lanes.end = offset(entry_of(index, 0, largest, none, last)) + 1;
    return lanes;
  }

  Expr load(const Load *op, const Expr &first, int lanes) const {
    const Expr index = lanes == 1 ? first : Ramp::make(first, 1, lanes);
    return Load::make(op->type.with_lanes(lanes), op->name, index, op->image, op->param, const_true(lanes),
                      Halide::Internal::ModulusRemainder());
  }

  /// Vectors from the lowest lane's place on, as many as hold all lanes. None ends behind the last entry.
  Expr shuffled(const Load *op, const Lanes &lanes) const {
    const int width = static_cast<int>(std::min<std::int64_t>(op->type.lanes(), lanes.end));
    std::vector<std::int64_t> starts;
    std::vector<int> from(lanes.offset.size());
    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::max();
    for (std::int64_t at = 0;; at = starts.back() + width) {
      std::int64_t next = none;
      for (const auto &offset : lanes.offset)
        if (offset && *offset >= at)
          next = std::min(next, *offset);
      if (next == none)
        break;
      starts.push_back(std::min(next, lanes.end - width));
    }
    if (starts.empty())
      return make_zero(op->type);
    bool zeros = false;
    for (std::size_t lane = 0; lane < from.size(); lane++) {
      zeros = zeros || !lanes.offset[lane];
      from[lane] = static_cast<int>(starts.size()) * width; // a zero
      for (std::size_t i = starts.size(); lanes.offset[lane] && i-- > 0;)
        if (*lanes.offset[lane] >= starts[i] && *lanes.offset[lane] < starts[i] + width)
          from[lane] = static_cast<int>(i) * width + static_cast<int>(*lanes.offset[lane] - starts[i]);
    }
    std::vector<Expr> vectors;
    for (const std::int64_t start : starts)
      vectors.push_back(load(op, simplify(lanes.origin + static_cast<int>(start)), width));
    if (zeros)
      vectors.push_back(make_zero(op->type.with_lanes(width)));
    return Shuffle::make(vectors, from);
  }

  Expr visit(const Load *op) override {
    AsksTables asks(tables_);
    op->index.accept(&asks);
    if (asks.of_lanes)
      return shuffled(op, lanes_of(op->index));
    if (!asks.found)
      return IRMutator::visit(op);
    Entries entries(tables_, {});
    const Expr place = simplify(lower_intrinsics(entries.mutate(op->index)));
    return entries.missing ? make_zero(op->type)
                           : Load::make(op->type, op->name, place, op->image, op->param, op->predicate,
                                        Halide::Internal::ModulusRemainder());
  }

  const std::vector<ChannelTable> tables_;
};

} // namespace

std::unique_ptr<IRMutator> resolve_tables(std::vector<ChannelTable> tables) {
  return std::make_unique<ResolveTables>(std::move(tables));
}

} // namespace convforge
