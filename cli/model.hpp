// A model's file on the command line, and its convolutions as kernels.
#pragma once

#include "models/folding/fold.hpp"
#include "models/manifest.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace convforge::cli {

struct ReadModel {
  models::Graph graph;
  models::FoldedModel folded;
  models::Kernels kernels;
};

/// MODEL and --input. Lives as long as the App it was added to.
class ModelFlags {
public:
  void add_to(CLI::App &app, bool required);
  bool given() const { return !path_.empty(); }
  /// Throws Error.
  ReadModel read() const;
  const std::string &path() const { return path_; }

private:
  std::string path_;
  std::vector<std::string> sizes_;
};

/// Adds --layout, a name for network::choose_by_prediction().
void add_kernel_layout(CLI::App &app, std::string &layout);

/// "3 Add, 1 MaxPool": how often each type is there, the most frequent ones first.
std::string types_in_words(const models::Graph &graph, const std::vector<int> &nodes);
/// The nodes whose work kernels do beside their convolutions, each once.
std::vector<int> folded_nodes(const models::FoldedModel &model);
/// The lines about those that are refused, and how many there are of what.
void print_coverage(const ReadModel &model);

} // namespace convforge::cli
