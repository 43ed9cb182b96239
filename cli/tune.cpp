// `convforge tune`: plans measured, the best kept in a file.
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/plan_file.hpp"
#include "cli/report/json.hpp"
#include "cli/report/progress.hpp"
#include "cli/target_problems.hpp"
#include "tuner/tuner.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
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
  std::string db, shard = "1/1";
  std::vector<std::string> merged;
  double time_limit = 0;
  bool again = false, json = false;
};

struct Outcome {
  std::size_t tuned = 0, there = 0, left = 0, failed = 0;
  double log_gain = 0; ///< the sum of log(model's time / least time) of those tuned
  double gain() const { return tuned > 0 ? std::exp(log_gain / static_cast<double>(tuned)) : 1; }
};

/// "2/3": the second of three parts of a list.
struct Shard {
  std::size_t part = 1, parts = 1;
  /// Is the number-th problem, from 1 on, one of this part? Neighbours of a list, which are often alike, are
  /// of different parts.
  bool has(std::size_t number) const { return (number - 1) % parts == part - 1; }
};

Shard parse_shard(const std::string &text) {
  constexpr std::size_t most_parts = 100'000;
  Shard shard;
  const std::string_view view = text;
  const std::size_t slash = view.find('/');
  const auto number = [&](std::string_view digits, std::size_t &value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  const bool right = slash != std::string_view::npos && number(view.substr(0, slash), shard.part) &&
                     number(view.substr(slash + 1), shard.parts) && shard.part >= 1 &&
                     shard.part <= shard.parts && shard.parts <= most_parts;
  if (!right)
    fail("--shard", text, fmt::format("I/N, part I of N, from 1/N to N/N, N up to {}", most_parts));
  return shard;
}

std::vector<TargetProblems> work_of(const TuneFlags &flags) {
  const auto work = by_target(flags.kernel, flags.problem.problems());
  for (const auto &[target, problems] : work)
    if (!runs_here(target))
      fail("--target", std::string(target.name), "one that this CPU runs: plans are measured");
  return work;
}

class Tuner {
public:
  explicit Tuner(const TuneFlags &flags) : flags_(flags), plans_(read_plan_file("--db", flags.db)) {}

  Outcome run() {
    const auto work = work_of(flags_);
    for (const auto &[target, problems] : work)
      total_ += problems.size();
    for (const auto &[target, problems] : work)
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
    if (!shard_.has(++number_))
      return;
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
      add_found(key);
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

  /// This run's plans: those that the file has already stay as they are, but for the one at `key`.
  void add_found(const TunedKey &key) {
    plans_ = update_plan_file("--db", flags_.db, [&](TunedPlans &plans) {
      for (const auto &[other, plan] : found_)
        if (other == key || !plans.find(other))
          plans.put(other, plan);
    });
  }

  const TuneFlags &flags_;
  const Shard shard_ = parse_shard(flags_.shard);
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

void merge_all(const TuneFlags &flags) {
  const Merged merged = merge_plan_files(flags.merged, flags.db);
  if (flags.json)
    return cli::print_json(
        {{"db", flags.db}, {"added", merged.added}, {"faster", merged.faster}, {"kept", merged.kept}});
  fmt::print("{}: {} plans added, {} in the place of slower ones, {} no faster than those there\n", flags.db,
             merged.added, merged.faster, merged.kept);
}

void tune_all(const TuneFlags &flags) {
  if (!flags.merged.empty())
    return merge_all(flags);
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
  command
      ->add_option("--shard", flags->shard,
                   "Part I of N of the problems, as I/N: the others are another process's or machine's")
      ->capture_default_str();
  command->add_option(
      "--merge", flags->merged,
      "Tune nothing: add the plans of these files to --db, of two for one problem the faster");
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
  command->add_option("--slice", flags->rules.contest.slice_seconds, "Seconds of a plan's turn")
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
      "  convforge tune --batch layers.txt --db part2.json --shard 2/8\n"
      "  convforge tune --merge part1.json part2.json --db tuned.json\n"
      "  convforge explain --problem mb1ic64ih56oc64oh56kh3ph1 --plans tuned.json");
  command->callback([flags] { tune_all(*flags); });
}

} // namespace convforge::cli
