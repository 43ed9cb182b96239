// `convforge import`: a model's convolutions as problems and constants.
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/model.hpp"
#include "cli/model_match.hpp"
#include "cli/model_pools.hpp"
#include "cli/options.hpp"
#include "cli/output_directory.hpp"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace convforge::cli {
namespace {

struct ImportFlags {
  ModelFlags model;
  KernelFlags kernel;
  std::string out, match;
};

void import_model(const ImportFlags &flags) {
  ReadModel model = flags.model.read();
  if (!flags.match.empty())
    keep_matching(flags.match, model);
  fold_pools(model, flags.kernel);
  const std::filesystem::path out = flags.out;
  const std::string name = std::filesystem::path(flags.model.path()).filename().string();
  const std::vector<Member> files = models::import_files(model.graph, model.folded, name);
  make_output_directory(out / "weights");
  write_files_atomically(out, files);
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
  add_match(*command, flags->match);
  flags->kernel.add_to(*command);
  command->remove_option(command->get_option("--algorithm")); // decides nothing here
  command->footer(
      "What stands around a convolution is folded in where that is exact: batch normalisation, "
      "bias, factors,\n"
      "activations, a residual, a Pad before it, and a pool behind all of these where the planner "
      "predicts that it\n"
      "takes no longer on --target (docs/models.md). Every convolution is taken, or refused with the "
      "reason. Examples:\n"
      "  convforge import det.onnx --input x=1x3x480x480 --out det\n"
      "  convforge import det.onnx --input x=1x3x480x480 --match '^backbone' --out det\n"
      "  convforge bench --batch det/problems.txt");
  command->callback([flags] { import_model(*flags); });
}

} // namespace convforge::cli
