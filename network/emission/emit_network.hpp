// A compiled network as files: its header, its C source, and an archive of the kernels' objects and the
// constants. Pure functions of their arguments.
#pragma once

#include "base/file.hpp"
#include "network/compiled.hpp"

namespace convforge::network {

struct Network {
  std::string name;  ///< a C identifier
  std::string model; ///< the file's name, for comments
  const models::Graph *graph = nullptr;
  const models::FoldedModel *folded = nullptr;
  Program program;
  Compiled compiled;
  std::vector<Target> targets; ///< best first
};

/// Names that C sees, each once.
struct Names {
  std::vector<std::string> convolutions;    ///< functions, by convolution of the model: "det_conv1"
  std::vector<std::string> inputs, outputs; ///< parameters
};
Names names_of(const Network &network);

/// The parameters of a convolution's function: `const float *input`, residuals, `float *output`, workspace,
/// threads.
std::string convolution_parameters(const Problem &problem, const ConvolutionConstants &constants);
/// Those of the network's.
std::string network_parameters(const Network &network, const Names &names);

std::string emit_network_header(const Network &network);
std::string emit_network_source(const Network &network);
/// The objects that belong beside the compiled source.
std::vector<Member> emit_network_objects(const Network &network);

} // namespace convforge::network
