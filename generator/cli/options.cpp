#include "cli/options.hpp"

#include "cli/kernel.hpp"
#include "disk_cache.hpp"
#include "error.hpp"
#include "verify/problem_list.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace convforge::cli {
namespace {

const Target &named_target(const std::string &name) {
  const Target &target = find_target(name);
  if (name == "host" && verbose())
    fmt::print(stderr, "convforge: host is {}: {}\n", target.name, host_reason());
  return target;
}

} // namespace

void ProblemFlags::add_to(CLI::App &app, bool required) {
  auto *problem =
      app.add_option("--problem", descriptor_, "Shape as a benchdnn descriptor: mb1ic64ih56oc64oh56kh3ph1");
  if (required)
    problem->required();
  details_ = {app.add_option("--layout", layout_, "Of input, residual and output: nhwc or nchw")
                  ->capture_default_str(),
              app.add_option("--weights-layout", weights_layout_,
                             "hwio or oihw (default: hwio with nhwc, oihw with nchw)"),
              app.add_option("--epilogue", epilogue_,
                             "Applied in this order: bias,residual,relu or bias,clip:0:6, ..."),
              app.add_option("--dtype", dtype_, "Type of the elements: f32")->capture_default_str(),
              app.add_option("--math", math_, "default, exact (no Winograd) or fast")->capture_default_str()};
}

void ProblemFlags::refuse_beside(const std::string &other) const {
  for (const CLI::Option *option : details_)
    if (option->count() > 0)
      fail(option->get_name(), fmt::format("{}", fmt::join(option->results(), ",")),
           "none beside " + other + ", which says it for each problem");
}

void ProblemFlags::add_list(CLI::App &app) {
  app.add_option("--batch", list_, "Problems from a file: a descriptor a line, its flags as above after it");
}

Problem ProblemFlags::problem() const {
  if (descriptor_.empty())
    fail("--problem", "missing", "a descriptor such as mb1ic64ih56oc64oh56kh3ph1");
  Problem problem = Problem::parse(descriptor_);
  problem.layout = parse_layout(layout_);
  problem.weights_layout = weights_layout_.empty() ? default_weights_layout(problem.layout)
                                                   : parse_weights_layout(weights_layout_);
  problem.epilogue = Epilogue::parse(epilogue_);
  problem.data_type = parse_data_type(dtype_);
  problem.math = parse_math(math_);
  problem.validate();
  return problem;
}

std::vector<Problem> ProblemFlags::problems() const {
  if (list_.empty())
    return {problem()};
  if (!descriptor_.empty())
    fail("--problem", descriptor_, "either --problem or --batch, not both");
  refuse_beside("--batch");
  return read_problem_list(list_);
}

void KernelFlags::add_to(CLI::App &app) {
  app.add_option("--target", targets_, "Instruction set: host or a name that `convforge targets` lists")
      ->capture_default_str()
      ->expected(1);
  app.add_option("--algorithm", algorithm_, "auto, direct, pointwise or depthwise")->capture_default_str();
}

void KernelFlags::add_several_to(CLI::App &app) {
  add_to(app);
  app.get_option("--target")
      ->expected(1, -1)
      ->delimiter(',')
      ->description(
          "Instruction sets, separated by commas: host, all or names that `convforge targets` lists");
}

const Target &KernelFlags::target() const {
  return named_target(targets_.front());
}

std::vector<Target> KernelFlags::targets() const {
  std::vector<Target> asked, best_first;
  const bool all = targets_ == std::vector<std::string>{"all"};
  for (const std::string &name : targets_)
    if (!all)
      asked.push_back(named_target(name));
  for (const Target &target : all_targets())
    if (all ? runs_here(target) : std::find(asked.begin(), asked.end(), target) != asked.end())
      best_first.push_back(target);
  return best_first;
}

void add_threads(CLI::App &app, int &threads) {
  app.add_option("--threads", threads, "Threads that share one call")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
}

void add_cache_dir(CLI::App &app, std::string &directory) {
  app.add_option("--cache-dir", directory,
                 "Where compiled kernels are kept (default: $CONVFORGE_CACHE_DIR, else the user's cache)");
}

std::filesystem::path cache_directory(const std::string &flag) {
  const std::filesystem::path directory =
      flag.empty() ? default_cache_directory() : std::filesystem::path(flag);
  if (directory.empty())
    fail("cache directory", "unknown", "--cache-dir, or CONVFORGE_CACHE_DIR or HOME in the environment");
  return directory;
}

void add_json(CLI::App &app, bool &json) {
  app.add_flag("--json", json, "Print one JSON object instead");
}

} // namespace convforge::cli
