// `convforge tune`: plans measured, the best kept in a file.
#include "base/directory_lock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/named_descriptor.hpp"
#include "base/text_file.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"
#include "tuner/tuner.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace convforge::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct TuneFlags {
  ProblemFlags problem;
  KernelFlags kernel;
  TuneRules rules;
  std::string db;
  double time_limit = 0;
  bool again = false, json = false;
};

struct Outcome {
  std::size_t tuned = 0, there = 0, left = 0, failed = 0;
  double log_gain = 0; ///< the sum of log(model's time / least time) of those tuned
  double gain() const { return tuned > 0 ? std::exp(log_gain / static_cast<double>(tuned)) : 1; }
};

/// The plans found so far: another run's, if the file is there. A file that is not understood is left as it
/// is.
TunedPlans read_db(const std::string &path) {
  if (!std::filesystem::exists(path))
    return {};
  ParsedPlans parsed = TunedPlans::parse(read_text_file("--db", path), path);
  if (!parsed.complaints.empty())
    throw Error(parsed.complaints.front() +
                ": the file stays as it is"); // written back, the entry would be gone
  return std::move(parsed.plans);
}

/// What is in the file now, which another run may have written meanwhile, with this run's plans: those that
/// it has already stay as they are, but for the one at `key`.
TunedPlans add_to_db(const std::string &path, const TunedPlans &found, const TunedKey &key) {
  const DirectoryLock lock(without_links(path).parent_path()); // nobody writes between reading and writing
  if (!lock.held())
    fmt::print(stderr, "convforge: {}: its file system has no locks: another tune may lose these plans\n",
               path);
  TunedPlans plans = read_db(path);
  for (const auto &[other, plan] : found)
    if (other == key || !plans.find(other))
      plans.put(other, plan);
  write_file_atomically(path, to_bytes(plans.text()));
  return plans;
}

std::vector<Target> runnable_targets(const TuneFlags &flags) {
  const auto targets = flags.kernel.runnable_targets();
  for (const Target &target : targets)
    if (!runs_here(target))
      fail("--target", std::string(target.name), "one that this CPU runs: plans are measured");
  return targets;
}

class Tuner {
public:
  explicit Tuner(const TuneFlags &flags) : flags_(flags), plans_(read_db(flags.db)) {}

  Outcome run() {
    const auto problems = flags_.problem.problems();
    const auto targets = runnable_targets(flags_);
    total_ = problems.size() * targets.size();
    for (const Target &target : targets)
      for (const Problem &problem : problems)
        one(problem, target);
    return outcome_;
  }

private:
  bool late() const {
    return flags_.time_limit > 0 && Clock::now() - begin_ > std::chrono::duration<double>(flags_.time_limit);
  }

  void one(const Problem &problem, const Target &target) {
    const TunedKey key{machine_.name, std::string(target.name), plan_key(problem)};
    ++number_;
    if (!flags_.again && plans_.find(key)) {
      ++outcome_.there;
      return;
    }
    if (late()) {
      ++outcome_.left;
      return;
    }
    const std::string name = fmt::format("[{}/{}] {} {}", number_, total_, target.name,
                                         problem.name.empty() ? problem.descriptor() : problem.name);
    try {
      const Progress progress(name);
      const auto begin = Clock::now();
      const TuneReport report = tune(problem, target, machine_, flags_.rules, [&] { return late(); });
      found_.put(key, report.tuned);
      plans_ = add_to_db(flags_.db, found_, key);
      ++outcome_.tuned;
      outcome_.log_gain += std::log(report.tuned.model_us / report.tuned.us);
      const std::chrono::duration<double> took = Clock::now() - begin;
      fmt::print(stderr, "{}: {:.4g} us, {:.1f} % less than the model's choice, of {} plans in {:.1f} s\n",
                 name, report.tuned.us, 100 * (1 - report.tuned.us / report.tuned.model_us), report.plans,
                 took.count());
    } catch (const Error &error) {
      ++outcome_.failed;
      fmt::print(stderr, "{}: {}\n", name, error.what());
    }
  }

  const TuneFlags &flags_;
  const Machine machine_ = find_machine(flags_.kernel.machine());
  const Clock::time_point begin_ = Clock::now();
  TunedPlans plans_; ///< of the file
  TunedPlans found_; ///< by this run
  Outcome outcome_;
  std::size_t number_ = 0, total_ = 0;
};

void report(const TuneFlags &flags, const Outcome &outcome) {
  const std::string machine = find_machine(flags.kernel.machine()).name;
  if (flags.json)
    return cli::print_json({{"machine", machine},
                            {"db", flags.db},
                            {"tuned", outcome.tuned},
                            {"model_over_tuned", outcome.gain()},
                            {"there_before", outcome.there},
                            {"left", outcome.left},
                            {"failed", outcome.failed}});
  fmt::print("{}: {} tuned for {}, {} there before, {} left, {} failed; the model's own choices take {:.3f} "
             "times as "
             "long (geometric mean)\n",
             flags.db, outcome.tuned, machine, outcome.there, outcome.left, outcome.failed, outcome.gain());
}

void tune_all(const TuneFlags &flags) {
  if (flags.kernel.algorithm() != "auto")
    fail("--algorithm", flags.kernel.algorithm(), "auto: every algorithm takes part");
  const Outcome outcome = Tuner(flags).run();
  report(flags, outcome);
  if (outcome.failed > 0)
    throw CLI::RuntimeError(1);
}

} // namespace

void add_tune(CLI::App &app) {
  const auto flags = std::make_shared<TuneFlags>();
  CLI::App *command = app.add_subcommand("tune", "Measure plans near the model's best and keep the fastest");
  flags->problem.add_to(*command, false);
  flags->problem.add_list(*command);
  flags->kernel.add_several_to(*command);
  command->add_option("--db", flags->db, "File of plans to add to; problems that it has are not tuned again")
      ->required();
  add_jobs(*command, flags->rules.jobs, "Plans compiled at once (they are timed one at a time)");
  command->add_option("--time-limit", flags->time_limit, "Seconds after which nothing new is begun (0: none)")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1e7));
  command->add_option("--candidates", flags->rules.most_candidates, "Plans of the model that take part")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--neighbours", flags->rules.most_neighbours, "Plans near the fastest that take part")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000));
  command->add_option("--slice", flags->rules.slice_seconds, "Seconds of a plan's turn")
      ->capture_default_str()
      ->check(CLI::Range(0.0001, 10.0));
  command->add_flag("--again", flags->again, "Tune problems that the file has, too");
  add_json(*command, flags->json);
  command->footer(
      "The file is written whole after each problem, so that tune may be stopped at any time and goes on\n"
      "where it was; several may add to one file at once. Its plans are used on machines of this class "
      "(microarchitecture) when\n"
      "--plans names it; those of schedules/tuned/ are built into the program. Examples:\n"
      "  convforge tune --batch layers.txt --db tuned.json --target x86-64-avx512,x86-64-avx2 --jobs 2\n"
      "  convforge explain --problem mb1ic64ih56oc64oh56kh3ph1 --plans tuned.json");
  command->callback([flags] { tune_all(*flags); });
}

} // namespace convforge::cli
