// Flags that several subcommands share.
#pragma once

#include "base/error.hpp"
#include "planner/tuning.hpp"
#include "problem/problem.hpp"
#include "target/target.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace convforge::cli {

/// --problem and what a descriptor cannot say. Lives as long as the App it was added to.
class ProblemFlags {
public:
  /// Adds the flags. Unless `required`, another flag may name problems instead (add_list()).
  void add_to(CLI::App &app, bool required = true);
  /// --batch FILE: problems from a list.
  void add_list(CLI::App &app);
  /// The problem of the flags. Throws Error when there is none or it contradicts itself.
  Problem problem() const;
  /// The problem of the flags, or those of the list.
  std::vector<Problem> problems() const;
  /// Whether the problems come from a list.
  bool from_list() const { return !list_.empty(); }
  bool given() const { return !descriptor_.empty() || !list_.empty(); }
  /// Throws Error when a flag that describes one problem stands beside `other`, which brings its own
  /// problems.
  void refuse_beside(const std::string &other) const;
  /// Element types, which random problems take from here.
  ElementTypes types() const { return parse_element_types(dtype_); }

private:
  std::vector<const CLI::Option *> details_; ///< of one problem, besides its descriptor and types
  const CLI::Option *types_ = nullptr;
  std::string descriptor_, layout_ = "nhwc", weights_layout_, epilogue_, dtype_ = "f32", math_ = "default",
                           strides_, residual_strides_, zero_points_, rounding_ = "onnx", output_scale_,
                           padding_mode_ = "zeros", pooling_, list_;
};

/// --target, --algorithm, --machine and --plans.
class KernelFlags {
public:
  void add_to(CLI::App &app);
  /// --target takes several, separated by commas.
  void add_several_to(CLI::App &app);
  /// For problems of these types: 8-bit integers have targets of their own.
  const Target &target(const ElementTypes &types) const;
  /// Best first, each once. "all": every target of this machine's architecture, whether its CPU runs it or
  /// not, but for those that have kernels of 8-bit integers only where the types are others.
  std::vector<Target> targets(const ElementTypes &types) const;
  /// The same for what runs kernels here. "all": every target that this machine runs. Throws Error where that
  /// is none.
  std::vector<Target> runnable_targets(const ElementTypes &types) const;
  const std::string &algorithm() const { return algorithm_; }
  /// What the flags say, else the environment.
  std::string machine() const;
  std::string plans() const;
  /// The machine and its plans. Entries of a file that are left out are told on stderr, a line each. Throws
  /// Error.
  Tuning tuning() const;

private:
  bool all() const { return targets_ == std::vector<std::string>{"all"}; }

  std::vector<std::string> targets_ = {"host"};
  std::string algorithm_ = "auto", machine_, plans_;
};

/// Throws an error of usage: flags that are right by themselves and make no sense together.
[[noreturn]] void refuse_usage(const std::string &flag, const std::string &value,
                               const std::string &expected);

/// A check of a flag's value: what `parse` throws becomes an error of usage. `kind`: what --help calls the
/// value.
template <typename Parse>
CLI::Validator valid(Parse parse, const std::string &kind) {
  return {[parse](std::string &text) -> std::string {
            try {
              parse(text);
            } catch (const Error &error) {
              return error.what();
            }
            return {};
          },
          kind};
}

/// Adds --threads (1 to 1024). The same kernel serves any number, so each command says what it means there.
CLI::Option *add_threads(CLI::App &app, int &threads,
                         const std::string &meaning = "Threads that share one call");
/// Adds --cache-dir.
void add_cache_dir(CLI::App &app, std::string &directory);
/// What --cache-dir says, or where the cache is without it. Throws Error when that is nowhere.
std::filesystem::path cache_directory(const std::string &flag);
/// Adds --jobs (1 to 256).
void add_jobs(CLI::App &app, int &jobs, const std::string &what);
/// Adds --json.
void add_json(CLI::App &app, bool &json);

} // namespace convforge::cli
