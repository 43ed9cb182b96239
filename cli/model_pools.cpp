#include "cli/model_pools.hpp"

#include "cli/report/progress.hpp"
#include "models/folding/trailing_pool.hpp"
#include "network/predicted_choices.hpp"

namespace convforge::cli {

void fold_pools(ReadModel &model, const KernelFlags &flags) {
  if (models::trailing_pools(model.graph, model.folded).empty())
    return; // the layout is not asked for: nothing has to be planned
  const Target &target = flags.target(network::leading_types(model.folded));
  if (is_gpu(target))
    return; // whose kernels do not pool
  const Progress progress("planning pools");
  network::choose_by_prediction("auto", model.graph, model.folded,
                                {.name = "", .targets = {target}, .tuning = flags.tuning()});
  model.kernels = models::kernels_of(model.folded);
}

} // namespace convforge::cli
