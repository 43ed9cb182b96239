#include "models/manifest.hpp"

#include "problem/operand.hpp"
#include "problem/problem_flags.hpp"
#include "verify/npy.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <unordered_map>

namespace convforge::models {
namespace {

using Json = nlohmann::ordered_json;

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// A name that file systems take, whatever a model calls its layers.
std::string file_name(std::size_t number, const std::string &layer, const std::string &operand) {
  constexpr std::size_t most_characters = 60;
  std::string plain = layer.substr(0, most_characters);
  std::ranges::replace_if(plain, std::not_fn(is_plain), '_');
  return fmt::format("weights/{:04}_{}.{}.npy", number, plain, operand);
}

Json tensor_json(const Tensor &tensor) {
  Json json{{"name", tensor.name}, {"type", name_of(tensor.type)}};
  json["shape"] = tensor.shape ? Json(tensor.sizes()) : Json();
  return json;
}

Json tensors_json(const Graph &graph, const std::vector<TensorId> &ids) {
  Json list = Json::array();
  for (const TensorId id : ids)
    if (id != no_tensor)
      list.push_back(tensor_json(graph.tensor(id)));
  return list;
}

Json names_json(const Graph &graph, const std::vector<TensorId> &ids) {
  Json names = Json::array();
  for (const TensorId id : ids)
    names.push_back(id == no_tensor ? Json() : Json(graph.tensor(id).name));
  return names;
}

Json node_json(const Node &node) {
  return {{"name", node.name}, {"type", node.type}};
}

Json kernel_json(const Problem &problem) {
  Json json{{"name", problem.name}};
  Problem nameless = problem;
  nameless.name.clear();
  json["problem"] = nameless.descriptor();
  json["flags"] = Json::object();
  for (const auto &[flag, value] : problem_flags(problem))
    json["flags"][flag] = value;
  json["multiply_adds"] = problem.multiply_adds();
  return json;
}

/// The file of an operand's elements.
using Contents = std::pair<std::string, std::vector<std::uint8_t>>;

template <typename Number>
void add_contents(const std::vector<Operand> &operands, const char *name, const std::vector<Number> &numbers,
                  std::vector<Contents> &all) {
  if (numbers.empty())
    return;
  const auto operand = std::ranges::find(operands, name, &Operand::name);
  const auto bytes = std::as_bytes(std::span(numbers));
  all.emplace_back(name, format_npy({operand->shape, operand->type, {bytes.begin(), bytes.end()}}));
}

std::vector<Contents> contents_of_constants(const FoldedConvolution &convolution) {
  const std::vector<Operand> operands = convforge::operands(convolution.problem);
  std::vector<Contents> all;
  if (const auto &integers = convolution.eight_bits) {
    add_contents(operands, "weights", integers->weights, all);
    add_contents(operands, "multipliers", integers->multipliers, all);
    add_contents(operands, "bias", integers->bias, all);
  }
  for (const auto &[name, values] : convolution.constants) {
    const auto operand = std::ranges::find(operands, name, &Operand::name);
    all.emplace_back(name, format_npy(operand->shape, values, operand->type));
  }
  return all;
}

/// The constants of a convolution as files, and the operands by name.
Json operands_json(const Graph &graph, const FoldedConvolution &convolution, std::size_t number,
                   std::vector<Member> &files) {
  Json json = Json::object();
  for (auto &[name, bytes] : contents_of_constants(convolution)) {
    const std::string file =
        file_name(number, graph.nodes[static_cast<std::size_t>(convolution.node)].name, name);
    files.emplace_back(file, std::move(bytes));
    json[name] = {{"file", file}};
  }
  for (const auto &[name, tensor] : convolution.residuals)
    json[name] = {{"tensor", graph.tensor(tensor).name}};
  return json;
}

Json convolution_json(const Graph &graph, const FoldedConvolution &convolution, const std::string &kernel) {
  Json json = node_json(graph.nodes[static_cast<std::size_t>(convolution.node)]);
  json["kernel"] = kernel;
  json["input"] = graph.tensor(convolution.input).name;
  json["output"] = graph.tensor(convolution.output).name;
  json["folded"] = Json::array();
  for (const int node : convolution.folded)
    json["folded"].push_back(node_json(graph.nodes[static_cast<std::size_t>(node)]));
  json["ends"] = convolution.stop;
  if (!convolution.in_floats.empty())
    json["in_floats"] = convolution.in_floats;
  return json;
}

Json glue_json(const Graph &graph, const FoldedModel &folded) {
  Json list = Json::array();
  for (const int number : folded.glue) {
    const Node &node = graph.nodes[static_cast<std::size_t>(number)];
    Json json = node_json(node);
    json["inputs"] = names_json(graph, node.inputs);
    json["outputs"] = names_json(graph, node.outputs);
    list.push_back(std::move(json));
  }
  return list;
}

/// As --batch reads them.
std::string problem_list(const std::vector<Problem> &problems) {
  std::string text;
  for (const Problem &problem : problems) {
    text += problem.descriptor();
    for (const auto &[flag, value] : problem_flags(problem))
      text += fmt::format(" {} {}", flag, value);
    text += "\n";
  }
  return text;
}

} // namespace

Kernels kernels_of(const FoldedModel &model) {
  Kernels kernels;
  std::unordered_map<std::string, std::size_t> known;
  for (const FoldedConvolution &convolution : model.convolutions) {
    const auto [found, is_new] = known.emplace(convolution.problem.canonical(), kernels.problems.size());
    if (is_new) {
      kernels.problems.push_back(convolution.problem);
      kernels.problems.back().name = fmt::format("conv_{}", found->second);
    }
    kernels.of_each.push_back(found->second);
  }
  return kernels;
}

std::vector<Member> import_files(const Graph &graph, const FoldedModel &folded, const std::string &model) {
  const Kernels kernels = kernels_of(folded);
  std::vector<Member> files;
  Json manifest{{"model", model}, {"format", graph.format}};
  manifest["inputs"] = tensors_json(graph, graph.inputs);
  manifest["outputs"] = tensors_json(graph, graph.outputs);
  for (const char *list : {"kernels", "convolutions", "refused"})
    manifest[list] = Json::array();
  for (const Problem &problem : kernels.problems)
    manifest["kernels"].push_back(kernel_json(problem));
  for (std::size_t i = 0; i < folded.convolutions.size(); ++i) {
    const FoldedConvolution &convolution = folded.convolutions[i];
    Json json = convolution_json(graph, convolution, kernels.problems[kernels.of_each[i]].name);
    json["operands"] = operands_json(graph, convolution, i, files);
    manifest["convolutions"].push_back(std::move(json));
  }
  for (const RefusedConvolution &refused : folded.refused)
    manifest["refused"].push_back(
        {{"name", refused.name}, {"type", refused.type}, {"reason", refused.reason}});
  manifest["glue"] = glue_json(graph, folded);
  files.emplace_back("problems.txt", to_bytes(problem_list(kernels.problems)));
  // Bytes of names that are no UTF-8 become U+FFFD.
  files.emplace_back("manifest.json",
                     to_bytes(manifest.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"));
  return files;
}

} // namespace convforge::models
