#include "schedules/winograd/winograd_prefetch.hpp"
#include "algorithms/halide_type.hpp"
#include "base/integer.hpp"

#include "planner/platform.hpp"
#include "planner/tiles.hpp"
#include "planner/winograd/winograd_shape.hpp"

#include <algorithm>

namespace convforge {

namespace {

using Halide::Expr;
using Halide::Handle;
using Halide::Int;
using Halide::Internal::Block;
using Halide::Internal::Call;
using Halide::Internal::Evaluate;
using Halide::Internal::For;
using Halide::Internal::IfThenElse;
using Halide::Internal::ProducerConsumer;
using Halide::Internal::simplify;
using Halide::Internal::Stmt;
using Halide::Internal::Variable;

Stmt serial_loop(const std::string &name, int extent, const Stmt &body) {
  return For::make(name, 0, extent, Halide::Internal::ForType::Serial, Halide::Partition::Never,
                   Halide::DeviceAPI::None, body);
}

class PrefetchNextTask : public Halide::Internal::IRMutator {
public:
  PrefetchNextTask(const Winograd &w, const Problem &problem, const Plan &plan)
      : problem_(problem), plan_(plan), shape_(winograd_shape(problem, plan)), sum_(w.sum.name()),
        product_(w.product.name() + ".s0."), output_(w.output.name() + ".s0.") {}

private:
  using IRMutator::visit;

  Stmt visit(const For *op) override {
    loops_.push_back(op);
    Stmt mutated = IRMutator::visit(op);
    loops_.pop_back();
    return mutated;
  }

  Stmt visit(const ProducerConsumer *op) override {
    if (!op->is_producer || op->name != sum_)
      return IRMutator::visit(op);
    const Expr last_block = simplify(iteration(output_, ".b") == plan_.regions.front().blocks() - 1);
    return Block::make(IfThenElse::make(last_block, share_of_rows()), op);
  }

  /// How far the innermost loop of that name is: 0 where it has one iteration and lowering removed it.
  Expr iteration(const std::string &begin, const std::string &end) const {
    const auto loop = std::find_if(loops_.rbegin(), loops_.rend(), [&](const For *op) {
      return op->name.starts_with(begin) && op->name.ends_with(end);
    });
    return loop == loops_.rend() ? Expr(0) : Variable::make(Int(32), (*loop)->name) - (*loop)->min;
  }

  /// The next task's first element that this one did not read: tasks follow one another down the image.
  Expr next_rows() const {
    const Axis &height = problem_.height();
    const int tasks_down = ceil_div(shape_.tiles_y, plan_.winograd().rows_per_task);
    const int parts = ceil_div(shape_.tiles_x, shape_.tiles_across);
    const Expr task = iteration(output_, ".task");
    const Expr part = task / tasks_down % parts, image_and_group = task / (tasks_down * parts);
    const Expr image = image_and_group / problem_.groups, group = image_and_group % problem_.groups;
    const int overlap = shape_.points_y - plan_.winograd().outputs_h * height.stride;
    const Expr row = (task % tasks_down + 1) * rows() + (overlap - height.pad_begin);
    return ((image * height.input + row) * problem_.width().input + part * columns()) * problem_.in_channels +
           group * problem_.group_in();
  }
  int rows() const {
    return plan_.winograd().rows_per_task * plan_.winograd().outputs_h * problem_.height().stride;
  }
  int columns() const {
    return std::min(problem_.width().input,
                    shape_.tiles_across * plan_.winograd().outputs_w * problem_.width().stride);
  }

  /// As many neighbouring pixels for each register tile as the last block's have to fetch.
  Stmt share_of_rows() const {
    const int points = shape_.points();
    const int tiles = ceil_div(shape_.tiles_per_task, plan_.regions.front().tile_w); // of one point
    const int in_a_row = std::max(1, points * tiles / rows());
    const int pixels = ceil_div(columns(), in_a_row);
    const int shares = ceil_div(columns(), pixels);
    const Expr share = (iteration(product_, ".p") * shape_.points_x + iteration(product_, ".q")) * tiles +
                       iteration(product_, ".t.t");
    const int channels = problem_.in_channels, width = problem_.width().input;
    const long elements = long(problem_.batch) * problem_.height().input * width * channels;
    const Expr first =
        next_rows() + share / shares * (width * channels) + share % shares * (pixels * channels);
    // Below the image there is nothing to fetch; addresses stay within the tensor.
    const Expr within = Halide::max(0, Halide::min(first, static_cast<int>(elements) - pixels * channels));
    return prefetches(simplify(within), pixels);
  }

  Stmt prefetches(const Expr &first, int pixels) const {
    const Expr pixel = Variable::make(Int(32), "prefetch.pixel"),
               line = Variable::make(Int(32), "prefetch.line");
    const Expr address = Variable::make(Int(32), "prefetch.first") + pixel * problem_.in_channels +
                         line * line_elements(problem_.types.source);
    const Expr prefetch =
        Call::make(halide_type(problem_.types.source), Call::prefetch,
                   {Variable::make(Handle(), "input"), address, Expr(1), Expr(1)}, Call::Intrinsic);
    const Stmt of_pixel =
        serial_loop("prefetch.line", ceil_div(problem_.group_in(), line_elements(problem_.types.source)),
                    Evaluate::make(prefetch));
    return Halide::Internal::LetStmt::make("prefetch.first", first,
                                           serial_loop("prefetch.pixel", pixels, of_pixel));
  }

  const Problem problem_;
  const Plan plan_;
  const WinogradShape shape_;
  const std::string sum_, product_, output_;
  std::vector<const For *> loops_;
};

} // namespace

std::unique_ptr<Halide::Internal::IRMutator> prefetch_next_task(const Winograd &winograd,
                                                                const Problem &problem, const Plan &plan) {
  return std::make_unique<PrefetchNextTask>(winograd, problem, plan);
}

} // namespace convforge
