#include "cli/model_pools.hpp"

#include "cli/report/progress.hpp"
#include "network/predicted_choices.hpp"

namespace convforge::cli {

void fold_pools(ReadModel &model, const KernelFlags &flags) {
  if (model.folded.convolutions.empty())
    return;
  const Progress progress("planning pools");
  // What has channels behind stays so, whatever is said here.
  network::choose_by_prediction("nchw", model.graph, model.folded,
                                {.name = "",
                                 .targets = {flags.target(network::leading_types(model.folded))},
                                 .tuning = flags.tuning()});
  model.kernels = models::kernels_of(model.folded);
}

} // namespace convforge::cli
