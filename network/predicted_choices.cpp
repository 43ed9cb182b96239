#include "network/predicted_choices.hpp"

#include "base/error.hpp"
#include "models/folding/ends.hpp"
#include "models/folding/trailing_pool.hpp"
#include "network/lowering/kernel_problem.hpp"
#include "planner/planner.hpp"
#include "planner/pooling_pass.hpp"
#include "planner/rearranged_plans.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <unordered_map>

namespace convforge::network {
namespace {

/// Of kernels for the first target of a network; equal problems are planned once.
class Predictions {
public:
  explicit Predictions(const KernelRequest &request) : request_(request) {}

  double kernel(const Problem &problem) {
    const auto [found, is_new] = known_.emplace(problem.canonical(), 0);
    if (is_new) {
      const Platform platform = platform_for(problem);
      found->second =
          cost_of(make_plan(problem, platform.target, request_.tuning, "auto"), problem, platform).total();
    }
    return found->second;
  }
  double pool(const Problem &pooled) const { return pooling_pass_cycles(pooled, platform_for(pooled)); }

private:
  Platform platform_for(const Problem &problem) const {
    return Platform(target_for(request_.targets.front(), problem.types), request_.tuning.machine);
  }

  const KernelRequest &request_;
  std::unordered_map<std::string, double> known_;
};

/// A layout, and what would be chosen with it.
struct PredictedChoice {
  Layout layout;
  double cycles = 0;
  std::vector<models::TrailingPool> taken;
  std::vector<std::pair<std::size_t, std::string>> stops; ///< of convolutions whose pools are not
};

Problem in_layout_of_network(const Problem &problem, Layout layout) {
  return problem.layout == Layout::nchw ? in_layout(problem, layout) : problem;
}

void choose_pool(const models::TrailingPool &pool, const models::Graph &graph, double alone,
                 Predictions &predictions, PredictedChoice &choice) {
  const Problem pooled = in_layout_of_network(pool.problem, choice.layout);
  const std::string name = models::in_words(graph.nodes[static_cast<std::size_t>(pool.folded.front())]);
  const double pass = predictions.pool(pooled);
  double together = std::numeric_limits<double>::infinity();
  try {
    together = predictions.kernel(pooled);
    if (together > alone + pass)
      choice.stops.emplace_back(
          pool.convolution,
          fmt::format("{} is predicted to take less by itself: {:.1f} kilocycles, and {:.1f} "
                      "of the kernel, but {:.1f} together",
                      name, pass / 1000, alone / 1000, together / 1000));
  } catch (const Error &error) { // that no family computes, say
    choice.stops.emplace_back(pool.convolution, fmt::format("{}: {}", name, error.what()));
  }
  if (together <= alone + pass)
    choice.taken.push_back(pool);
  choice.cycles += std::min(alone + pass, together);
}

PredictedChoice choice_with(Layout layout, const std::vector<models::TrailingPool> &pools,
                            const models::Graph &graph, const models::FoldedModel &model,
                            Predictions &predictions) {
  PredictedChoice choice{.layout = layout, .taken = {}, .stops = {}};
  auto pool = pools.begin();
  for (std::size_t i = 0; i < model.convolutions.size(); ++i) {
    const double alone = predictions.kernel(in_layout_of_network(model.convolutions[i].problem, layout));
    if (pool != pools.end() && pool->convolution == i)
      choose_pool(*pool++, graph, alone, predictions, choice);
    else
      choice.cycles += alone;
  }
  return choice;
}

} // namespace

Layout choose_by_prediction(std::string_view layout, const models::Graph &graph, models::FoldedModel &model,
                            const KernelRequest &request) {
  const std::vector<models::TrailingPool> pools = models::trailing_pools(graph, model);
  const bool is_asked = layout == "auto";
  const Layout first = is_asked ? Layout::nhwc : parse_layout(layout);
  if (!is_asked && pools.empty())
    return first;
  Predictions predictions(request);
  PredictedChoice best = choice_with(first, pools, graph, model, predictions);
  if (is_asked)
    if (PredictedChoice other = choice_with(Layout::nchw, pools, graph, model, predictions);
        other.cycles < best.cycles)
      best = std::move(other);
  for (auto &[convolution, stop] : best.stops)
    model.convolutions[convolution].stop = std::move(stop);
  models::take_pools(best.taken, graph, model);
  return best.layout;
}

} // namespace convforge::network
