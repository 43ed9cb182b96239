// `convforge import`: a model's convolutions as problems and constants.
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/model.hpp"
#include "cli/options.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/Support/Regex.h>
#include <memory>

namespace convforge::cli {
namespace {

struct ImportFlags {
  ModelFlags model;
  std::string out, match;
};

/// Throws Error for what is no expression.
llvm::Regex expression(const std::string &text) {
  llvm::Regex regex(text);
  if (std::string message; !regex.isValid(message))
    fail("--match", text, "a POSIX extended regular expression: " + message);
  return regex;
}

/// Leaves those whose name matches. What is folded into others then stands between kernels.
void keep_matching(const std::string &match, ReadModel &model) {
  const llvm::Regex regex = expression(match);
  models::FoldedModel &folded = model.folded;
  std::erase_if(folded.convolutions, [&](const models::FoldedConvolution &one) {
    return !regex.match(model.graph.nodes[static_cast<std::size_t>(one.node)].name);
  });
  std::erase_if(folded.refused,
                [&](const models::RefusedConvolution &one) { return !regex.match(one.name); });
  if (folded.convolutions.empty() && folded.refused.empty())
    fail("--match", match,
         "an expression that the name of a convolution matches: `convforge summary` lists them");
  folded.glue = models::glue_of(model.graph, folded);
  model.kernels = models::kernels_of(folded);
}

void write_files(const std::vector<Member> &files, const std::filesystem::path &out) {
  std::error_code error;
  std::filesystem::create_directories(out / "weights", error);
  if (error)
    fail("--out", out.string() + ": " + error.message(), "a directory, or a place where one can be made");
  write_files_atomically(out, files);
}

void import_model(const ImportFlags &flags) {
  ReadModel model = flags.model.read();
  if (!flags.match.empty())
    keep_matching(flags.match, model);
  const std::filesystem::path out = flags.out;
  const std::string name = std::filesystem::path(flags.model.path()).filename().string();
  const std::vector<Member> files = models::import_files(model.graph, model.folded, name);
  write_files(files, out);
  std::size_t bytes = 0;
  for (const Member &file : files)
    bytes += file.second.size();
  fmt::print("{}: {} files, {} bytes\n", (out / "manifest.json").lexically_normal().string(), files.size(),
             bytes);
  print_coverage(model);
}

} // namespace

void add_import(CLI::App &app) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App *command = app.add_subcommand(
      "import", "Write a model's convolutions as problems and .npy files of their weights");
  flags->model.add_to(*command, true);
  command
      ->add_option("--out", flags->out,
                   "Directory that the files go to: manifest.json, problems.txt, weights/")
      ->required();
  command->add_option("--match", flags->match,
                      "Only convolutions whose name matches this POSIX extended regular expression");
  command->footer("What stands around a convolution is folded in where that is exact: batch normalisation, "
                  "bias, factors,\n"
                  "activations, a residual, a Pad before it (docs/models.md). Every convolution is taken, or "
                  "refused with the\n"
                  "reason. Examples:\n"
                  "  convforge import det.onnx --input x=1x3x480x480 --out det\n"
                  "  convforge import det.onnx --input x=1x3x480x480 --match '^backbone' --out det\n"
                  "  convforge bench --batch det/problems.txt");
  command->callback([flags] { import_model(*flags); });
}

} // namespace convforge::cli
