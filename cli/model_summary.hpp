// What `convforge summary` prints of a model.
#pragma once

#include "cli/model.hpp"
#include "cli/options.hpp"

namespace convforge::cli {

/// Every layer as Keras prints it, with the kernels that compute them and what is predicted of these.
void print_model(const ReadModel &model, const KernelFlags &flags);
void print_model_json(const ReadModel &model, const KernelFlags &flags);

} // namespace convforge::cli
