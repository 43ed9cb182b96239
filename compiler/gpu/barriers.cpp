// Of the lowering passes: make_fewer_barriers().
#include "compiler/gpu/lowering_passes.hpp"

#include <set>
#include <vector>

namespace convforge {

namespace {

using namespace Halide::Internal;

bool is_barrier(const Halide::Internal::Stmt &stmt) {
  const Evaluate *evaluate = stmt.as<Evaluate>();
  const Call *call = evaluate ? evaluate->value.as<Call>() : nullptr;
  return call != nullptr && call->is_intrinsic(Call::gpu_thread_barrier);
}

/// The names loaded from and stored to.
class Accesses : public IRVisitor {
public:
  std::set<std::string> loaded, stored;
  bool has_barrier = false;

private:
  using IRVisitor::visit;
  void visit(const Load *op) override {
    loaded.insert(op->name);
    IRVisitor::visit(op);
  }
  void visit(const Store *op) override {
    stored.insert(op->name);
    IRVisitor::visit(op);
  }
  void visit(const Call *op) override {
    has_barrier = has_barrier || op->is_intrinsic(Call::gpu_thread_barrier);
    IRVisitor::visit(op);
  }
};

/// A producer that reads nothing of what it writes: a copy into shared memory. Two that are alive at once, as
/// inputs and weights of a chunk are, have no byte in common.
bool only_fills(const Halide::Internal::Stmt &stmt) {
  const ProducerConsumer *producer = stmt.as<ProducerConsumer>();
  if (producer == nullptr || !producer->is_producer)
    return false;
  Accesses accesses;
  stmt.accept(&accesses);
  for (const std::string &name : accesses.stored)
    if (accesses.loaded.count(name) != 0)
      return false;
  return !accesses.has_barrier;
}

void flatten(const Halide::Internal::Stmt &stmt, std::vector<Halide::Internal::Stmt> &list) {
  if (const Block *block = stmt.as<Block>()) {
    flatten(block->first, list);
    flatten(block->rest, list);
  } else {
    list.push_back(stmt);
  }
}

class FewerBarriers : public IRMutator {
  using IRMutator::visit;

  Halide::Internal::Stmt visit(const Block *op) override {
    std::vector<Halide::Internal::Stmt> all, kept;
    flatten(op, all);
    for (std::size_t i = 0; i < all.size(); i++) {
      const bool between_fills = i > 0 && i + 1 < all.size() && is_barrier(all[i]) &&
                                 only_fills(all[i - 1]) && only_fills(all[i + 1]);
      const bool twice = i > 0 && is_barrier(all[i]) && is_barrier(all[i - 1]);
      if (!between_fills && !twice)
        kept.push_back(mutate(all[i]));
    }
    return Block::make(kept);
  }
};

} // namespace

std::unique_ptr<IRMutator> make_fewer_barriers() {
  return std::make_unique<FewerBarriers>();
}

} // namespace convforge
