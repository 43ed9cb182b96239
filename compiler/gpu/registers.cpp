// Of the lowering passes: make_registers_private().
#include "compiler/gpu/lowering_passes.hpp"

#include "base/error.hpp"

#include <cstdint>
#include <map>
#include <sstream>

namespace convforge {

namespace {

using namespace Halide::Internal;
using Halide::Expr;

/// Thread numbers become 0; names defined around become their values.
class WithoutThreads : public IRMutator {
public:
  void define(const std::string &name, const Expr &value) { values_[name] = simplify(mutate(value)); }

private:
  using IRMutator::visit;
  std::map<std::string, Expr> values_;

  Expr visit(const Variable *op) override {
    if (op->name.find(".thread_id_") != std::string::npos)
      return make_zero(op->type);
    const auto found = values_.find(op->name);
    return found == values_.end() ? Expr(op) : found->second;
  }
};

class PrivateRegisters : public IRMutator {
public:
  explicit PrivateRegisters(const std::string &func) : prefix_(func) {}

private:
  using IRMutator::visit;
  std::string prefix_;
  WithoutThreads without_threads_;
  std::map<std::int64_t, int> elements_; ///< old index to new

  bool is_ours(const std::string &name) const {
    return name == prefix_ || name.compare(0, prefix_.size() + 1, prefix_ + ".") == 0;
  }

  int element(std::int64_t index) {
    return elements_.try_emplace(index, static_cast<int>(elements_.size())).first->second;
  }

  Expr index(const Expr &old) {
    const Ramp *ramp = old.as<Ramp>();
    const Expr base = simplify(without_threads_.mutate(ramp ? ramp->base : old));
    const auto first = as_const_int(base),
               stride = ramp ? as_const_int(ramp->stride) : std::optional<std::int64_t>(1);
    if (!first || !stride) {
      std::ostringstream text;
      text << base;
      throw Error("GPU schedule: a register's index is no constant: " + text.str());
    }
    const int lanes = ramp ? ramp->lanes : 1, begin = element(*first);
    for (int lane = 1; lane < lanes; lane++)
      if (element(*first + lane * *stride) != begin + lane)
        throw Error("GPU schedule: a register tile is read in other runs than it is written");
    return ramp ? Ramp::make(begin, 1, lanes) : Expr(begin);
  }

  Expr visit(const Load *op) override {
    if (!is_ours(op->name))
      return IRMutator::visit(op);
    return Load::make(op->type, op->name, index(op->index), op->image, op->param, mutate(op->predicate), {});
  }
  Halide::Internal::Stmt visit(const Store *op) override {
    if (!is_ours(op->name))
      return IRMutator::visit(op);
    const Expr value = mutate(op->value);
    return Store::make(op->name, value, index(op->index), op->param, mutate(op->predicate), {});
  }
  Expr visit(const Let *op) override {
    without_threads_.define(op->name, op->value);
    return IRMutator::visit(op);
  }
  Halide::Internal::Stmt visit(const LetStmt *op) override {
    without_threads_.define(op->name, op->value);
    return IRMutator::visit(op);
  }
  Halide::Internal::Stmt visit(const Allocate *op) override {
    if (!is_ours(op->name))
      return IRMutator::visit(op);
    const Halide::Internal::Stmt body = mutate(op->body);
    return Allocate::make(op->name, op->type, op->memory_type, {Expr(static_cast<int>(elements_.size()))},
                          op->condition, body);
  }
};

} // namespace

std::unique_ptr<IRMutator> make_registers_private(const std::string &func) {
  return std::make_unique<PrivateRegisters>(func);
}

} // namespace convforge
