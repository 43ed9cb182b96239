#include "cli/model.hpp"

#include "cli/report/progress.hpp"
#include "cli/report/table.hpp"
#include "models/read_model.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <map>

namespace convforge::cli {

void ModelFlags::add_to(CLI::App &app, bool required) {
  CLI::Option *path = app.add_option(
      "MODEL", path_, "A model's file: ONNX (.onnx), TensorFlow Lite (.tflite) or Keras (.keras, .h5)");
  if (required)
    path->required();
  app.add_option("--input", sizes_,
                 "The shape of an input whose sizes the model leaves open: NAME=1x3x480x480; once for each "
                 "such input")
      ->type_name("NAME=SHAPE")
      ->allow_extra_args(false); // MODEL may follow
}

void add_kernel_layout(CLI::App &app, std::string &layout) {
  app.add_option("--layout", layout,
                 "Of the kernels of a model with channels in front: nhwc, nchw, or auto, the one whose "
                 "predicted time is less")
      ->capture_default_str()
      ->check(CLI::IsMember({"auto", "nhwc", "nchw"}));
}

ReadModel ModelFlags::read() const {
  const Progress progress("reading " + path_);
  ReadModel model;
  model.graph = models::read_model(path_, models::parse_input_shapes(sizes_));
  model.folded = models::fold(model.graph);
  model.kernels = models::kernels_of(model.folded);
  return model;
}

std::string types_in_words(const models::Graph &graph, const std::vector<int> &nodes) {
  std::map<std::string, int> counts;
  for (const int node : nodes)
    ++counts[graph.nodes[static_cast<std::size_t>(node)].type];
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater<>(), &std::pair<std::string, int>::second);
  std::string words;
  for (const auto &[type, count] : sorted)
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", count, type);
  return words;
}

std::vector<int> folded_nodes(const models::FoldedModel &model) {
  std::vector<int> inside;
  for (const models::FoldedConvolution &convolution : model.convolutions)
    inside.insert(inside.end(), convolution.folded.begin(), convolution.folded.end());
  std::ranges::sort(inside);
  inside.erase(std::ranges::unique(inside).begin(), inside.end());
  return inside;
}

void print_coverage(const ReadModel &model) {
  const auto &[graph, folded, kernels] = model;
  const std::size_t taken = folded.convolutions.size(), refused = folded.refused.size();
  const std::vector<int> inside = folded_nodes(folded);
  fmt::print("Convolutions: {}: {} by {} kernels, {} refused\n", taken + refused, taken,
             kernels.problems.size(), refused);
  for (const models::RefusedConvolution &one : folded.refused)
    fmt::print("  refused: {} '{}': {}\n", one.type, one.name, one.reason);
  for (const models::FoldedConvolution &one : folded.convolutions)
    if (!one.in_floats.empty())
      fmt::print("  in floats: '{}': {}\n", graph.nodes[static_cast<std::size_t>(one.node)].name,
                 one.in_floats);
  fmt::print("Folded into them: {} nodes{}{}\n", grouped(static_cast<long long>(inside.size())),
             inside.empty() ? "" : ": ", types_in_words(graph, inside));
  fmt::print("Left between them: {} nodes{}{}\n", grouped(static_cast<long long>(folded.glue.size())),
             folded.glue.empty() ? "" : ": ", types_in_words(graph, folded.glue));
}

} // namespace convforge::cli
