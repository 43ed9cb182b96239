#include "algorithms/masked_lanes.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Internal::Call;
using Halide::Internal::IRMutator;
using Halide::Internal::LetStmt;
using Halide::Internal::Load;
using Halide::Internal::Ramp;
using Halide::Internal::Select;
using Halide::Internal::Shuffle;
using Halide::Internal::Stmt;
using Halide::Internal::Store;

constexpr const char *marker = "masked_lanes";

/// The lanes [first, last) that are true.
struct Lanes {
  int first = 0, last = 0;
};

Expr lane_of(const Expr &value, int lane) {
  return Halide::Internal::simplify(value.type().is_scalar() ? value
                                                             : Shuffle::make_extract_element(value, lane));
}

/// Those where a condition is as it should be. None: it is no constant.
std::optional<Lanes> lanes_of(const Expr &condition, bool wanted, int lanes) {
  Lanes found{lanes, 0};
  for (int lane = 0; lane < lanes; lane++) {
    const Expr known = lane_of(condition, lane);
    if (!Halide::Internal::is_const(known))
      return std::nullopt;
    if (Halide::Internal::is_const_one(known) == wanted)
      found = {std::min(found.first, lane), lane + 1};
  }
  return found;
}

/// 0, which LLVM does not know: the top bit of an address in user space. Where it knows a mask, it takes
/// zeros that are selected beside loaded lanes for an instruction of their own (384 channels at 14x14 19.0
/// us, 15.5 so; AVX-512, Zen 4); else the load itself brings them.
Expr unknown_zero(const Load *load) {
  const Expr address = Halide::Internal::Variable::make(Halide::Handle(), load->name);
  return Halide::cast<int>(Halide::reinterpret(Halide::UInt(64), address) >> 63);
}

/// True for those lanes of the load.
Expr mask(const Load *load, const Lanes &of) {
  const int lanes = load->type.lanes();
  const Expr lane = Ramp::make(0, 1, lanes), zero = unknown_zero(load);
  const auto all = [&](const Expr &value) { return Halide::Internal::Broadcast::make(value, lanes); };
  const Expr begins = lane >= all(of.first + zero), ends = lane < all(of.last + zero);
  if (of.first > 0)
    return of.last < lanes ? begins && ends : begins;
  return of.last < lanes ? ends : Halide::Internal::const_true(lanes);
}

/// Vectors of neighbouring elements from `begin` elements behind the load's first on, as many as it has
/// lanes; `row` are the elements of the row, counted from there.
Expr neighbours(const Load *load, const Expr &first, int begin, const Lanes &row) {
  const int lanes = load->type.lanes();
  if (row.first >= begin + lanes || row.last <= begin)
    return Halide::Internal::make_zero(load->type);
  const Expr lanes_read = mask(load, {row.first - begin, row.last - begin});
  const Expr index = Ramp::make(Halide::Internal::simplify(first + begin), 1, lanes);
  Expr loaded = Load::make(load->type, load->name, index, load->image, load->param, lanes_read, {});
  if (Halide::Internal::is_const_one(lanes_read))
    return loaded;
  // Said aloud, since lanes that are not read are anything.
  return Select::make(lanes_read, loaded, Halide::Internal::make_zero(load->type));
}

/// Columns of a row: where the load's first element is, how far apart all are, and how many there are.
struct Place {
  int column, step, columns;
};

/// None: it is known only at run time.
std::optional<Place> place_of(const Call *marked, const Load *load) {
  const auto *ramp = load->index.as<Ramp>();
  const auto column = Halide::Internal::as_const_int(lane_of(marked->args[1], 0)),
             columns = Halide::Internal::as_const_int(lane_of(marked->args[2], 0)),
             step = ramp == nullptr ? std::nullopt : Halide::Internal::as_const_int(ramp->stride);
  if (!column || !columns || !step)
    return std::nullopt;
  return Place{static_cast<int>(*column), static_cast<int>(*step), static_cast<int>(*columns)};
}

/// The marked load of which only `kept` lanes are read.
Expr masked(const Load *load, const Lanes &kept, const Place &place) {
  const auto &[column, step, columns] = place;
  const int lanes = load->type.lanes();
  const Expr &first = load->index.as<Ramp>()->base;
  if (kept.first >= kept.last)
    return Halide::Internal::make_zero(load->type);
  if (step == 1)
    return neighbours(load, first, 0, kept);
  // From a column on that is a multiple of the step, so that other taps take theirs of the same vectors.
  // Lanes that are not kept take what is beside the row: zero.
  const int ahead = (column % step + step) % step;
  const Lanes row{-column, columns - column};
  std::vector<Expr> vectors;
  vectors.reserve(step);
  for (int i = 0; i < step; i++)
    vectors.push_back(neighbours(load, first, i * lanes - ahead, row));
  std::vector<int> taken;
  taken.reserve(lanes);
  for (int lane = 0; lane < lanes; lane++)
    taken.push_back(lane * step + ahead);
  return Shuffle::make(vectors, taken);
}

const Call *marked(const Expr &value) {
  const Call *call = value.as<Call>();
  return call != nullptr && call->name == marker ? call : nullptr;
}

/// The store of the first `stored` lanes in pieces of 8, 4, 2 and 1.
Stmt in_pieces(const Store *op, const Expr &whole, int stored) {
  const std::string name = Halide::Internal::unique_name("stored");
  const Expr value = Halide::Internal::Variable::make(whole.type(), name);
  const Expr first = op->index.as<Ramp>()->base;
  Stmt all;
  int done = 0;
  for (int piece = whole.type().lanes(); piece > 0; piece /= 2) {
    if ((stored & piece) == 0)
      continue;
    const Expr index = piece == 1 ? first + done : Ramp::make(first + done, 1, piece);
    const Expr lanes =
        piece == 1 ? Shuffle::make_extract_element(value, done) : Shuffle::make_slice(value, done, 1, piece);
    const Stmt store =
        Store::make(op->name, lanes, index, op->param, Halide::Internal::const_true(piece), {});
    all = all.defined() ? Halide::Internal::Block::make(all, store) : store;
    done += piece;
  }
  return LetStmt::make(name, whole, all);
}

bool stores_part(const Store *op) {
  return op->value.type().is_vector() && !Halide::Internal::is_const_one(op->predicate);
}

class MaskLanes : public IRMutator {
public:
  explicit MaskLanes(bool stores_in_pieces) : stores_in_pieces_(stores_in_pieces) {}

private:
  using IRMutator::visit;
  bool stores_in_pieces_;
  Expr reads_; ///< the lanes that a store keeps, while its value is visited

  Expr visit(const Call *op) override {
    return op->name == marker ? mutate(op->args[0]) : IRMutator::visit(op);
  }

  /// What is stored in part is made of what is read in part: a residual ends where the output does.
  Stmt visit(const Store *op) override {
    if (!stores_part(op))
      return IRMutator::visit(op);
    reads_ = op->predicate;
    const Expr value = mutate(op->value);
    reads_ = Expr();
    const auto *index = op->index.as<Ramp>();
    if (stores_in_pieces_ && index != nullptr && Halide::Internal::is_const_one(index->stride))
      if (const auto stored = lanes_of(op->predicate, true, value.type().lanes());
          stored && stored->first == 0)
        return in_pieces(op, value, stored->last);
    return Store::make(op->name, value, op->index, op->param, op->predicate, op->alignment);
  }

  Stmt visit(const LetStmt *op) override {
    const Stmt *body = &op->body;
    while (const auto *inner = body->as<LetStmt>())
      body = &inner->body;
    const auto *store = body->as<Store>();
    if (store == nullptr || !stores_part(store))
      return IRMutator::visit(op);
    reads_ = store->predicate;
    const Expr value = mutate(op->value);
    reads_ = Expr();
    return LetStmt::make(op->name, value, mutate(op->body));
  }

  Expr visit(const Load *op) override {
    if (!reads_.defined() || !op->param.defined() || op->type.lanes() != reads_.type().lanes() ||
        !Halide::Internal::is_const_one(op->predicate))
      return IRMutator::visit(op);
    return Load::make(op->type, op->name, op->index, op->image, op->param, reads_, op->alignment);
  }

  /// Halide may have turned the condition round. What is no constant stays, and is refused (compile.cpp).
  Expr visit(const Select *op) override {
    const Call *first = marked(op->true_value), *second = marked(op->false_value);
    const Call *call = first != nullptr ? first : second;
    const Load *load = call == nullptr ? nullptr : call->args[0].as<Load>();
    if (load == nullptr)
      return IRMutator::visit(op);
    const auto kept = lanes_of(op->condition, first != nullptr, load->type.lanes());
    const auto place = place_of(call, load);
    return kept && place ? masked(load, *kept, *place) : IRMutator::visit(op);
  }
};

} // namespace

Expr masked_lanes(const Expr &element, const Expr &column, int columns) {
  return Call::make(element.type(), marker, {element, column, columns}, Call::PureExtern);
}

std::unique_ptr<IRMutator> mask_lanes(bool stores_in_pieces) {
  return std::make_unique<MaskLanes>(stores_in_pieces);
}

} // namespace convforge
