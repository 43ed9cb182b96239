// `convforge report`: one page about a model on this machine.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/gpu.hpp"
#include "cli/kernel.hpp"
#include "cli/model.hpp"
#include "cli/model_report/measure_report.hpp"
#include "cli/report/json.hpp"
#include "cli/report_page/page.hpp"
#include "cli/report_page/report_json.hpp"
#include "network/predicted_choices.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <memory>

namespace convforge::cli {
namespace {

struct ReportFlags {
  ModelFlags model;
  KernelFlags kernel;
  std::string out, layout = "auto", python = "python3";
  int threads = 1;
  double seconds = 2;
  bool no_frameworks = false, json = false;
};

/// One that this CPU runs.
const Target &target_of(const ReportFlags &flags, const ReadModel &model) {
  const Target &target = flags.kernel.target(network::leading_types(model.folded));
  refuse_gpu(target, "report");
  if (!runs_here(target))
    fail("--target", std::string(target.name), "one that this CPU runs: a report is measured");
  return target;
}

/// A model without a kernel; what is in the way of the first one is in the way of the others, mostly.
[[noreturn]] void refuse_model(const ReportFlags &flags,
                               const std::vector<models::RefusedConvolution> &refused) {
  fail("MODEL",
       flags.model.path() + (refused.empty() ? ""
                                             : fmt::format(": {} '{}' is refused: {}", refused[0].type,
                                                           refused[0].name, refused[0].reason)),
       "a model with a convolution that a kernel can compute");
}

/// Before a minute is spent on what cannot be written.
void check_out(const std::filesystem::path &out) {
  const std::filesystem::path directory = out.has_parent_path() ? out.parent_path() : ".";
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error))
    fail("--out", out.string(), "a file in a directory that is there");
}

Report measured(const ReportFlags &flags) {
  ReadModel model = flags.model.read();
  if (model.folded.convolutions.empty())
    refuse_model(flags, model.folded.refused);
  const network::KernelRequest kernels{"network", {target_of(flags, model)}, flags.kernel.tuning()};
  const Layout layout = network::choose_by_prediction(flags.layout, model.graph, model.folded, kernels);
  return measure_report(model, {.path = flags.model.path(),
                                .kernels = kernels,
                                .layout = layout,
                                .threads = flags.threads,
                                .seconds = flags.seconds,
                                .python = flags.no_frameworks ? "" : flags.python});
}

void report(const ReportFlags &flags) {
  if (flags.out.empty() && !flags.json)
    refuse_usage("--out", "missing", "a file for the page, such as report.html, or --json");
  if (!flags.out.empty())
    check_out(flags.out);
  const Report result = measured(flags);
  if (!flags.out.empty())
    write_file_atomically(flags.out, to_bytes(report_page(result)));
  if (flags.json)
    print_json(report_json(result));
  else
    fmt::print("{}\n", flags.out);
}

} // namespace

void add_report(CLI::App &app) {
  const auto flags = std::make_shared<ReportFlags>();
  CLI::App *command =
      app.add_subcommand("report", "Measure a model here, step by step, and write a page of HTML about it");
  flags->model.add_to(*command, true);
  command->add_option("--out", flags->out, "The page's file; it needs no other, and no network");
  flags->kernel.add_to(*command);
  command->remove_option(command->get_option("--algorithm")); // one for all of a network's kernels fits few
  add_kernel_layout(*command, flags->layout);
  add_threads(*command, flags->threads, "Threads that share each call; the frameworks' too");
  command->add_option("--seconds", flags->seconds, "Seconds to measure at least")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  CLI::Option *none = command->add_flag("--no-frameworks", flags->no_frameworks,
                                        "Do not time ONNX Runtime, LiteRT or Keras beside it");
  command->add_option("--python", flags->python, "Interpreter that has them: a path, or a name that PATH has")
      ->capture_default_str()
      ->excludes(none);
  command->add_flag("--json", flags->json,
                    "Print what the page says as one JSON object; --out may be left out");
  command->footer(
      "Times are the least of many passes over the network (docs/report.md). A framework that Python "
      "lacks is left\nout, and the page says so. Example:\n"
      "  convforge report det.onnx --input x=1x3x480x480 --out report.html");
  command->callback([flags] { report(*flags); });
}

} // namespace convforge::cli
