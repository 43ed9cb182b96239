// `convforge network`: a whole model as C that calls kernels.
#include "artefact/emit.hpp"
#include "artefact/kernel_name.hpp"
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/kernel.hpp"
#include "cli/model.hpp"
#include "cli/model_match.hpp"
#include "cli/output_directory.hpp"
#include "cli/report/progress.hpp"
#include "cli/static_library.hpp"
#include "network/emission/emit_network.hpp"
#include "network/lowering/lowering.hpp"
#include "network/predicted_choices.hpp"
#include "network/reference/evaluate.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace convforge::cli {
namespace {

struct NetworkFlags {
  ModelFlags model;
  KernelFlags kernel;
  std::string name = "network", out = ".", match, layout = "auto";
  std::vector<std::string> emit = {"header", "source", "archive"};
  bool dry_run = false;

  bool emits(const char *what) const { return std::find(emit.begin(), emit.end(), what) != emit.end(); }
  bool emits_more_than(const char *what) const {
    return std::any_of(emit.begin(), emit.end(), [&](const std::string &one) { return one != what; });
  }
};

/// Throws Error.
ReadModel read_network(const NetworkFlags &flags) {
  ReadModel model = flags.model.read();
  if (!flags.match.empty())
    keep_matching(flags.match, model);
  if (model.folded.convolutions.empty())
    fail("MODEL", flags.model.path(), "a model with a convolution that a kernel can compute");
  return model;
}

network::Network lowered(const NetworkFlags &flags, ReadModel &model, const network::KernelRequest &request) {
  const Layout layout = network::choose_by_prediction(flags.layout, model.graph, model.folded, request);
  network::Network network{.name = flags.name,
                           .model = std::filesystem::path(flags.model.path()).filename().string(),
                           .graph = &model.graph,
                           .folded = &model.folded,
                           .targets = request.targets};
  network.program = network::lower(model.graph, model.folded, layout);
  return network;
}

/// What stands in the way of NAME_run().
void print_missing(const network::Network &network) {
  const auto &missing = network.program.missing;
  if (missing.empty()) {
    fmt::print("{}_run(): {} calls, {} of them of {} kernels\n", network.name, network.program.steps.size(),
               network.folded->convolutions.size(), network.program.kernels.size());
    return;
  }
  fmt::print("No {}_run(): {} operation{} that no call does; the convolutions are there by themselves\n",
             network.name, missing.size(), missing.size() == 1 ? "" : "s");
  for (const network::MissingOperation &one : missing)
    fmt::print("  {} '{}': {}\n", one.type, one.name, one.reason);
}

std::vector<Member> network_files(const network::Network &network, const NetworkFlags &flags) {
  const std::string header = emit_network_header(network), source = emit_network_source(network);
  std::vector<Member> objects = emit_network_objects(network), files;
  if (flags.emits("header"))
    files.emplace_back(flags.name + ".h", to_bytes(header));
  if (flags.emits("source"))
    files.emplace_back(flags.name + ".c", to_bytes(source));
  if (flags.emits("archive"))
    files.emplace_back("lib" + flags.name + "_kernels.a", emit_archive(objects));
  if (flags.emits("static"))
    files.emplace_back("lib" + flags.name + ".a",
                       build_static_library(flags.name, source, header, std::move(objects)));
  return files;
}

/// What NAME_run() should answer, which needs no kernel.
void write_reference(const NetworkFlags &flags, const ReadModel &model) {
  const Progress progress("computing every node in float64");
  write_output_files(network::reference::reference_files(model.graph, flags.name), flags.out);
}

void write_kernels(const NetworkFlags &flags, ReadModel &model) {
  const network::KernelRequest request{flags.name, flags.kernel.targets(network::leading_types(model.folded)),
                                       flags.kernel.tuning()};
  network::Network network = lowered(flags, model, request);
  if (!flags.dry_run) {
    Progress progress("compiling kernels", network.program.kernels.size() * request.targets.size());
    network.compiled = network::compile_kernels(network.program, model.folded, request,
                                                [&](const std::string &what) { progress.step(what); });
  }
  if (!flags.dry_run)
    write_output_files(network_files(network, flags), flags.out);
  print_missing(network);
}

void make_network(const NetworkFlags &flags) {
  ReadModel model = read_network(flags);
  if (flags.emits_more_than("reference"))
    write_kernels(flags, model);
  if (flags.emits("reference") && !flags.dry_run)
    write_reference(flags, model);
}

} // namespace

void add_network(CLI::App &app) {
  const auto flags = std::make_shared<NetworkFlags>();
  CLI::App *command =
      app.add_subcommand("network", "Turn a model into C that calls its kernels, with the weights inside");
  flags->model.add_to(*command, true);
  flags->kernel.add_several_to(*command);
  command->remove_option(command->get_option("--algorithm")); // one for all of a network's kernels fits few
  command->add_option("--name", flags->name, "Of the network: a C identifier")
      ->capture_default_str()
      ->check(valid(check_kernel_name, "NAME"));
  add_kernel_layout(*command, flags->layout);
  add_match(*command, flags->match);
  command
      ->add_option(
          "--emit", flags->emit,
          "header (NAME.h), source (NAME.c), archive (libNAME_kernels.a: what NAME.c calls), static "
          "(libNAME.a, all of it, built with $CC or cc), reference (NAME_input0.npy and so on, and the "
          "NAME_output0.npy that every node computed in float64, or in whole numbers, gives for them)")
      ->delimiter(',')
      ->capture_default_str()
      ->check(CLI::IsMember({"header", "source", "archive", "static", "reference"}));
  command->add_option("--out", flags->out, "Directory, made if missing")->capture_default_str();
  command->add_flag("--dry-run", flags->dry_run,
                    "Say what NAME_run() would be or what it lacks, but compile and write nothing");
  command->footer(
      "NAME_run() computes the whole network, where all of its operations are known; each convolution is a "
      "function by\nits layer's name in any case (docs/networks.md). Example:\n"
      "  convforge network det.onnx --input x=1x3x480x480 --name det --emit header,static --out gen");
  command->callback([flags] { make_network(*flags); });
}

} // namespace convforge::cli
