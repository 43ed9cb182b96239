// `convforge problem`: a framework's layer as a descriptor and flags.
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "problem/frameworks.hpp"
#include "problem/problem_flags.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <utility>

namespace convforge::cli {
namespace {

struct FrameworkFlags {
  std::string keras, torch, onnx, input, weights, bias, types, zero_points;
  bool json = false;
};

void refuse_given(const std::string &flag, const std::string &value) {
  if (!value.empty())
    refuse_usage(flag, value, "none but beside --onnx");
}

Problem onnx_problem(const FrameworkFlags &flags, const LayerShape &input) {
  if (flags.weights.empty())
    refuse_usage("--weights-shape", "missing", "the shape of W, as in 64x3x3x3");
  OnnxShapes shapes{.input = input, .weights = parse_layer_shape(flags.weights, "--weights-shape")};
  if (!flags.bias.empty())
    shapes.bias = parse_layer_shape(flags.bias, "--bias-shape");
  return parse_onnx(flags.onnx, shapes, flags.types, flags.zero_points);
}

Problem problem_of(const FrameworkFlags &flags) {
  const auto given = {!flags.keras.empty(), !flags.torch.empty(), !flags.onnx.empty()};
  if (std::ranges::count(given, true) != 1)
    refuse_usage("layer", std::to_string(std::ranges::count(given, true)) + " of them",
                 "one of --keras, --torch and --onnx with its text");
  if (flags.input.empty())
    refuse_usage("--input", "missing",
                 flags.keras.empty() ? "the input's shape, as in 1x3x224x224"
                                     : "the input's shape, as in 224x224x3");
  const LayerShape input = parse_layer_shape(flags.input, "--input");
  if (!flags.onnx.empty())
    return onnx_problem(flags, input);
  refuse_given("--weights-shape", flags.weights);
  refuse_given("--bias-shape", flags.bias);
  refuse_given("--dtype", flags.types);
  refuse_given("--zero-points", flags.zero_points);
  return flags.keras.empty() ? parse_torch(flags.torch, input) : parse_keras(flags.keras, input);
}

/// Is it the same word to a shell, and behind $(...)?
bool is_plain(std::string_view word) {
  return std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.,:+/").find(c) != std::string_view::npos;
  });
}

/// A word of a shell: as it is, or in quotes.
std::string shell_word(const std::string &word) {
  if (is_plain(word))
    return word;
  std::string quoted = "'";
  for (const char c : word)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// With the quotes around its name only where a shell would need them anyway.
std::string plain_descriptor(Problem problem) {
  const std::string name = is_plain(problem.name) ? std::exchange(problem.name, "") : "";
  return problem.descriptor() + (name.empty() ? "" : "n" + name);
}

/// Keras' depthwise weights may have the shape that another layout's have, too: then the layout is said.
std::vector<std::pair<std::string, std::string>> flags_of(const Problem &problem) {
  std::vector<std::pair<std::string, std::string>> flags = problem_flags(problem);
  const auto says_layout = [](const auto &flag) { return flag.first == "--weights-layout"; };
  if (problem.depthwise() && problem.weights_layout == WeightsLayout::hwio &&
      std::ranges::none_of(flags, says_layout))
    flags.emplace_back("--weights-layout", "hwio");
  return flags;
}

void print_line(const Problem &problem) {
  std::string line = "--problem " + shell_word(plain_descriptor(problem));
  for (const auto &[flag, value] : flags_of(problem))
    line += fmt::format(" {} {}", flag, shell_word(value));
  fmt::print("{}\n", line);
}

void print_problem_json(const Problem &problem) {
  nlohmann::ordered_json out{{"problem", problem.descriptor()}, {"flags", nlohmann::ordered_json::object()}};
  for (const auto &[flag, value] : flags_of(problem))
    out["flags"][flag] = value;
  out["input_shape"] = problem.input_shape();
  out["weights_shape"] = problem.weights_shape();
  out["output_shape"] = problem.output_shape();
  cli::print_json(out);
}

void add_layer_options(CLI::App &command, FrameworkFlags &flags) {
  command.add_option("--keras", flags.keras,
                     "A layer of Keras: \"Conv2D(filters=64, kernel_size=3, padding='same')\"");
  command.add_option("--torch", flags.torch, "A layer of PyTorch: \"nn.Conv2d(3, 64, 3, padding=1)\"");
  command.add_option("--onnx", flags.onnx, "A node of ONNX: \"Conv(kernel_shape=[3,3], pads=[1,1,1,1])\"");
  command.add_option("--input", flags.input,
                     "The input's shape: 224x224x3 of Keras, 3x224x224 else; the batch may come first");
  command.add_option("--weights-shape", flags.weights, "Of ONNX: the shape of W, 64x3x3x3");
  command.add_option("--bias-shape", flags.bias, "Of ONNX: the shape of B, 64, where the node has one");
  command
      .add_option("--dtype", flags.types,
                  "Of ONNX: types as everywhere (default: f32, of ConvInteger u8:s8:s32, of QLinearConv "
                  "u8:s8:u8)")
      ->check(valid(parse_element_types, "TYPES"));
  command.add_option("--zero-points", flags.zero_points, "Of ONNX: those of source and destination, 128:3");
}

} // namespace

void add_problem(CLI::App &app) {
  const auto flags = std::make_shared<FrameworkFlags>();
  CLI::App *command = app.add_subcommand(
      "problem", "Print a layer of Keras, PyTorch or ONNX as the flags that other commands take");
  add_layer_options(*command, *flags);
  add_json(*command, flags->json);
  command->footer(
      "Arguments have the names, the order and the defaults of the framework; those that change no\n"
      "arithmetic (initialisers, devices) are passed over, and one that cannot be taken is named. Examples:\n"
      "  convforge problem --keras \"Conv2D(64, 3, strides=2, padding='same', activation='relu')\" --input "
      "224x224x3\n"
      "  convforge problem --torch \"nn.Conv2d(3, 64, 3, stride=2, padding=1)\" --input 1x3x224x224\n"
      "  convforge problem --onnx \"ConvTranspose(strides=[2,2])\" --input 1x8x7x7 --weights-shape 8x4x2x2\n"
      "  convforge bench $(convforge problem --torch \"nn.Conv2d(64, 64, 3)\" --input 64x56x56)");
  command->callback([flags] {
    const Problem problem = problem_of(*flags);
    flags->json ? print_problem_json(problem) : print_line(problem);
  });
}

} // namespace convforge::cli
