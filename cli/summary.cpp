// `convforge summary`: a problem in numbers, as Keras prints a layer.
#include "cli/commands.hpp"
#include "cli/model.hpp"
#include "cli/model_pools.hpp"
#include "cli/model_summary.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "cli/report/table.hpp"
#include "problem/operand.hpp"
#include "verify/npy.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>

namespace convforge::cli {
namespace {

struct SummaryFlags {
  ModelFlags model;
  ProblemFlags problem;
  KernelFlags kernel;
  int threads = 1;
  bool json = false;
};

std::string name_of_layer(const Problem &problem) {
  return problem.name.empty() ? "conv" : problem.name;
}

bool one_dimensional(const Problem &problem) {
  return problem.height() == Axis{} && !problem.has_depth();
}

/// The name of Keras' layer for it.
std::string type_of_layer(const Problem &problem) {
  const int rank = problem.has_depth() ? 3 : one_dimensional(problem) ? 1 : 2;
  return fmt::format("{}Conv{}D{}", problem.depthwise() && !problem.transposed ? "Depthwise" : "", rank,
                     problem.transposed ? "Transpose" : "");
}

/// As Keras' layer has it: (batch, width, channels) of a 1-D one, whose tensors still have a height of 1
/// here.
std::vector<std::int64_t> output_of_layer(const Problem &problem) {
  std::vector<std::int64_t> shape = problem.output_shape();
  if (one_dimensional(problem))
    shape.erase(shape.begin() + (problem.layout == Layout::nhwc ? 1 : 2));
  return shape;
}

/// --zero-points: "zero_points".
std::string key_of(const std::string &flag) {
  std::string key = flag.substr(flag.find_first_not_of('-'));
  std::ranges::replace(key, '-', '_');
  return key;
}

nlohmann::ordered_json to_json(const Problem &problem) {
  nlohmann::ordered_json layer = {
      {"layer", name_of_layer(problem)},      {"type", type_of_layer(problem)},
      {"problem", problem.descriptor()},      {"epilogue", problem.epilogue.text()},
      {"layout", name_of(problem.layout)},    {"dtype", name_of(problem.types)},
      {"input_shape", problem.input_shape()}, {"weights_shape", problem.weights_shape()}};
  for (const Operand &operand : operands(problem))
    if (operand.role == Role::packed || operand.role == Role::epilogue)
      layer[operand.name + "_shape"] = operand.shape;
  layer["output_shape"] = problem.output_shape();
  for (const auto &[flag, value] : quantisation_flags(problem))
    layer[key_of(flag)] = value;
  if (problem.pads_with() != PaddingMode::zeros)
    layer["padding_mode"] = name_of(problem.padding_mode);
  if (problem.pools())
    layer["pooling"] = text_of(problem.pooling);
  layer["params"] = problem.parameters();
  layer["multiply_adds"] = problem.multiply_adds();
  return layer;
}

struct Totals {
  std::int64_t parameters = 0, bytes = 0, multiply_adds = 0;
};

Totals totals(const std::vector<Problem> &problems) {
  Totals sum;
  for (const Problem &problem : problems) {
    sum.parameters += problem.parameters(), sum.multiply_adds += problem.multiply_adds();
    for (const Operand &operand : operands(problem))
      if (operand.role == Role::weights || operand.by_channel())
        sum.bytes += static_cast<std::int64_t>(operand.bytes());
  }
  return sum;
}

void print_json(const std::vector<Problem> &problems) {
  nlohmann::ordered_json out;
  for (const Problem &problem : problems)
    out["layers"].push_back(to_json(problem));
  out["total_params"] = totals(problems).parameters;
  out["total_multiply_adds"] = totals(problems).multiply_adds;
  cli::print_json(out);
}

/// Keras' table, with a column of types where any layer has others than its f32.
Table table_of(const std::vector<Problem> &problems) {
  const bool typed =
      std::ranges::any_of(problems, [](const Problem &one) { return one.types != ElementTypes{}; });
  std::vector<Table::Column> columns{{"Layer (type)"}, {"Output Shape"}, {"Param #", Table::Align::right}};
  if (typed)
    columns.insert(columns.end() - 1, {"Dtype"});
  Table table(columns);
  for (const Problem &problem : problems) {
    std::vector<std::string> cells{fmt::format("{} ({})", name_of_layer(problem), type_of_layer(problem)),
                                   shape_text(output_of_layer(problem)), grouped(problem.parameters())};
    if (typed)
      cells.insert(cells.end() - 1, name_of(problem.types));
    table.add(cells);
  }
  return table;
}

void print_table(const std::vector<Problem> &problems) {
  const Totals sum = totals(problems);
  fmt::print("{}\nTotal params: {} ({} bytes)\nMultiply-adds: {}\n", table_of(problems).text(),
             grouped(sum.parameters), grouped(sum.bytes), grouped(sum.multiply_adds));
  if (problems.size() > 1)
    return;
  const Problem &problem = problems.front();
  std::string tensors;
  for (const Operand &operand : operands(problem))
    tensors +=
        fmt::format("{}{} {}{}", tensors.empty() ? "" : ", ", operand.name, shape_text(operand.shape),
                    operand.type == ElementType::f32 ? "" : fmt::format(" of {}", name_of(operand.type)));
  fmt::print("Tensors: {}\n", tensors);
}

void summarize_model(const SummaryFlags &flags) {
  if (flags.problem.given())
    refuse_usage("MODEL", flags.model.path(), "either a model, or --problem or --batch");
  flags.problem.refuse_beside("a model");
  ReadModel model = flags.model.read();
  fold_pools(model, flags.kernel);
  flags.json ? print_model_json(model, flags.kernel) : print_model(model, flags.kernel);
}

} // namespace

void add_summary(CLI::App &app) {
  const auto flags = std::make_shared<SummaryFlags>();
  CLI::App *command =
      app.add_subcommand("summary", "Print layers, output shapes and parameters as Keras does");
  flags->model.add_to(*command, false);
  flags->problem.add_to(*command, false);
  flags->problem.add_list(*command);
  const CLI::Option *threads = add_threads(
      *command, flags->threads, "Taken as by every command; shapes and parameters do not depend on it");
  flags->kernel.add_to(*command);
  add_json(*command, flags->json);
  command->footer(
      "Of a MODEL: every layer, the kernels of its convolutions with what the planner predicts of them on\n"
      "--target, and what stays between them (docs/models.md). Examples:\n"
      "  convforge summary det.onnx --input x=1x3x480x480\n"
      "  convforge summary --problem ic3ih3oc1kh2 --epilogue bias,relu     # 13 parameters\n"
      "  convforge summary --problem ic3ih3oc1kh2 --epilogue bias --dtype u8:s8:u8\n"
      "  convforge summary --batch layers.txt --json");
  command->callback([flags, threads] {
    if (threads->count() > 0)
      fmt::print(stderr,
                 "convforge: --threads {} changes nothing here: shapes and parameters do not depend on it\n",
                 flags->threads);
    if (flags->model.given())
      return summarize_model(*flags);
    const auto problems = flags->problem.problems();
    flags->json ? print_json(problems) : print_table(problems);
  });
}

} // namespace convforge::cli
