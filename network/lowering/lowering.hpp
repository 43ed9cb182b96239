// From a graph and its kernels to a program of calls.
#pragma once

#include "network/network_program.hpp"

namespace convforge::network {

/// `layout`: of the kernels of models that have channels in front; of others it is the model's.
Program lower(const models::Graph &graph, const models::FoldedModel &model, Layout layout);

} // namespace convforge::network
